import type { ActivityDeps } from '#activities/deps.ts';
import { didNotLand } from '#activities/failures.ts';
import { type ContactTransaction, inTransaction } from '#contacts/contact-transaction.ts';
import type { ContactUnit } from '#contacts/contact-unit.ts';
import { requestMissedDeletes } from '#contacts/deletes/request-deletes.ts';
import { lockLinksAsRead } from '#contacts/lock-links.ts';
import { mergeContacts } from '#contacts/merging/merge-contacts.ts';
import { openUnitOfLink } from '#contacts/open-unit.ts';
import { claimLink, getLink, type Link, listLinksByExternalIds, type OpenLink, saveLink } from '#db/contacts/links.ts';
import { resolveAttempts } from '#db/contacts/write-attempts.ts';
import type { ProviderValues } from '#domain/contact.ts';
import type { ProviderRecord } from '#providers/provider.ts';
import { applyRecord } from './apply-record.ts';
import type { ExistingRecord } from './find-existing-record.ts';
import { keepForUndo } from './keep-for-undo.ts';
import { markMissing } from './missing-record.ts';
import { type PlannedWrite, releasedLease, type SentWrite } from './plan-write.ts';
import { saveProviderError } from './save-provider-error.ts';

/**
 * Stores the answer to a write and releases the lease. The patch has landed; changes that others made to the record meanwhile are
 * merged. Returns the providers that are out of step afterwards.
 */
export function storeWriteResult(
  deps: ActivityDeps,
  write: SentWrite,
  { record, base }: { record: ProviderRecord; base?: ProviderValues | null },
): Promise<string[]> {
  const { link: planned, cause, step } = write;
  return inTransaction(deps, async (transaction) => {
    const claim = step.kind === 'create' ? await claimFor(transaction, write, record.externalId) : onlyOwn(planned);
    const unit = await openUnitOfLink(transaction, { ...claim, cause });
    const link = unit.getLink(claim.linkId);
    applyRecord(unit, link, record, { written: step.patch, ...(base !== undefined && { base }) });
    endWrite(unit, planned, link);
    if (step.kind === 'create') await requestMissedDeletes(unit, link, planned);
    await unit.save();
    return listOutOfStep(unit, claim);
  });
}

/** Includes accounts whose record is to be deleted: the push that created such a record goes on and deletes it. */
function listOutOfStep(unit: ContactUnit, { isMerged }: ClaimedRecord): string[] {
  if (isMerged) return unit.outOfStep();
  return [...new Set([...unit.newlyOutOfStep(), ...unit.doomed().map(({ provider }) => provider)])];
}

/**
 * Links the record of a create whose answer cannot be read, so that no other create follows. Its values are unknown: the link keeps
 * the intent's payload and the open attempt, and the first read that succeeds is compared with them.
 */
export async function storeUnreadableResult(deps: ActivityDeps, write: PlannedWrite, externalId: string): Promise<void> {
  const { link: planned, cause } = write;
  await inTransaction(deps, async (transaction) => {
    const claim = await claimFor(transaction, write, externalId);
    const unit = await openUnitOfLink(transaction, { ...claim, cause });
    unit.changeLink(unit.getLink(claim.linkId), { state: 'linked', external_id: externalId });
    unit.changeLink(unit.getLink(planned.id), releasedLease);
    await unit.save();
  });
}

/**
 * Marks the record of a create that landed as missing: its vendor does not show it. Once it has been missing for so long that the search
 * cannot lag any more, it was deleted. Returns the providers that are out of step then, and null before.
 */
export function storeMissingCreate(deps: ActivityDeps, { link: planned, cause }: PlannedWrite): Promise<string[] | null> {
  return inTransaction(deps, async (transaction) => {
    const unit = await openUnitOfLink(transaction, { contactId: planned.contact_id, linkId: planned.id, cause });
    const link = unit.getLink(planned.id);
    if (link.state !== 'intent') return null;
    const { outcome } = await markMissing(unit, link);
    if (outcome === 'gone') unit.changeLink(link, releasedLease);
    await unit.save();
    return outcome === 'gone' ? unit.outOfStep() : null;
  });
}

