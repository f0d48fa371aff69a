import type { RecordPatch } from '#domain/contact.ts';
import { createOperation, InvalidRequestError, ProviderError, UnavailableError } from '#providers/errors.ts';
import type { CallOptions, NewRecord, WriteResult } from '#providers/provider.ts';
import type { AddressBook } from './client.ts';
import { findReference, referenceKey, toRecord } from './mapping.ts';
import { mergeFields } from './merge-fields.ts';
import type { NewPerson } from './people.ts';
import { BatchRefusedError, vendor } from './refusals.ts';
import type { Person } from './schema.ts';
import type { GoogleAccount } from './settings.ts';

/** Google docs: for batchCreateContacts. */
const mostAtOnce = 200;

export async function create(
  { people, account, recent }: AddressBook,
  patch: RecordPatch,
  { reference, ...call }: CallOptions & { reference: string },
): Promise<WriteResult> {
  const person = recent.remember(await people.create(toPerson({ patch, reference }, account), call));
  return { outcome: 'created', record: toRecord(person, account) };
}

/** In as few calls as there may be, one after the other. Once people were created, an error is the answer of the others. */
export async function createMany(
  book: AddressBook,
  creates: readonly NewRecord[],
  call?: CallOptions,
): Promise<(WriteResult | ProviderError)[]> {
  const answers: (WriteResult | ProviderError)[] = [];
  for (let at = 0; at < creates.length; at += mostAtOnce) {
    const batch = creates.slice(at, at + mostAtOnce);
    try {
      answers.push(...(await createBatch(book, batch, call)));
    } catch (error) {
      if (at === 0 || !(error instanceof ProviderError)) throw error;
      return [...answers, ...creates.slice(at).map(() => error)];
    }
  }
  return answers;
}

/** Told apart by our reference: that the answer is in our order is not documented. */
async function createBatch({ people, account, recent }: AddressBook, batch: readonly NewRecord[], call?: CallOptions) {
  try {
    const created = await people.batchCreate(
      batch.map((each) => toPerson(each, account)),
      call,
    );
    const byReference = new Map<string | null, Person>(created.map((person) => [findReference(person), person]));
    return batch.map(({ reference }) => {
      const person = byReference.get(reference);
      return person ? toResult(recent.remember(person), account) : mayHaveLanded('did not say what became of this contact');
    });
  } catch (error) {
    if (!(error instanceof BatchRefusedError)) throw error;
    return answerRefused(error, batch.length);
  }
}

/** Google names the bad ones, and does not document whether the others landed. Whoever creates them again must look first. */
function answerRefused(error: BatchRefusedError, length: number): ProviderError[] {
  const { provider, operation, status, message } = error;
  const refused = () => new InvalidRequestError({ provider, operation, status, message });
  return Array.from({ length }, (_, index) =>
    length === 1 || error.refused.has(index) ? refused() : mayHaveLanded('refused others of the same batch'),
  );
}

function mayHaveLanded(what: string): UnavailableError {
  const message = `${vendor.name} ${what}, which may have been created: look for it first (${createOperation}).`;
  return new UnavailableError({ provider: vendor.id, operation: createOperation, message });
}

function toResult(person: Person, account: GoogleAccount): WriteResult {
  return { outcome: 'created', record: toRecord(person, account) };
}

function toPerson({ patch, reference }: NewRecord, account: GoogleAccount): NewPerson {
  return { ...mergeFields({}, patch.set, account), clientData: [{ key: referenceKey, value: reference }] };
}
