import type { ActivityDeps } from '#activities/deps.ts';
import { didNotLand } from '#activities/failures.ts';
import { type ContactTransaction, inTransaction } from '#contacts/contact-transaction.ts';
import { openUnitOfLink } from '#contacts/contact-unit.ts';
import { mergeContacts } from '#contacts/merge-contacts.ts';
import { getLink, isExternalIdTaken, listLinksByExternalIds, saveLink } from '#db/contacts/links.ts';
import { resolveAttempts } from '#db/contacts/write-attempts.ts';
import type { ProviderValues } from '#domain/contact.ts';
import type { ProviderRecord } from '#providers/provider.ts';
import { applyRecord } from './apply-record.ts';
import type { ExistingRecord } from './find-existing-record.ts';
import { keepForUndo } from './keep-for-undo.ts';
import { type PlannedWrite, releasedLease } from './plan-write.ts';
import { saveProviderError } from './save-provider-error.ts';

/**
 * Stores the answer to a write and releases the lease. The patch has landed; changes that others made to the record meanwhile are
 * merged. Returns the providers that are out of step afterwards.
 */
export function storeWriteResult(
  deps: ActivityDeps,
  write: PlannedWrite,
  { record, base }: { record: ProviderRecord; base?: ProviderValues | null },
): Promise<string[]> {
  const { link: planned, cause, step } = write;
  return retryClaimRace(deps, async (transaction) => {
    const isMerged = step.kind === 'create' && (await mergeClaimed(transaction, write, record.externalId));
    const unit = await openUnitOfLink(transaction, { linkId: planned.id, cause });
    const link = unit.getLink(planned.id);
    applyRecord(unit, link, record, { written: step.patch, ...(base !== undefined && { base }) });
    unit.changeLink(link, releasedLease);
    await unit.save();
    return isMerged ? unit.outOfStep() : unit.newlyOutOfStep();
  });
}

/**
 * Links the record of a create whose answer cannot be read, so that no other create follows. Its values are unknown: the link keeps
 * the intent's payload and the open attempt, and the first read that succeeds is compared with them.
 */
export async function storeUnreadableResult(deps: ActivityDeps, write: PlannedWrite, externalId: string): Promise<void> {
  const { link: planned, cause } = write;
  await retryClaimRace(deps, async (transaction) => {
    await mergeClaimed(transaction, write, externalId);
    const unit = await openUnitOfLink(transaction, { linkId: planned.id, cause });
    unit.changeLink(unit.getLink(planned.id), { state: 'linked', external_id: externalId, ...releasedLease });
    await unit.save();
  });
}

/** Adopts an existing record: its values are merged into the contact, and the next round of the push writes the rest. */
export function storeAdoption(deps: ActivityDeps, write: PlannedWrite, { record, isOurs }: ExistingRecord): Promise<string[]> {
  const { link: planned, cause } = write;
  return retryClaimRace(deps, async (transaction) => {
    const isMerged = await mergeClaimed(transaction, write, record.externalId);
    const unit = await openUnitOfLink(transaction, { linkId: planned.id, cause });
    const link = unit.getLink(planned.id);
    if (!isOurs) {
      await keepForUndo(unit, link, record, { claimedId: null, why: 'found before a create', evidence: null });
      unit.resolveAttempts(link, link.attempts, 'superseded');
      unit.changeLink(link, { origin: 'provider' });
    }
    applyRecord(unit, link, record, { base: isOurs ? link.intent_payload : null });
    unit.changeLink(link, releasedLease);
    await unit.save();
    return isMerged ? unit.outOfStep() : unit.newlyOutOfStep();
  });
}

/** Runs a transaction again when a webhook claimed the same record while it ran: the next attempt sees that claim. */
async function retryClaimRace<Result>(
  deps: ActivityDeps,
  work: (transaction: ContactTransaction) => Promise<Result>,
): Promise<Result> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await inTransaction(deps, work);
    } catch (error) {
      if (attempt === maxAttempts || !isExternalIdTaken(error)) throw error;
    }
  }
}

const maxAttempts = 3;

/**
 * The vendor's webhook may arrive before the answer to our create, and claim a link and a contact for the record. Detaches that link
 * and merges that contact. True when there was one.
 */
async function mergeClaimed(transaction: ContactTransaction, write: PlannedWrite, externalId: string): Promise<boolean> {
  const { tx } = transaction;
  const { link, cause } = write;
  const [claimed] = await listLinksByExternalIds(tx, link.provider, link.account_id, [externalId]);
  if (!claimed || claimed.id === link.id) return false;
  await saveLink(tx, claimed.id, { state: 'detached', external_id: null });
  const { contact_id: survivorId } = await getLink(tx, link.id);
  await mergeContacts(transaction, { survivorId, otherId: claimed.contact_id, why: 'made by our own create', cause });
  return true;
}

/** Detaches an intent that no create landed for, and that is no longer needed. */
export function abandonIntent(deps: ActivityDeps, { link: { id }, cause }: PlannedWrite): Promise<void> {
  return inTransaction(deps, async (transaction) => {
    const unit = await openUnitOfLink(transaction, { linkId: id, cause });
    const link = unit.getLink(id);
    unit.resolveAttempts(link, link.attempts, 'superseded');
    const abandoned = { state: 'detached', intent_payload: null, last_error: null, pushed_at: deps.now() } as const;
    unit.changeLink(link, { ...releasedLease, ...abandoned });
    await unit.save();
  });
}

/** Saves the error of a write with its link, and resolves the attempt if it certainly did not land. */
export async function storeWriteError(deps: ActivityDeps, { link, attemptId }: PlannedWrite, error: unknown): Promise<void> {
  if (attemptId !== null && didNotLand(error)) await resolveAttempts(deps.db, [attemptId], 'refused');
  await saveProviderError(deps, link.id, error);
}