/** Adopts an existing record: its values are merged into the contact, and the next round of the push writes the rest. */
export function storeAdoption(deps: ActivityDeps, write: PlannedWrite, { record, isOurs }: ExistingRecord): Promise<string[]> {
  const { link: planned, cause } = write;
  return inTransaction(deps, async (transaction) => {
    const claim = await claimFor(transaction, write, record.externalId);
    const unit = await openUnitOfLink(transaction, { ...claim, cause });
    const link = unit.getLink(claim.linkId);
    if (!isOurs) {
      await keepForUndo(unit, link, record, { claimedId: null, why: 'found before a create', evidence: null });
      unit.resolveAttempts(link, link.attempts, 'superseded');
      unit.changeLink(link, { origin: 'provider' });
    }
    applyRecord(unit, link, record, { base: isOurs ? planned.intent_payload : null });
    endWrite(unit, planned, link);
    await requestMissedDeletes(unit, link, planned);
    await unit.save();
    return listOutOfStep(unit, claim);
  });
}

interface ClaimedRecord {
  linkId: string;
  contactId: string;
  /** Another contact had been claimed for the record, and is merged. */
  isMerged: boolean;
}

const onlyOwn = ({ id, contact_id: contactId }: Link): ClaimedRecord => ({ linkId: id, contactId, isMerged: false });

/**
 * The link for the record of a create. The vendor's webhook may arrive before the answer, and claim a link and a contact for it: that
 * link is detached, and that contact merged. The intent may have taken over another record of the person meanwhile: then the record
 * of the create is a double, with a link of its own.
 */
async function claimFor(transaction: ContactTransaction, write: SentWrite, externalId: string): Promise<ClaimedRecord> {
  const { tx } = transaction;
  const { link, cause } = write;
  const { provider, account_id: accountId } = link;
  const [claimed] = await listLinksByExternalIds(tx, provider, accountId, [externalId]);
  const intent = await getLink(tx, link.id);
  await lockLinksAsRead(tx, claimed ? [intent, claimed] : [intent]);
  if (claimed?.id === link.id) return onlyOwn(intent);
  const { external_id: taken, contact_id: survivorId } = intent;
  const why = 'made by our own create';
  if (taken !== null && taken !== externalId) {
    const double = claimed ?? (await claimLink(tx, { provider, accountId, externalId }));
    await mergeContacts(transaction, { survivorId, otherId: double.contact_id, why, cause });
    return { linkId: double.id, contactId: survivorId, isMerged: true };
  }
  if (!claimed) return onlyOwn(intent);
  await saveLink(tx, claimed.id, { state: 'detached', external_id: null });
  await mergeContacts(transaction, { survivorId, otherId: claimed.contact_id, why, cause });
  return { linkId: link.id, contactId: survivorId, isMerged: true };
}

/** Releases the lease of the write. Its attempts belong to the record that it made, whichever link that has. */
function endWrite(unit: ContactUnit, planned: OpenLink, link: OpenLink): void {
  unit.changeLink(link, releasedLease);
  if (link.id === planned.id) return;
  const intent = unit.getLink(planned.id);
  unit.resolveAttempts(intent, intent.attempts, 'landed');
  unit.changeLink(link, { origin: 'accord' });
  unit.changeLink(intent, releasedLease);
}

/** Detaches an intent that no create landed for, and that is no longer needed. */
export function abandonIntent(deps: ActivityDeps, { link: { id, contact_id: contactId }, cause }: PlannedWrite): Promise<void> {
  return inTransaction(deps, async (transaction) => {
    const unit = await openUnitOfLink(transaction, { linkId: id, contactId, cause });
    const link = unit.getLink(id);
    unit.resolveAttempts(link, link.attempts, 'superseded');
    // A read may have linked it to a record since.
    const abandoned = { state: 'detached', intent_payload: null, last_error: null, pushed_at: deps.now() } as const;
    unit.changeLink(link, { ...releasedLease, ...(link.state === 'intent' && abandoned) });
    await unit.save();
  });
}

/** Saves the error of a write with its link, and resolves the attempt if it certainly did not land. */
export async function storeWriteError(deps: ActivityDeps, { link, attemptId }: SentWrite, error: unknown): Promise<void> {
  if (attemptId !== null && didNotLand(error)) await resolveAttempts(deps.db, [attemptId], 'refused');
  await saveProviderError(deps, link.id, error);
}
