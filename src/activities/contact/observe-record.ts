import type { ActivityCall, ActivityDeps } from '#activities/deps.ts';
import { getConnected, roleOf } from '#contacts/contact-deps.ts';
import { type ContactTransaction, inTransaction } from '#contacts/contact-transaction.ts';
import type { ContactUnit } from '#contacts/contact-unit.ts';
import { requestMissedDeletes } from '#contacts/deletes/request-deletes.ts';
import { findErasuresOf } from '#contacts/erasure/kept-out.ts';
import { type ReviewResult, reviewContacts } from '#contacts/matching/review-contact.ts';
import { openUnitOfLink, withContact } from '#contacts/open-unit.ts';
import { getContact } from '#db/contacts/contacts.ts';
import { clearDirty, markSignalled } from '#db/contacts/dirty-links.ts';
import {
  claimLink,
  getExternalId,
  type Link,
  listLinks,
  listLinksByExternalIds,
  listLinksByIds,
  type OpenLink,
} from '#db/contacts/links.ts';
import type { Database } from '#db/database.ts';
import { findOpenConfirmation } from '#db/sync/confirmations.ts';
import { listProvidersWithOpenNotes } from '#db/sync/submission-notes.ts';
import type { Arrival } from '#domain/sync/contact-changed.ts';
import { type Priority, priorities } from '#domain/sync/priority.ts';
import { NotFoundError } from '#providers/errors.ts';
import type { ProviderRecord } from '#providers/provider.ts';
import { applyRecord, lagMs } from './apply-record.ts';
import { applySubmission } from './apply-submission.ts';
import { findMergeTarget, followMerge, followRename, type RecordOwner } from './follow-merge.ts';
import { keepErasedOut } from './keep-erased-out.ts';
import { keepForUndo } from './keep-for-undo.ts';
import { matchNewRecord } from './match-new-record.ts';
import { isGone, markMissing } from './missing-record.ts';
import { saveProviderError } from './save-provider-error.ts';
import { staleReadDelayMs } from './stale-read.ts';

export interface ObserveInput {
  linkId: string;
  /** The contact of the calling workflow. When the record belongs to another contact, that contact's workflow is signalled. */
  contactId?: string;
  cause: string;
  arrival?: Arrival;
  /**
   * No call is made where all that was announced is known by now: webhooks named versions that were merged meanwhile, such as our own
   * write's. For whoever follows a signal; a caller that must know the present state leaves it out.
   */
  mayBeKnown?: boolean;
}

export interface ObserveResult {
  outcome: 'changed' | 'unchanged' | 'missing' | 'gone' | 'stale';
  /** The contact that the record belongs to. */
  contactId: string;
  /** Providers whose record must now be created or updated. */
  outOfStep: string[];
  /** Present for `missing` and `stale`: read the record again after this time. */
  againAfterMs?: number;
}

interface Observation {
  linkId: string;
  /** Null when the record was not found. */
  record: ProviderRecord | null;
  cause: string;
}

/** Reads a record and merges its changes into the contact. */
export async function observeRecord(deps: ActivityDeps, input: ObserveInput, call: ActivityCall): Promise<ObserveResult> {
  const announced = await clearDirty(deps.db, input.linkId);
  if (!announced) return { outcome: 'gone', contactId: input.contactId ?? '', outOfStep: [] };
  const { isKnown, ...marked } = announced;
  // An attempt that died may have merged a change whose targets it could not name.
  if (isKnown && input.mayBeKnown && !call.isRetry) return { outcome: 'unchanged', contactId: marked.contact_id, outOfStep: [] };
  const link = await successorOf(deps, marked);
  if (link.external_id === null || isBeingRemoved(link, deps.now()))
    return { outcome: 'unchanged', contactId: link.contact_id, outOfStep: [] };
  const { linkId, record } = await read(deps, link, call);
  const result = await storeObservation(deps, { linkId, record, cause: input.cause });
  if (record?.submission?.confirmation) await startWaitingConfirmation(deps, record.externalId);
  const isOfCaller = input.contactId === undefined || input.contactId === result.contactId;
  if (isOfCaller || result.outOfStep.length === 0) return result;
  const { priority = priorities.poll } = call;
  await deps.signalContact(result.contactId, {
    ...{ observe: [], push: result.outOfStep, priority },
    ...(input.arrival && { arrival: input.arrival }),
  });
  return { ...result, outOfStep: [] };
}

