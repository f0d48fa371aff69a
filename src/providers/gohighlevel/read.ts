import { z } from 'zod';
import type { CallOptions, ProviderRecord, RecordPage } from '#providers/provider.ts';
import { type Connection, contactPath } from './connection.ts';
import { toListedRecord, toRecord } from './mapping.ts';
import { contactResponse, searchResponse } from './schema.ts';

/** Reads a contact by id. Throws `NotFoundError`. */
export async function readRecord({ send, account }: Connection, externalId: string, call?: CallOptions): Promise<ProviderRecord> {
  const request = { operation: 'read contact', method: 'GET', path: contactPath(externalId) } as const;
  const { contact } = await send(request, contactResponse, call);
  return toRecord(contact, account);
}

/** Lists contacts by creation date, oldest first: new contacts come last, and edits move nothing. */
export async function listRecords(
  { send, account, locationId }: Connection,
  page: { cursor: string | null },
  call?: CallOptions,
): Promise<RecordPage> {
  const body = {
    locationId,
    pageLimit: account.pageSize,
    sort: [{ field: 'dateAdded', direction: 'asc' }],
    ...(page.cursor !== null && { searchAfter: cursorSchema.parse(JSON.parse(page.cursor)) }),
  };
  const request = { operation: 'list contacts', method: 'POST', path: '/contacts/search', body } as const;
  const { contacts, total } = await send(request, pageResponse(account.pageSize), call);
  const last = contacts.length < account.pageSize ? undefined : contacts.at(-1);
  return {
    records: contacts.map((row) => toListedRecord(row, account)),
    cursor: last ? JSON.stringify(last.searchAfter) : null,
    total: total ?? null,
  };
}

/** The sort value and id of a page's last contact. HighLevel returns them on each row. */
const cursorSchema = z.array(z.union([z.string(), z.number()]));

/** Rejects a full page without a cursor: it would end the listing early, and the remaining contacts would look deleted. */
function pageResponse(pageSize: number) {
  return searchResponse.refine(({ contacts }) => contacts.length < pageSize || contacts.at(-1)?.searchAfter !== undefined, {
    path: ['contacts', 'searchAfter'],
  });
}
