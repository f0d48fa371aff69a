import { z } from 'zod';
import { type Connection, contactPath } from '#providers/calltools/connection.ts';
import { toRecord } from '#providers/calltools/mapping.ts';
import { anyContact, type CallToolsContact, contactOf, page as contactPage } from '#providers/calltools/schema.ts';
import { type CallToolsAccount, vendor } from '#providers/calltools/settings.ts';
import { NotFoundError, UnreadableRecordError } from '#providers/errors.ts';
import type { CallOptions, ProviderRecord, RecordPage } from '#providers/provider.ts';
import { findRowId, type ReadRows, readRow, readRows, toUnreadable } from '#providers/read-rows.ts';

/** Reads a contact as a record. Throws `NotFoundError`. */
export async function readRecord(connection: Connection, externalId: string, call?: CallOptions): Promise<ProviderRecord> {
  return toNamedRecord(connection, await getContact(connection, externalId, call), call);
}

/** Lists records by id, which never changes: contacts created during the listing come last. */
export async function listRecords(
  connection: Connection,
  { cursor }: { cursor: string | null },
  call?: CallOptions,
): Promise<RecordPage> {
  const page = Number(cursor ?? 1);
  const { rows, count, hasNext } = await listContacts(connection, { page, order: 'id' }, call);
  return { ...(await toNamedRecords(connection, rows, call)), cursor: hasNext ? String(page + 1) : null, total: count };
}

/** Maps the readable rows of a listing to records. */
export async function toNamedRecords(
  connection: Connection,
  rows: readonly ListedRow[],
  call?: CallOptions,
): Promise<ReadRows<ProviderRecord>> {
  const contacts = rows.flatMap(({ read }) => (read instanceof UnreadableRecordError ? [] : [read]));
  const unreadable = rows.flatMap(({ read }) => (read instanceof UnreadableRecordError ? [read] : []));
  return { records: await Promise.all(contacts.map((found) => toNamedRecord(connection, found, call))), unreadable };
}

/** Reads a contact in the vendor's form. Throws `NotFoundError`. */
export async function getContact(
  { send, account }: Connection,
  externalId: string,
  call?: CallOptions,
): Promise<CallToolsContact> {
  const operation = 'read contact';
  const received = await send({ operation, method: 'GET', path: contactPath(externalId) }, anyContact, call);
  return parseContact(received, operation, account);
}

/** Parses a contact. Throws `UnreadableRecordError`. */
export function parseContact(received: unknown, operation: string, account: CallToolsAccount): CallToolsContact {
  return readRow({ vendor, operation, schema: contactOf(account), idKey, toResult: (row) => row }, received);
}

const idKey = 'id';

/** Maps a contact to a record. Looks up the names of its tags and buckets, because the contact has only their ids. */
export async function toNamedRecord(
  { account, memberships }: Connection,
  found: CallToolsContact,
  call?: CallOptions,
): Promise<ProviderRecord> {
  return toRecord(found, account, await memberships.findNames(found, call));
}

/** With any order, deleting a contact between two pages moves all later contacts up by one. */
export type ContactOrder = 'id' | 'updated_on' | '-updated_on';

/** A row of a listing. Its id and time are known even where the rest cannot be read. */
export interface ListedRow {
  id: string | null;
  updated_on: string | null;
  read: CallToolsContact | UnreadableRecordError;
}

export interface ContactRows {
  rows: ListedRow[];
  /** The total count; null on a page after the last one. */
  count: number | null;
  hasNext: boolean;
}

export interface ContactPage {
  page: number;
  order: ContactOrder;
  pageSize?: number;
}

/** Lists one page of contacts. A page after the last one has no rows: deletions may have emptied it since the previous page. */
export async function listContacts(connection: Connection, query: ContactPage, call?: CallOptions): Promise<ContactRows> {
  const { send, account } = connection;
  const { page, order, pageSize = account.pageSize } = query;
  const parameters = { page, page_size: pageSize, ordering: order };
  const request = { operation: 'list contacts', method: 'GET', path: '/contacts/', query: parameters } as const;
  try {
    const { count, next, results } = await send(request, contactPage, call);
    const rows = toListedRows(results, request.operation, account);
    return { rows, count: count ?? null, hasNext: typeof next === 'string' };
  } catch (error) {
    if (error instanceof NotFoundError && page > 1) return { rows: [], count: null, hasNext: false };
    throw error;
  }
}

/** Reads the rows of a page one by one. */
export function toListedRows(results: readonly unknown[], operation: string, account: CallToolsAccount): ListedRow[] {
  const reader = { vendor, operation, schema: contactOf(account), idKey, toResult: (row: CallToolsContact) => row };
  return results.map((row) => {
    const { records, unreadable } = readRows(reader, [row]);
    const [read = toUnreadable(reader, row, 'the row is empty')] = [...records, ...unreadable];
    return { id: findRowId(row, idKey), updated_on: findTime(row), read };
  });
}

function findTime(row: unknown): string | null {
  const parsed = z.object({ updated_on: z.string() }).safeParse(row);
  return parsed.success ? parsed.data.updated_on : null;
}
