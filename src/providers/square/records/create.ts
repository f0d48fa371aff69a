import { mapConcurrently } from '#concurrency/map-concurrently.ts';
import type { RecordPatch } from '#domain/contact.ts';
import { customFieldNames } from '#providers/custom-fields.ts';
import {
  ConflictError,
  createOperation as operation,
  ProviderError,
  UnavailableError,
  UnreadableRecordError,
} from '#providers/errors.ts';
import { toUnavailable } from '#providers/http-errors.ts';
import type { CallOptions, NewRecord, ProviderRecord, WriteResult } from '#providers/provider.ts';
import type { Definitions } from '#providers/square/attributes/attribute-definitions.ts';
import {
  type AttributeChanges,
  fitChanges,
  noChanges,
  toAttributeChanges,
  withOwnAttributes,
  writeAttributes,
} from '#providers/square/attributes/attributes.ts';
import type { Connection } from '#providers/square/connection.ts';
import { toEntryError } from '#providers/square/errors.ts';
import { toRecord } from '#providers/square/mapping.ts';
import { fromNew, sentFields } from '#providers/square/payload.ts';
import { type BulkEntry, bulkResponse, customerResponse } from '#providers/square/schema.ts';
import { vendor } from '#providers/square/settings.ts';
import { findRecords } from './find.ts';
import { maxBulkEntries, parseCustomer } from './read.ts';

const namedCall = { operation, body: sentFields };

/**
 * Creates a customer. The reference is also the idempotency key: when a create is sent again after a lost response, Square returns the
 * customer of the first one (Square docs, idempotency).
 */
export async function createRecord(
  connection: Connection,
  patch: RecordPatch,
  call: CallOptions & { reference: string },
): Promise<WriteResult> {
  const { reference } = call;
  const attributes = await toAttributeChanges(connection, patch, call);
  const body = { ...fromNew(patch), referenceId: reference, idempotencyKey: reference };
  try {
    const { customer } = await connection.send(
      { ...namedCall, request: (customers, options) => customers.create(body, options) },
      customerResponse,
      call,
    );
    const record = toRecord(parseCustomer(customer, operation), connection.account);
    return await addAttributes(connection, record, attributes, call);
  } catch (error) {
    if (error instanceof ConflictError) return throwCreatedBefore(connection, reference, error, call);
    throw error;
  }
}

/** The customer exists: an error of its attributes is returned beside it. */
async function addAttributes(
  connection: Connection,
  record: ProviderRecord,
  attributes: AttributeChanges,
  call?: CallOptions,
): Promise<WriteResult> {
  try {
    await writeAttributes(connection, record.externalId, attributes, call);
    return { outcome: 'created', record: await withOwnAttributes(connection, record, call) };
  } catch (error) {
    if (!(error instanceof ProviderError)) throw error;
    return { outcome: 'created', record, dropped: error };
  }
}

/**
 * Creates customers in bulk, one result each. Throws when the first call fails. When a later one fails, its error is the result of its
 * creates.
 */
export async function createMany(
  connection: Connection,
  creates: readonly NewRecord[],
  call?: CallOptions,
): Promise<(WriteResult | ProviderError)[]> {
  const results: (WriteResult | ProviderError)[] = [];
  for (let start = 0; start < creates.length; start += maxBulkEntries) {
    const chunk = creates.slice(start, start + maxBulkEntries);
    try {
      results.push(...(await createFitting(connection, chunk, call)));
    } catch (error) {
      if (results.length === 0 || !(error instanceof ProviderError)) throw error;
      results.push(...chunk.map(() => error));
    }
  }
  return results;
}

/** A create whose custom attributes do not fit is not sent. */
async function createFitting(
  connection: Connection,
  chunk: readonly NewRecord[],
  call?: CallOptions,
): Promise<(WriteResult | ProviderError)[]> {
  if (customFieldNames(connection.account.customFields).length === 0) return createChunk(connection, chunk, call);
  const definitions = await connection.readDefinitions(call);
  const fitted = chunk.map(({ patch }) => tryFit(patch, definitions));
  const fitting = chunk.filter((_, at) => !(fitted[at] instanceof ProviderError));
  const created = fitting.length > 0 ? await createChunk(connection, fitting, call) : [];
  return mapConcurrently([...chunk.entries()], connection.account.concurrency, async ([at, create]) => {
    const attributes = fitted[at] ?? noChanges;
    if (attributes instanceof ProviderError) return attributes;
    const result = created[fitting.indexOf(create)];
    if (result === undefined) return toUnavailable(vendor, namedCall, 'returned no result for a customer');
    return result instanceof ProviderError ? result : addAttributes(connection, result.record, attributes, call);
  });
}

function tryFit({ set }: RecordPatch, definitions: Definitions): AttributeChanges | ProviderError {
  try {
    return fitChanges(set, definitions);
  } catch (error) {
    if (error instanceof ProviderError) return error;
    throw error;
  }
}

async function createChunk(
  connection: Connection,
  chunk: readonly NewRecord[],
  call?: CallOptions,
): Promise<(WriteResult | ProviderError)[]> {
  const customers = Object.fromEntries(
    chunk.map(({ patch, reference }) => [reference, { ...fromNew(patch), referenceId: reference }]),
  );
  const { responses } = await connection.send(
    { ...namedCall, request: (api, options) => api.batchCreate({ customers }, options) },
    bulkResponse,
    call,
  );
  return Promise.all(chunk.map(({ reference }) => toResult(connection, reference, responses?.[reference], call)));
}

async function toResult(
  connection: Connection,
  reference: string,
  entry: BulkEntry | undefined,
  call?: CallOptions,
): Promise<WriteResult | ProviderError> {
  if (entry?.customer) return toCreated(connection, entry.customer);
  if (entry === undefined) return toUnavailable(vendor, namedCall, 'returned no result for a customer');
  const error = toEntryError(entry.errors ?? [], namedCall);
  if (!(error instanceof ConflictError)) return error;
  return throwCreatedBefore(connection, reference, error, call).catch((reason: unknown) => {
    if (reason instanceof ProviderError) return reason;
    throw reason;
  });
}

function toCreated({ account }: Connection, row: unknown): WriteResult | UnreadableRecordError {
  try {
    return { outcome: 'created', record: toRecord(parseCustomer(row, operation), account) };
  } catch (error) {
    if (error instanceof UnreadableRecordError) return error;
    throw error;
  }
}

/** Square docs (SearchCustomers): a search usually shows a new customer well within 30 seconds. */
const searchLagSeconds = 30;

/**
 * An earlier create with this reference has succeeded, and the contact has changed since. Throws a `ConflictError` with the id of that
 * customer, so that the record is adopted by the usual rules: a person may have edited it meanwhile. Throws `UnavailableError` where
 * the search does not show it: not yet, or not any more, once somebody has deleted it.
 */
async function throwCreatedBefore(
  connection: Connection,
  reference: string,
  error: ConflictError,
  call?: CallOptions,
): Promise<never> {
  const [created] = await findRecords(connection, { reference, phones: [], emails: [] }, call);
  const { provider, status } = error;
  const facts = { provider, operation, status };
  if (created === undefined) {
    const message = `Square created this customer before, and its search does not show it (${status}, ${operation}).`;
    throw new UnavailableError({ ...facts, message, retryAfterSeconds: searchLagSeconds, hasLanded: true });
  }
  const message = `Square created this customer before, with earlier values of the contact (${status}, ${operation}).`;
  throw new ConflictError({ ...facts, message, existingId: created.externalId });
}
