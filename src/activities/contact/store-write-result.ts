import type { ActivityDeps } from '#activities/deps.ts';
import { didNotLand } from '#activities/failures.ts';
import { type ContactTransaction, inTransaction } from '#contacts/contact-transaction.ts';
import { openUnit, withContact } from '#contacts/contact-unit.ts';
import { mergeContacts } from '#contacts/merge-contacts.ts';
import { isExternalIdTaken, listLinksByExternalIds, saveLink } from '#db/contacts/links.ts';
import { resolveAttempts } from '#db/contacts/write-attempts.ts';
import type { ProviderValues } from '#domain/contact.ts';
import type { ProviderRecord } from '#providers/provider.ts';
import { applyRecord } from './apply-record.ts';
import type { OwnRecord } from './find-existing-record.ts';
import { saveProviderError } from './save-provider-error.ts';
import { freed, type PlannedWrite } from './plan-write.ts';

/**
 * Stores the answer to a write: what we sent is known to be there, and what others changed meanwhile is merged. Returns the
 * providers that are out of step by it.
 */
export function settle(
  deps: ActivityDeps,
  write: PlannedWrite,
  { record, base }: { record: ProviderRecord; base?: ProviderValues | null },
): Promise<string[]> {
  const { link: planned, contactId, cause, step } = write;
  return retryClaimRace(deps, async (transaction) => {
    const isJoined = step.kind === 'create' && (await takeOver(transaction, write, record.externalId));
    const unit = await openUnit(transaction, { contactId, cause });
    const link = unit.getLink(planned.id);
    applyRecord(unit, link, record, { written: step.patch, ...(base !== undefined && { base }) });
    unit.changeLink(link, freed);
    await unit.save();
    return isJoined ? unit.outOfStep() : unit.newlyOutOfStep();
  });
}

/** A record that exists already is the contact's own: what it says is merged, and the rest is written by the next step. */
export function adopt(deps: ActivityDeps, write: PlannedWrite, { record, isOurs }: OwnRecord): Promise<string[]> {
  const { link: planned, contactId, cause } = write;
  return retryClaimRace(deps, async (transaction) => {
    const isJoined = await takeOver(transaction, write, record.externalId);
    const unit = await openUnit(transaction, { contactId, cause });
    const link = unit.getLink(planned.id);
    if (!isOurs) {
      unit.resolveAttempts(link, link.attempts, 'superseded');
      unit.changeLink(link, { origin: 'provider' });
    }
    applyRecord(unit, link, record, { base: isOurs ? link.intent_payload : null });
    unit.changeLink(link, freed);
    await unit.save();
    return isJoined ? unit.outOfStep() : unit.newlyOutOfStep();
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
 * The vendor's webhook may have arrived before the answer to our create. The record then has a link and a contact of its own: the
 * link is detached and the contact is merged. True when that happened.
 */
async function takeOver(transaction: ContactTransaction, write: PlannedWrite, externalId: string): Promise<boolean> {
  const { tx } = transaction;
  const { link, contactId, cause } = write;
  const [claimed] = await listLinksByExternalIds(tx, link.provider, link.account_id, [externalId]);
  if (!claimed || claimed.id === link.id) return false;
  await saveLink(tx, claimed.id, { state: 'detached', external_id: null });
  await mergeContacts(transaction, { survivorId: contactId, otherId: claimed.contact_id, why: 'made by our own create', cause });
  return true;
}

/** There turned out to be nothing to make, and nothing of ours was made. */
export function abandonIntent(deps: ActivityDeps, { contactId, link: { id }, cause }: PlannedWrite): Promise<void> {
  return withContact(deps, { contactId, cause }, (unit) => {
    const link = unit.getLink(id);
    unit.resolveAttempts(link, link.attempts, 'superseded');
    unit.changeLink(link, { ...freed, state: 'detached', intent_payload: null, last_error: null, pushed_at: deps.now() });
  });
}

/** The attempt was refused, or its outcome is unknown; either way people can see why. */
export async function keepError(deps: ActivityDeps, { link, attemptId }: PlannedWrite, error: unknown): Promise<void> {
  if (attemptId !== null && didNotLand(error)) await resolveAttempts(deps.db, [attemptId], 'refused');
  await saveProviderError(deps, link.id, error);
}
