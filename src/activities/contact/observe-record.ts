import type { ActivityDeps } from '#activities/deps.ts';
import { getConnected, roleOf } from '#contacts/contact-deps.ts';
import { type ContactTransaction, inTransaction } from '#contacts/contact-transaction.ts';
import { type ContactUnit, openUnit } from '#contacts/contact-unit.ts';
import { findRevision, getContact } from '#db/contacts/contacts.ts';
import { clearDirty } from '#db/contacts/dirty-links.ts';
import { claimLink, getLink, type Link, listLinks, type OpenLink } from '#db/contacts/links.ts';
import { type Priority, priorities } from '#domain/priority.ts';
import { NotFoundError } from '#providers/errors.ts';
import type { CallOptions, ProviderRecord } from '#providers/provider.ts';
import { applyRecord } from './apply-record.ts';
import { staleReadDelayMs } from './stale-read.ts';
import { findMergeTarget, followMerge, followRename } from './follow-merge.ts';
import { saveProviderError } from './save-provider-error.ts';
import { markMissing, isMissingTooLong } from './missing-record.ts';
import { matchNewRecord } from './match-new-record.ts';

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
  const result = await storeObservation(deps, { linkId, record, cause: input.cause });
  const isOurs = input.contactId === undefined || input.contactId === result.contactId;
  if (isOurs || result.outOfStep.length === 0) return result;
  const priority = (call.priority ?? priorities.poll) as Priority;
  await deps.announce(result.contactId, { observe: [], push: result.outOfStep, priority });
  return { ...result, outOfStep: [] };
}

/** Compares a record with what it held before and merges, in one transaction. `record` is null when it is not found. */
export function storeObservation(
  deps: ActivityDeps,
  { linkId, record, cause }: { linkId: string; record: ProviderRecord | null; cause: string },
): Promise<ObserveResult> {
  return inTransaction(deps, async (transaction) => {
    const known = await identify(transaction, { linkId, record, cause });
    const unit = await openUnit(transaction, { contactId: known.contactId, cause });
    const link = unit.getLink(known.linkId);
    const seen = record === null ? markMissing(unit, link) : see(unit, link, record);
    await unit.save();
    return { contactId: unit.contact.id, outOfStep: unit.outOfStep(), ...seen };
  });
}

/** Whose record it is: a new one may be that of somebody we know, or of several whom the vendor has merged. */
async function identify(
  transaction: ContactTransaction,
  { linkId, record, cause }: { linkId: string; record: ProviderRecord | null; cause: string },
): Promise<{ contactId: string; linkId: string }> {
  const { tx } = transaction;
  const link = await getLink(tx, linkId);
  if (record === null) return { contactId: link.contact_id, linkId };
  const renamed = await followRename(transaction, { link, record, cause });
  if (renamed) return renamed;
  const merged = await followMerge(transaction, { link, record, cause });
  if (merged) return merged;
  const isNew = link.shadow === null && (await findRevision(tx, link.contact_id)) === 0;
  return isNew ? matchNewRecord(tx, { link, record, cause }) : { contactId: link.contact_id, linkId };
}

type Seen = Pick<ObserveResult, 'outcome' | 'againAfterMs'>;

function see(unit: ContactUnit, link: OpenLink, record: ProviderRecord): Seen {
  // What a form said was said once: the next submission is another record.
  const isSaid = roleOf(unit.deps, link.provider) === null;
  if (link.state === 'detached') return isSaid ? { outcome: 'unchanged' } : ignore(unit, link, record);
  const againAfterMs = staleReadDelayMs(record, link, unit.deps.now());
  if (againAfterMs !== null) return { outcome: 'stale', againAfterMs };
  const changed = applyRecord(unit, link, record);
  if (isSaid) unit.changeLink(link, { state: 'detached' });
  return { outcome: changed ? 'changed' : 'unchanged' };
}

/** The contact has another record there, or has let go of this one: what it holds is known, for passes to compare with, and no more. */
function ignore(unit: ContactUnit, link: OpenLink, record: ProviderRecord): Seen {
  const remote_updated_at = record.updatedAt === null ? null : new Date(record.updatedAt);
  unit.changeLink(link, { shadow: record.values, version: record.version, remote_updated_at, observed_at: unit.deps.now() });
  return { outcome: 'unchanged' };
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
  if (record !== null || link.state !== 'linked' || !isMissingTooLong(deps, link)) return { linkId: link.id, record };
  const target = await findMergeTarget(deps, link, call);
  if (target === null) return { linkId: link.id, record };
  const { provider, account_id: accountId } = link;
  return { linkId: (await claimLink(deps.db, { provider, accountId, externalId: target.externalId })).id, record: target };
}

/** Null when it is not found. */
async function readOrNull(deps: ActivityDeps, link: Link, call: CallOptions): Promise<ProviderRecord | null> {
  try {
    return await getConnected(deps, link.provider).client.read(link.external_id as string, call);
  } catch (error) {
    if (error instanceof NotFoundError) return null;
    await saveProviderError(deps, link.id, error);
    throw error;
  }
}
