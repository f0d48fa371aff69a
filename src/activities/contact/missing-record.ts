import type { ActivityDeps } from '#activities/deps.ts';
import { getConnected, roleOf } from '#contacts/contact-deps.ts';
import type { ContactUnit } from '#contacts/contact-unit.ts';
import { requestDeletes } from '#contacts/deletes/request-deletes.ts';
import type { Link, OpenLink } from '#db/contacts/links.ts';

export interface MissingResult {
  outcome: 'missing' | 'gone';
  /** Present for `missing`: read the record again after this time. */
  againAfterMs?: number;
}

/**
 * Marks a link whose record was not found as missing, and as tombstoned once it has been missing for `goneAfterSeconds`: one answer
 * may be wrong, and a vanished id may have been merged into another record. A record that is gone for good has consequences for the
 * person's other records.
 */
export async function markMissing(unit: ContactUnit, link: OpenLink): Promise<MissingResult> {
  const wasThere = link.state !== 'tombstoned' && link.state !== 'detached';
  const result = wasThere ? countMissing(unit, link) : ({ outcome: 'gone' } as const);
  if (wasThere && result.outcome === 'gone') await requestDeletes(unit, link);
  return result;
}

function countMissing(unit: ContactUnit, link: OpenLink): MissingResult {
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
  unit.addHistory({ kind: 'tombstoned', actor: link.provider, provider: link.provider, linkId: link.id });
  if (!unit.contact.isDeleted && endsWith(unit, link)) unit.changeContact({ isDeleted: true });
  return { outcome: 'gone' };
}

/**
 * Whether the contact ends with the deleted record. It does not while a member that it came from has a record of it. Records that
 * Accord created count only where the deleted record was one of them.
 */
export function endsWith(unit: ContactUnit, gone: OpenLink): boolean {
  const members = unit.links.filter(({ state, provider }) => state === 'linked' && isMember(unit, provider));
  const isMemberGone = isMember(unit, gone.provider);
  return isMemberGone && !members.some(({ origin }) => gone.origin === 'accord' || origin === 'provider');
}

function isMember({ deps }: ContactUnit, provider: string): boolean {
  const role = roleOf(deps, provider);
  return role === 'everyone' || role === 'linked';
}

/** Whether a record has been missing for `goneAfterSeconds`. Always false at a provider that sets none. */
export function isGone(deps: ActivityDeps, { provider, missing_since }: Link): boolean {
  const { goneAfterSeconds } = getConnected(deps, provider).provider;
  if (goneAfterSeconds === undefined || missing_since === null) return false;
  return deps.now().getTime() - missing_since.getTime() >= goneAfterSeconds * 1_000;
}
