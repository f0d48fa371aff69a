import type { RecordPatch } from '#domain/contact.ts';
import { ConflictError, createOperation, ProviderError, UnavailableError } from '#providers/errors.ts';
import { toUnavailable } from '#providers/http-errors.ts';
import type { CallOptions, NewRecord, WriteResult } from '#providers/provider.ts';
import type { Directory } from './client.ts';
import { findRecords } from './find.ts';
import { fromNew, toRecord } from './mapping.ts';
import { mostEntries } from './read-many.ts';
import { fromEntry, vendor } from './refusals.ts';
import { type BulkEntry, bulkAnswer, customerAnswer } from './schema.ts';
import { sentFields } from './write-fields.ts';

/**
 * The reference is the idempotency key as well: a create that is sent again, because its answer was lost, gets the customer of the
 * first one (Square docs, idempotency).
 */
export async function create(
  directory: Directory,
  patch: RecordPatch,
  options: CallOptions & { reference: string },
): Promise<WriteResult> {
  const { reference } = options;
  const body = { ...fromNew(patch), referenceId: reference, idempotencyKey: reference };
  try {
    const { customer } = await directory.call(
      { operation: createOperation, body: sentFields, run: (customers, request) => customers.create(body, request) },
      customerAnswer,
      options,
    );
    return { outcome: 'created', record: toRecord(customer, directory.account) };
  } catch (error) {
    if (error instanceof ConflictError) return nameMade(directory, reference, error, options);
    throw error;
  }
}

/** A hundred in one call. What comes after a call that failed is answered with its error, unless nothing has been made by then. */
export async function createMany(
  directory: Directory,
  creates: readonly NewRecord[],
  options?: CallOptions,
): Promise<(WriteResult | ProviderError)[]> {
  const answers: (WriteResult | ProviderError)[] = [];
  for (let start = 0; start < creates.length; start += mostEntries) {
    const chunk = creates.slice(start, start + mostEntries);
    try {
      answers.push(...(await createChunk(directory, chunk, options)));
    } catch (error) {
      if (answers.length === 0 || !(error instanceof ProviderError)) throw error;
      answers.push(...chunk.map(() => error));
    }
  }
  return answers;
}

const asked = { operation: createOperation, body: sentFields };

async function createChunk(
  directory: Directory,
  chunk: readonly NewRecord[],
  options?: CallOptions,
): Promise<(WriteResult | ProviderError)[]> {
  const customers = Object.fromEntries(
    chunk.map(({ patch, reference }) => [reference, { ...fromNew(patch), referenceId: reference }]),
  );
  const { responses } = await directory.call(
    { ...asked, run: (client, request) => client.batchCreate({ customers }, request) },
    bulkAnswer,
    options,
  );
  return Promise.all(chunk.map((each) => toAnswer(directory, each, responses?.[each.reference], options)));
}

async function toAnswer(
  directory: Directory,
  created: NewRecord,
  entry: BulkEntry | undefined,
  options?: CallOptions,
): Promise<WriteResult | ProviderError> {
  if (entry?.customer) return { outcome: 'created', record: toRecord(entry.customer, directory.account) };
  if (entry === undefined) return toUnavailable(vendor, asked, 'does not say what became of a customer');
  const error = fromEntry(entry.errors ?? [], asked);
  if (!(error instanceof ConflictError)) return error;
  return nameMade(directory, created.reference, error, options).catch((reason: unknown) => {
    if (reason instanceof ProviderError) return reason;
    throw reason;
  });
}

/** Until the search shows what was created. Square docs (SearchCustomers): well under 30 seconds, as a rule. */
const searchLagSeconds = 30;

/**
 * An earlier create by this reference has landed, and the contact has changed since. What it made is named, so that it is taken
 * over by the rules: a person may have edited it meanwhile.
 */
async function nameMade(directory: Directory, reference: string, error: ConflictError, options?: CallOptions): Promise<never> {
  const [made] = await findRecords(directory, { reference, phones: [], emails: [] }, options);
  const { provider, operation, status } = error;
  if (made === undefined) {
    const message = `Square has made this customer before, and does not show it yet (${error.status}, ${createOperation}).`;
    throw new UnavailableError({ provider, operation, status, message, retryAfterSeconds: searchLagSeconds });
  }
  const message = `Square has made this customer before, from what the contact said then (${error.status}, ${createOperation}).`;
  throw new ConflictError({ provider, operation, status, message, existingId: made.externalId });
}
