import { findRevision, getContact } from '../db/contacts.ts';
import type { Database } from '../db/database.ts';
import { clearDirty } from '../db/dirty-links.ts';
import { claimLink, getLink, type Link, listLinks, type OpenLink } from '../db/links.ts';
import { NotFoundError } from '../providers/errors.ts';
import type { CallOptions, ProviderRecord } from '../providers/provider.ts';
import type { Priority } from '../workflows/messages.ts';
import { absorbRecord, lagMs, sameValues } from './absorb-record.ts';
import { type ContactUnit, openUnit } from './contact-unit.ts';
import { type ActivityDeps, getConnected, roleOf } from './deps.ts';
import { findMergeTarget, followMerge, followRename } from './follow-merge.ts';
import { keepLinkError } from './link-error.ts';
import { recogniseNewcomer } from './recognise-newcomer.ts';

export interface ObserveInput {
  linkId: string;
  /** Whose workflow asks; another contact's is told itself of what there is to do for it. */
  contactId?: string;
  cause: string;
}

export interface ObserveResult {
  outcome: 'changed' | 'unchanged' | 'missing' | 'gone' | 'stale';
  /** Whose record it is, now that it was read. */
  contactId: string;
  /** Providers whose record is no longer what it should be. */
  outOfStep: string[];
  /** Look again after so many milliseconds: what was seen is not to be believed yet. */
  againAfterMs?: number;
}

/** Reads a record as it is now and takes what changed in it into the contact. */
export async function observeRecord(deps: ActivityDeps, input: ObserveInput, call: CallOptions): Promise<ObserveResult> {
  const link = await successorOf(deps, await clearDirty(deps.db, input.linkId));
  if (link.external_id === null) return { outcome: 'unchanged', contactId: link.contact_id, outOfStep: [] };
  const { linkId, record } = await find(deps, link, call);
  const result = await takeIn(deps, { linkId, record, cause: input.cause });
  const isOurs = input.contactId === undefined || input.contactId === result.contactId;
  if (isOurs || result.outOfStep.length === 0) return result;
  const priority = (call.priority ?? 3) as Priority;
  await deps.announce(result.contactId, { observe: [], push: result.outOfStep, priority });
  return { ...result, outOfStep: [] };
}

/** Compares a record with what it held before and merges, in one transaction. `record` is null when it is not found. */
export function takeIn(
  deps: ActivityDeps,
  { linkId, record, cause }: { linkId: string; record: ProviderRecord | null; cause: string },
): Promise<ObserveResult> {
  return deps.db.transaction().execute(async (tx) => {
    const known = await identify(tx, deps, { linkId, record, cause });
    const unit = await openUnit(tx, deps, { contactId: known.contactId, cause });
    const link = unit.getLink(known.linkId);
    const seen = record === null ? bury(unit, link) : see(unit, link, record);
    await unit.save();
    return { contactId: unit.contact.id, outOfStep: unit.outOfStep(), ...seen };
  });
}

/** Whose record it is: a new one may be that of somebody we know, or of several whom the vendor has merged. */
async function identify(
  tx: Database,
  deps: ActivityDeps,
  { linkId, record, cause }: { linkId: string; record: ProviderRecord | null; cause: string },
): Promise<{ contactId: string; linkId: string }> {
  const link = await getLink(tx, linkId);
  if (record === null) return { contactId: link.contact_id, linkId };
  const renamed = await followRename(tx, deps, { link, record, cause });
  if (renamed) return renamed;
  const merged = await followMerge(tx, deps, { link, record, cause });
  if (merged) return merged;
  const isNew = link.shadow === null && (await findRevision(tx, link.contact_id)) === 0;
  return isNew ? recogniseNewcomer(tx, deps, { link, record, cause }) : { contactId: link.contact_id, linkId };
}

type Seen = Pick<ObserveResult, 'outcome' | 'againAfterMs'>;

