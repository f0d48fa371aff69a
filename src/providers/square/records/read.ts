import { NotFoundError, UnreadableRecordError } from '#providers/errors.ts';
import { toUnavailable } from '#providers/http-errors.ts';
import type { CallOptions, ProviderRecord, RecordPage } from '#providers/provider.ts';
import { readRow, readRows } from '#providers/read-rows.ts';
import { withAttributes, withOwnAttributes } from '#providers/square/attributes/attributes.ts';
import type { Connection } from '#providers/square/connection.ts';
import { toEntryError } from '#providers/square/errors.ts';
import { toRecord, toRequestedRecord } from '#providers/square/mapping.ts';
import {
  type BulkEntry,
  bulkResponse,
  customer,
  customerResponse,
  pageResponse,
  type SquareCustomer,
} from '#providers/square/schema.ts';
import { type SquareAccount, vendor } from '#providers/square/settings.ts';

/** Reads a customer by its id, or by an id that was merged into it. Throws `NotFoundError`. */
export async function readRecord(connection: Connection, customerId: string, call?: CallOptions): Promise<ProviderRecord> {
  const { send, account } = connection;
  const { customer: row } = await send(
    { operation: 'read contact', request: (customers, options) => customers.get({ customerId }, options) },
    customerResponse,
    call,
  );
  return withOwnAttributes(connection, toRequestedRecord(customerId, parseCustomer(row, 'read contact'), account), call);
}

/** Parses a customer. Throws `UnreadableRecordError`. */
export function parseCustomer(row: unknown, operation: string): SquareCustomer {
  return readRow({ vendor, operation, schema: customer, idKey, toResult: (parsed) => parsed }, row);
}

const idKey = 'id';

/**
 * Lists customers by creation date, oldest first: new customers come last, and edits move nothing. Square docs (ListCustomers): a
 * listing shows a change within 30 seconds, sometimes after a minute or more, and omits customers without name, company, email and
 * phone.
 */
export async function listRecords(
  connection: Connection,
  page: { cursor: string | null },
  call?: CallOptions,
): Promise<RecordPage> {
  const { send, account } = connection;
  const query = {
    limit: account.pageSize,
    sortField: 'CREATED_AT',
    sortOrder: 'ASC',
    count: true,
    ...(page.cursor !== null && { cursor: page.cursor }),
  } as const;
  const { customers, cursor, count } = await send(
    { operation: 'list contacts', request: async (api, options) => (await api.list(query, options)).response },
    pageResponse,
    call,
  );
  const reader = { vendor, operation: 'list contacts', schema: customer, idKey, toResult };
  const { records, unreadable } = readRows(reader, customers ?? []);
  const read = await withAttributes<ProviderRecord>(connection, records, call);
  return { records: read, unreadable, cursor: cursor || null, total: count ?? null };

  function toResult(row: SquareCustomer): ProviderRecord {
    return toRecord(row, account);
  }
}

/** Square docs (bulk endpoints): larger requests are refused. */
export const maxBulkEntries = 100;

/**
 * Reads customers in bulk, in the order of the ids; null for each one that does not exist. Square does not document whether a bulk
 * read follows merged ids as a single read does.
 */
export async function readMany(
  connection: Connection,
  externalIds: readonly string[],
  call?: CallOptions,
): Promise<(ProviderRecord | UnreadableRecordError | null)[]> {
  const ids = [...new Set(externalIds)];
  const found = new Map<string, ProviderRecord | UnreadableRecordError | null>();
  for (let start = 0; start < ids.length; start += maxBulkEntries) {
    const chunk = ids.slice(start, start + maxBulkEntries);
    const entries = await readChunk(connection, chunk, call);
    const rows = chunk.map((id) => toRecordOrNull(connection, id, entries[id]));
    const read = await withAttributes(connection, rows, call);
    for (const [at, id] of chunk.entries()) found.set(id, read[at] ?? null);
  }
  return externalIds.map((id) => found.get(id) ?? null);
}

const operation = 'read contacts';

async function readChunk({ send }: Connection, customerIds: string[], call?: CallOptions): Promise<Record<string, BulkEntry>> {
  const { responses } = await send(
    { operation, request: (customers, options) => customers.bulkRetrieveCustomers({ customerIds }, options) },
    bulkResponse,
    call,
  );
  return responses ?? {};
}

/** Null only for an explicit "not found". */
function toRecordOrNull({ account }: Connection, id: string, entry: BulkEntry | undefined) {
  if (entry?.customer) return toRequestedOrError(id, entry.customer, account);
  if (entry === undefined) throw toUnavailable(vendor, { operation }, 'omitted a requested customer');
  const error = toEntryError(entry.errors ?? [], { operation });
  if (error instanceof NotFoundError) return null;
  throw error;
}

function toRequestedOrError(id: string, row: unknown, account: SquareAccount): ProviderRecord | UnreadableRecordError {
  try {
    return toRequestedRecord(id, parseCustomer(row, operation), account);
  } catch (error) {
    if (error instanceof UnreadableRecordError) return error;
    throw error;
  }
}
