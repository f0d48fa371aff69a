import type { ContactDeps } from '#contacts/contact-deps.ts';
import { type ContactTransaction, inTransaction } from '#contacts/contact-transaction.ts';
import { openUnit } from '#contacts/open-unit.ts';
import type { RecordPatch } from '#domain/contact.ts';

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
    for (const { provider, step, link } of unit.targets()) {
      if (step.kind === 'nothing') continue;
      const externalId = step.kind === 'create' ? null : (link?.external_id ?? null);
      writes.push({ contactId: unit.contact.id, provider, operation: step.kind, externalId, patch: step.patch });
    }
  }
  return writes;
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
