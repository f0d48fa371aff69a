import type { RecordPatch } from '#domain/contact.ts';
import { createOperation, InvalidRequestError, ProviderError, UnavailableError } from '#providers/errors.ts';
import type { Connection } from '#providers/google/connection.ts';
import { BatchRefusedError } from '#providers/google/errors.ts';
import { findReference, toRecord } from '#providers/google/mapping.ts';
import { fromNew } from '#providers/google/payload.ts';
import { maxBatchSize } from '#providers/google/people-api.ts';
import type { Person } from '#providers/google/schema.ts';
import { vendor } from '#providers/google/settings.ts';
import type { CallOptions, NewRecord, WriteResult } from '#providers/provider.ts';
import { mentions } from '#providers/read-rows.ts';
import { parsePeople } from './read-people.ts';

/** Creates a person that carries the reference in `clientData`. */
export async function createRecord(
  { people, account, recent }: Connection,
  patch: RecordPatch,
  { reference, ...call }: CallOptions & { reference: string },
): Promise<WriteResult> {
  const person = recent.remember(await people.create(fromNew(patch, reference, account), call));
  return { outcome: 'created', record: toRecord(person, account) };
}

/**
 * Creates people in sequential batches, one result each. Throws when the first batch fails. When a later one fails, its error is the
 * result of all remaining creates.
 */
export async function createMany(
  connection: Connection,
  creates: readonly NewRecord[],
  call?: CallOptions,
): Promise<(WriteResult | ProviderError)[]> {
  const results: (WriteResult | ProviderError)[] = [];
  for (let start = 0; start < creates.length; start += maxBatchSize) {
    const batch = creates.slice(start, start + maxBatchSize);
    try {
      results.push(...(await createBatch(connection, batch, call)));
    } catch (error) {
      if (start === 0 || !(error instanceof ProviderError)) throw error;
      return [...results, ...creates.slice(start).map(() => error)];
    }
  }
  return results;
}

/** Assigns the created people by our reference: the order of the response is not documented. */
async function createBatch(
  { people, account, recent }: Connection,
  batch: readonly NewRecord[],
  call?: CallOptions,
): Promise<(WriteResult | ProviderError)[]> {
  try {
    const created = await people.batchCreate(
      batch.map(({ patch, reference }) => fromNew(patch, reference, account)),
      call,
    );
    const { people: readable, odd } = parsePeople(created, createOperation);
    const byReference = new Map<string | null, Person>(readable.map((person) => [findReference(person), person]));
    return batch.map(({ reference }) => {
      const unreadable = odd.find(({ row }) => mentions(row, [reference]));
      if (unreadable) return unreadable.error;
      const person = byReference.get(reference);
      if (!person) return toUnknownOutcome('returned no result for this contact');
      return { outcome: 'created', record: toRecord(recent.remember(person), account) };
    });
  } catch (error) {
    if (!(error instanceof BatchRefusedError)) throw error;
    return toBatchErrors(error, batch.length);
  }
}

/**
 * Google names the invalid contacts of a batch, and does not document whether it created the others. So those have an unknown outcome:
 * the next attempt searches for them first.
 */
function toBatchErrors(error: BatchRefusedError, length: number): ProviderError[] {
  const { provider, operation, status, message } = error;
  const refused = () => new InvalidRequestError({ provider, operation, status, message });
  return Array.from({ length }, (_, index) =>
    length === 1 || error.refused.has(index) ? refused() : toUnknownOutcome('refused others of the same batch'),
  );
}

function toUnknownOutcome(sentence: string): UnavailableError {
  const message = `${vendor.name} ${sentence}, which may have been created (${createOperation}).`;
  const remedy = 'Accord searches for it before it creates another';
  return new UnavailableError({ provider: vendor.id, operation: createOperation, message, remedy });
}