/** The vendor's webhook about our own deletion needs no read. */
function isBeingRemoved({ state, removed_at }: Link, now: Date): boolean {
  const isGone = state === 'detached' || state === 'tombstoned';
  return isGone && removed_at !== null && now.getTime() - removed_at.getTime() <= lagMs;
}

/** Also on a repeated read: the worker may have died after it stored that an email has to be sent. */
async function startWaitingConfirmation(deps: ActivityDeps, submissionId: string): Promise<void> {
  if ((await findOpenConfirmation(deps.db, submissionId)) !== null) await deps.startConfirmation?.(submissionId);
}

/**
 * Compares a record with its shadow and merges the difference into the contact, in one transaction. A contact whose identifying
 * values changed is then compared with others again.
 */
export async function storeObservation(deps: ActivityDeps, observation: Observation): Promise<ObserveResult> {
  const { review, ...result } = await store(deps, observation);
  if (review.length === 0) return result;
  const { cause } = observation;
  return followReview(deps, result, await reviewContacts(deps, { contactIds: review, cause, observedId: result.contactId }));
}

/** The contact may have become another one, and others may have something to push. */
async function followReview(deps: ActivityDeps, result: ObserveResult, review: ReviewResult): Promise<ObserveResult> {
  const changed = [...new Set([...review.merged, ...review.released])];
  if (changed.length === 0) return result;
  const { mergedInto } = await getContact(deps.db, result.contactId);
  const contactId = mergedInto ?? result.contactId;
  for (const id of changed.filter((each) => each !== contactId)) await signalReviewed(deps, id, review, priorities.live);
  const outOfStep = await withContact(deps, { contactId, cause: null }, (unit) => unit.outOfStep());
  return { ...result, outcome: review.merged.length > 0 ? 'changed' : result.outcome, contactId, outOfStep };
}

/** Signals the contact's workflow to read the records that a review marked, and to push to every provider that is out of step. */
export async function signalReviewed(
  deps: ActivityDeps,
  contactId: string,
  { dirty }: Pick<ReviewResult, 'dirty'>,
  priority: Priority,
): Promise<void> {
  const push = await withContact(deps, { contactId, cause: null }, (unit) => unit.outOfStep());
  const own = dirty.filter((link) => link.contactId === contactId);
  if (own.length + push.length === 0) return;
  const observe = own.map(({ linkId, provider }) => ({ linkId, provider }));
  await deps.signalContact(contactId, { observe, push, priority });
  await markSignalled(deps.db, own);
}

function store(deps: ActivityDeps, { linkId, record, cause }: Observation): Promise<ObserveResult & { review: string[] }> {
  return inTransaction(deps, async (transaction) => {
    const read = await findLinkOf(transaction.tx, linkId, record);
    if (!read) return { outcome: 'gone', contactId: '', outOfStep: [], review: [] };
    const erasureIds = await findErasuresOf(transaction.tx, deps, read, record?.values ?? null);
    const isNew = erasureIds !== null;
    const keptOut = isNew ? await keepErasedOut(transaction, read, record, erasureIds) : null;
    if (keptOut !== null) return { outcome: keptOut, contactId: read.contact_id, outOfStep: [], review: [] };
    const owner = await findOwner(transaction, read, { record, cause, isNew });
    const unit = await openUnitOfLink(transaction, { ...owner, cause });
    const link = unit.getLink(owner.linkId);
    // The erasure deletes the record, whatever it holds.
    if (unit.contact.erasureId !== null) return { outcome: 'unchanged', contactId: unit.contact.id, outOfStep: [], review: [] };
    if (record !== null && owner.recognised) await keepForUndo(unit, link, record, owner.recognised);
    const result = record === null ? await markMissing(unit, link) : await applyRead(unit, link, record);
    if (owner.isMerged) unit.checkDeletes();
    if (owner.isOurs) await requestMissedDeletes(unit, link);
    if (owner.compared) unit.skipReview();
    await unit.save();
    const review = unit.contact.isReviewDue ? [unit.contact.id] : (owner.compared?.asked ?? []);
    return { contactId: unit.contact.id, outOfStep: await listOutOfStep(unit, record), ...result, review };
  });
}

/** The contact and link of a record: a new record may belong to a known contact, or to several that the vendor has merged. */
async function findOwner(
  transaction: ContactTransaction,
  link: Link,
  { record, cause, isNew }: Omit<Observation, 'linkId'> & { isNew: boolean },
): Promise<RecordOwner> {
  const { tx } = transaction;
  if (record === null) return { contactId: link.contact_id, linkId: link.id };
  const renamed = await followRename(transaction, { link, record, cause });
  if (renamed) return renamed;
  const merged = await followMerge(transaction, { link, record, cause });
  if (merged) return merged;
  return isNew
    ? matchNewRecord(tx, { link, record, cause, deps: transaction.deps })
    : { contactId: link.contact_id, linkId: link.id };
}

