import type { ActivityDeps } from '#activities/deps.ts';
import { getConnected, roleOf } from '#contacts/contact-deps.ts';
import type { ContactUnit } from '#contacts/contact-unit.ts';
import type { Link, OpenLink } from '#db/contacts/links.ts';

export interface MissingResult {
  outcome: 'missing' | 'gone';
  /** Look again after so many milliseconds. */
  againAfterMs?: number;
}

/** Nothing was found. Believed only when it lasts: an answer may be wrong, and a vanished id may have been merged into another. */
export function markMissing(unit: ContactUnit, link: OpenLink): MissingResult {
  if (link.state === 'tombstoned' || link.state === 'detached') return { outcome: 'gone' };
  const { goneAfterSeconds = 10 } = getConnected(unit.deps, link.provider).provider;
  const now = unit.deps.now();
  const since = link.missing_since ?? now;
  const waitMs = since.getTime() + goneAfterSeconds * 1_000 - now.getTime();
  if (waitMs > 0) {
    if (link.missing_since === null) unit.changeLink(link, { missing_since: now });
    return { outcome: 'missing', againAfterMs: waitMs };
  }
  unit.changeLink(link, { state: 'tombstoned', version: null, remote_updated_at: null, observed_at: now, last_error: null });
  unit.resolveAttempts(link, link.attempts, 'superseded');
  unit.addHistory({ kind: 'tombstoned', actor: link.provider, provider: link.provider });
  if (!unit.contact.isDeleted && !livesWithout(unit, link)) unit.changeContact({ isDeleted: true });
  return { outcome: 'gone' };
}

/**
 * A contact lives while a member that it came from still has it. Our own copies do not keep it alive, except where the one that was
 * deleted was such a copy itself.
 */
function livesWithout(unit: ContactUnit, gone: OpenLink): boolean {
  const members = unit.links.filter(({ state, provider }) => state === 'linked' && isMember(unit, provider));
  const isMemberGone = isMember(unit, gone.provider);
  return !isMemberGone || members.some(({ origin }) => gone.origin === 'accord' || origin === 'provider');
}

function isMember({ deps }: ContactUnit, provider: string): boolean {
  const role = roleOf(deps, provider);
  return role === 'everyone' || role === 'linked';
}

/** Missing for so long that it is gone, at a provider that may have merged it. */
export function isMissingTooLong(deps: ActivityDeps, { provider, missing_since }: Link): boolean {
  const { goneAfterSeconds } = getConnected(deps, provider).provider;
  if (goneAfterSeconds === undefined || missing_since === null) return false;
  return deps.now().getTime() - missing_since.getTime() >= goneAfterSeconds * 1_000;
}