function see(unit: ContactUnit, link: OpenLink, record: ProviderRecord): Seen {
  // What a form said was said once: the next submission is another record.
  const isSaid = roleOf(unit.deps, link.provider) === null;
  if (isSaid && link.state === 'detached') return { outcome: 'unchanged' };
  const againAfterMs = findDoubt(record, link, unit.deps.now());
  if (againAfterMs !== null) return { outcome: 'stale', againAfterMs };
  const changed = absorbRecord(unit, link, record);
  if (isSaid) unit.changeLink(link, { state: 'detached' });
  return { outcome: changed ? 'changed' : 'unchanged' };
}

/**
 * How long to wait before this read is believed, or null when it may be now. A record older than what we know was read from a
 * copy that lags; without any clock, so may be one that shows what was there a moment ago. Longer than a copy may lag, nothing
 * is doubted: a person who really put it back is heard a little later.
 */
function findDoubt(record: ProviderRecord, link: OpenLink, now: Date): number | null {
  const knownAt = Math.max(link.observed_at?.getTime() ?? 0, link.pushed_at?.getTime() ?? 0);
  if (record.updatedAt !== null && link.remote_updated_at !== null) {
    const isOlder = Date.parse(record.updatedAt) < link.remote_updated_at.getTime();
    return isOlder && now.getTime() - knownAt < lagMs ? lagRetryMs : null;
  }
  if (link.shadow === null || sameValues({ ...link.shadow, ...record.values }, link.shadow)) return null;
  const past = link.recent.findLast(({ values }) => sameValues({ ...values, ...record.values }, values));
  const believedAt = past ? Date.parse(past.until) + lagMs : 0;
  return believedAt > now.getTime() ? believedAt - now.getTime() : null;
}

/** A lagging copy has usually caught up by then. */
const lagRetryMs = 5_000;

/** Nothing was found. Believed only when it lasts: an answer may be wrong, and a vanished id may have been merged into another. */
function bury(unit: ContactUnit, link: OpenLink): Seen {
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
  unit.resolve(link, link.attempts, 'superseded');
  unit.note({ kind: 'tombstoned', actor: link.provider, provider: link.provider });
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

/** A link that was claimed for a record which turned out to be our own lost it to ours: what was told of the one concerns the other. */
async function successorOf({ db }: ActivityDeps, link: Link): Promise<Link> {
  if (link.external_id !== null) return link;
  const { contact_id, provider, account_id } = link;
  const { mergedInto } = await getContact(db, contact_id);
  const links = await listLinks(db, mergedInto ?? contact_id);
  return (
    links.findLast((each) => each.provider === provider && each.account_id === account_id && each.external_id !== null) ?? link
  );
}

/** The record, or, once it is clear that it will not come back, the one that a merge put in its place. */
async function find(
  deps: ActivityDeps,
  link: Link,
  call: CallOptions,
): Promise<{ linkId: string; record: ProviderRecord | null }> {
  const record = await readOrNull(deps, link, call);
  if (record !== null || link.state !== 'linked' || !isOverdue(deps, link)) return { linkId: link.id, record };
  const target = await findMergeTarget(deps, link, call);
  if (target === null) return { linkId: link.id, record };
  const { provider, account_id: accountId } = link;
  return { linkId: (await claimLink(deps.db, { provider, accountId, externalId: target.externalId })).id, record: target };
}

/** Missing for so long that it is gone, at a provider that may have merged it. */
function isOverdue(deps: ActivityDeps, { provider, missing_since }: Link): boolean {
  const { goneAfterSeconds } = getConnected(deps, provider).provider;
  if (goneAfterSeconds === undefined || missing_since === null) return false;
  return deps.now().getTime() - missing_since.getTime() >= goneAfterSeconds * 1_000;
}

/** Null when it is not found. */
async function readOrNull(deps: ActivityDeps, link: Link, call: CallOptions): Promise<ProviderRecord | null> {
  try {
    return await getConnected(deps, link.provider).client.read(link.external_id as string, call);
  } catch (error) {
    if (error instanceof NotFoundError) return null;
    await keepLinkError(deps, link.id, error);
    throw error;
  }
}