/**
 * The link that was read, or the one that its record got meanwhile: the answer to our own create moves the record to its intent.
 * Undefined when an erasure has deleted it.
 */
async function findLinkOf(tx: Database, linkId: string, record: ProviderRecord | null): Promise<Link | undefined> {
  const [link] = await listLinksByIds(tx, [linkId]);
  if (!link || link.external_id !== null || record === null) return link;
  const [successor] = await listLinksByExternalIds(tx, link.provider, link.account_id, [record.externalId]);
  return successor ?? link;
}

type ReadResult = Pick<ObserveResult, 'outcome' | 'againAfterMs'>;

/** A submission's message may change no field, and still has to be written to the vendors that have notes. */
async function listOutOfStep(unit: ContactUnit, record: ProviderRecord | null): Promise<string[]> {
  const outOfStep = unit.outOfStep();
  if (!record?.submission) return outOfStep;
  return [...new Set([...outOfStep, ...(await listProvidersWithOpenNotes(unit.tx, unit.contact.id))])];
}

async function applyRead(unit: ContactUnit, link: OpenLink, record: ProviderRecord): Promise<ReadResult> {
  const { submission } = record;
  if (submission) return { outcome: (await applySubmission(unit, link, { ...record, submission })) ? 'changed' : 'unchanged' };
  const isSourceOnly = roleOf(unit.deps, link.provider) === null;
  if (link.state === 'detached' && !isBackAfterRemoval(link, unit.deps.now()))
    return isSourceOnly ? { outcome: 'unchanged' } : saveShadow(unit, link, record);
  const againAfterMs = staleReadDelayMs(record, link, unit.deps.now());
  if (againAfterMs !== null) return { outcome: 'stale', againAfterMs };
  const isChanged = applyRecord(unit, link, record);
  // A record of a source-only provider never changes.
  if (isSourceOnly) unit.changeLink(link, { state: 'detached' });
  return { outcome: isChanged ? 'changed' : 'unchanged' };
}

/** Somebody restored a record that an undo deleted. Just after the deletion, the vendor's copy may only lag. */
function isBackAfterRemoval({ removed_at }: OpenLink, now: Date): boolean {
  return removed_at !== null && now.getTime() - removed_at.getTime() > lagMs;
}

/** A detached record is not merged. Its shadow is kept up to date for the comparisons of full passes. */
function saveShadow(unit: ContactUnit, link: OpenLink, record: ProviderRecord): ReadResult {
  const remote_updated_at = record.updatedAt === null ? null : new Date(record.updatedAt);
  unit.changeLink(link, { shadow: record.values, version: record.version, remote_updated_at, observed_at: unit.deps.now() });
  return { outcome: 'unchanged' };
}

/**
 * The link that took over the record of a link without one. A webhook may claim a link for a record that one of our creates made;
 * the record then moves to the link of that create.
 */
async function successorOf({ db }: ActivityDeps, link: Link): Promise<Link> {
  if (link.external_id !== null) return link;
  const { contact_id, provider, account_id } = link;
  const { mergedInto } = await getContact(db, contact_id);
  const links = await listLinks(db, mergedInto ?? contact_id);
  return (
    links.findLast((each) => each.provider === provider && each.account_id === account_id && each.external_id !== null) ?? link
  );
}

/** Reads a record. Once it is gone, looks for the record that a merge at the vendor put in its place. */
async function read(deps: ActivityDeps, link: Link, call: ActivityCall): Promise<Omit<Observation, 'cause'>> {
  const record = await readOrNull(deps, link, call);
  if (record !== null || link.state !== 'linked' || !isGone(deps, link)) return { linkId: link.id, record };
  const target = await findMergeTarget(deps, link, call);
  if (target === null) return { linkId: link.id, record };
  const { provider, account_id: accountId } = link;
  const { id: linkId } = await claimLink(deps.db, { provider, accountId, externalId: target.externalId });
  return { linkId, record: target };
}

/** Null when the record is not found. Saves every other error of the provider with the link. */
async function readOrNull(deps: ActivityDeps, link: Link, call: ActivityCall): Promise<ProviderRecord | null> {
  try {
    return await getConnected(deps, link.provider).client.read(getExternalId(link), call);
  } catch (error) {
    if (error instanceof NotFoundError) return null;
    await saveProviderError(deps, link.id, error);
    throw error;
  }
}
