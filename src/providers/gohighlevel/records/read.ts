import { z } from 'zod';
import { type Connection, contactPath } from '#providers/gohighlevel/connection.ts';
import type { LocationFields } from '#providers/gohighlevel/custom-fields.ts';
import { toListedRecord, toRecord } from '#providers/gohighlevel/mapping.ts';
import {
  contact,
  contactResponse,
  type GoHighLevelContact,
  type SearchRow,
  searchAfter,
  searchResponse,
  searchRow,
} from '#providers/gohighlevel/schema.ts';
import { type GoHighLevelAccount, vendor } from '#providers/gohighlevel/settings.ts';
import type { CallOptions, ProviderRecord, RecordPage } from '#providers/provider.ts';
import { type RowReader, readRow, readRows } from '#providers/read-rows.ts';

/** Reads a contact by id. Throws `NotFoundError`. */
export async function readRecord(connection: Connection, externalId: string, call?: CallOptions): Promise<ProviderRecord> {
  const received = await getContact(connection, externalId, call);
  return toRecord(received, connection.account, await connection.readFields(call));
}

/** Reads a contact in the vendor's form. Throws `NotFoundError`. */
export async function getContact({ send }: Connection, externalId: string, call?: CallOptions): Promise<GoHighLevelContact> {
  const operation = 'read contact';
  const response = await send({ operation, method: 'GET', path: contactPath(externalId) }, contactResponse, call);
  return parseContact(response, operation);
}

/** Parses the contact of a response. Throws `UnreadableRecordError`. */
export function parseContact(response: z.infer<typeof contactResponse>, operation: string): GoHighLevelContact {
  return readRow({ vendor, operation, schema: contact, idKey, toResult: (row) => row }, response.contact);
}

const idKey = 'id';

/** How search rows become incomplete records. */
export function searchRowReader(
  operation: string,
  account: GoHighLevelAccount,
  fields: LocationFields,
): RowReader<SearchRow, ProviderRecord> {
  return { vendor, operation, schema: searchRow, idKey, toResult: (row) => toListedRecord(row, account, fields) };
}

/** Lists contacts by creation date, oldest first: new contacts come last, and edits move nothing. */
export async function listRecords(
  { send, account, locationId, readFields }: Connection,
  page: { cursor: string | null },
  call?: CallOptions,
): Promise<RecordPage> {
  const body = {
    locationId,
    pageLimit: account.pageSize,
    sort: [{ field: 'dateAdded', direction: 'asc' }],
    ...(page.cursor !== null && { searchAfter: searchAfter.parse(JSON.parse(page.cursor)) }),
  };
  const request = { operation: 'list contacts', method: 'POST', path: '/contacts/search', body } as const;
  const { contacts, total } = await send(request, pageResponse(account.pageSize), call);
  const last = contacts.length < account.pageSize ? null : findCursor(contacts);
  return {
    ...readRows(searchRowReader(request.operation, account, await readFields(call)), contacts),
    cursor: last && JSON.stringify(last),
    total: total ?? null,
  };
}

/** Rejects a full page without a cursor: it would end the listing early, and the remaining contacts would look deleted. */
function pageResponse(pageSize: number) {
  return searchResponse.refine(({ contacts }) => contacts.length < pageSize || findCursor(contacts) !== null, {
    path: ['contacts', 'searchAfter'],
  });
}

/** The cursor of a page's last contact, also where the rest of the row cannot be read. */
function findCursor(contacts: readonly unknown[]): z.infer<typeof searchAfter> | null {
  const parsed = z.object({ searchAfter }).safeParse(contacts.at(-1));
  return parsed.success ? parsed.data.searchAfter : null;
}
