import { NotFoundError } from '#providers/errors.ts';
import type { CallOptions, ProviderRecord, RecordPage } from '#providers/provider.ts';
import { type Connection, contactPath } from './connection.ts';
import { toRecord } from './mapping.ts';
import { type CallToolsContact, contact, pageOf } from './schema.ts';

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
  const records = await Promise.all(rows.map((row) => toNamedRecord(connection, row, call)));
  return { records, cursor: hasNext ? String(page + 1) : null, total: count };
}

/** Reads a contact in the vendor's form. Throws `NotFoundError`. */
export function getContact({ send }: Connection, externalId: string, call?: CallOptions): Promise<CallToolsContact> {
  return send({ operation: 'read contact', method: 'GET', path: contactPath(externalId) }, contact, call);
}

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

export interface ContactRows {
  rows: CallToolsContact[];
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
    const { count, next, results } = await send(request, pageOf(contact), call);
    return { rows: results, count, hasNext: next !== null };
  } catch (error) {
    if (error instanceof NotFoundError && page > 1) return { rows: [], count: null, hasNext: false };
    throw error;
  }
}
