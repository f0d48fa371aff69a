import type { ContactDeps } from '#contacts/contact-deps.ts';
import { type ContactTransaction, inTransaction } from '#contacts/contact-transaction.ts';
import { openUnit } from '#contacts/open-unit.ts';
import { listContactsById } from '#db/contacts/contacts.ts';
import type { RecordPatch } from '#domain/contact.ts';
import { planLoaded } from './plan-contacts.ts';
import type { TargetPlan } from './plan-targets.ts';

/** A write to a provider that the next push of a contact makes. */
export interface RemoteWrite {
  contactId: string;
  provider: string;
  operation: 'create' | 'update';
  /** Null for a record that is created. */
  externalId: string | null;
  patch: RecordPatch;
}

/** The writes that bring every record of some contacts in step, as planned on the state of the transaction. */
export async function planWrites(transaction: ContactTransaction, contactIds: readonly string[]): Promise<RemoteWrite[]> {
  const writes: RemoteWrite[] = [];
  for (const contactId of contactIds) {
    const unit = await openUnit(transaction, { contactId, cause: null });
    writes.push(...unit.targets().flatMap((target) => toWrite(unit.contact.id, target)));
  }
  return writes;
}

/** The outstanding writes for contacts that exist, without locks: a contact that changes meanwhile gets other ones. */
export async function listOutstandingWrites(deps: ContactDeps, contactIds: readonly string[]): Promise<RemoteWrite[]> {
  const contacts = await listContactsById(deps.db, contactIds);
  const planned = contacts.length === 0 ? [] : await planLoaded(deps, contacts);
  return planned.flatMap(({ contact, targets }) => targets.flatMap((target) => toWrite(contact.id, target)));
}

function toWrite(contactId: string, { provider, step, link }: TargetPlan): RemoteWrite[] {
  if (step.kind === 'nothing') return [];
  const externalId = step.kind === 'create' ? null : (link?.external_id ?? null);
  return [{ contactId, provider, operation: step.kind, externalId, patch: step.patch }];
}

/** Runs `work` in a transaction that is rolled back, and returns its result. */
export async function rehearse<Result>(
  deps: ContactDeps,
  work: (transaction: ContactTransaction) => Promise<Result>,
): Promise<Result> {
  const rehearsed = new Rehearsed<Result>();
  try {
    await inTransaction(deps, async (transaction) => {
      rehearsed.results.push(await work(transaction));
      throw rehearsed;
    });
  } catch (error) {
    if (error !== rehearsed) throw error;
  }
  const [result] = rehearsed.results;
  if (result === undefined) throw new Error('The rehearsed work returned nothing');
  return result;
}

/** Rolls the transaction of a rehearsal back. */
class Rehearsed<Result> extends Error {
  readonly results: Result[] = [];
}
