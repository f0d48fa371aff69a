import { normalizeEmail } from '#domain/normalize/email.ts';
import type { Connection } from '#providers/calltools/connection.ts';
import { findNumbers } from '#providers/calltools/mapping.ts';
import { type CallToolsContact, page } from '#providers/calltools/schema.ts';
import { vendor } from '#providers/calltools/settings.ts';
import { InvalidRequestError, UnreadableRecordError } from '#providers/errors.ts';
import type { CallOptions, ProviderRecord, RecordLookup } from '#providers/provider.ts';
import { mentions } from '#providers/read-rows.ts';
import { getContact, type ListedRow, toListedRows, toNamedRecord } from './read.ts';

/** Searches by each phone, and by email and reference where accord.yaml names a filter for them. */
export async function findRecords(connection: Connection, lookup: RecordLookup, call?: CallOptions): Promise<ProviderRecord[]> {
  const { account } = connection;
  const { phoneFilter, emailFilter, emailField, referenceFilter, referenceField = '' } = account;
  const found: CallToolsContact[] = [];
  for (const phone of lookup.phones) {
    const matches: Matches = (row) => findNumbers(row, account).has(phone);
    found.push(...(await findBy(connection, { filter: phoneFilter, value: phone, matches }, call)));
  }
  for (const email of emailFilter ? lookup.emails : []) {
    const matches: Matches = (row) => normalizeEmail(String(row[emailField] ?? ''))?.address === normalizeEmail(email)?.address;
    found.push(...(await findBy(connection, { filter: emailFilter ?? '', value: email, matches }, call)));
  }
  if (referenceFilter && lookup.reference !== null) {
    const matches: Matches = (row) => row[referenceField] === lookup.reference;
    found.push(...(await findBy(connection, { filter: referenceFilter, value: lookup.reference, matches }, call)));
  }
  const byId = new Map(found.map((row) => [row.id, row]));
  return Promise.all([...byId.values()].map((row) => toNamedRecord(connection, row, call)));
}

type Matches = (row: CallToolsContact) => boolean;

interface Search {
  filter: string;
  value: string;
  matches: Matches;
}

/** More hits than contacts that could share a phone: the vendor ignored the filter. */
const maxHits = 10;

/** CallTools ignores an unknown filter and returns all contacts, so every row is compared with the lookup. */
async function findBy(connection: Connection, search: Search, call?: CallOptions): Promise<CallToolsContact[]> {
  const { filter, value, matches } = search;
  const query = { [filter]: value, page_size: maxHits };
  const request = { operation: `find contact by ${filter}`, method: 'GET', path: '/contacts/', query } as const;
  const { count, results } = await connection.send(request, page, call);
  if (count && count > maxHits) throw ignoredFilter(filter, count, request.operation);
  const found: CallToolsContact[] = [];
  for (const [index, row] of toListedRows(results, request.operation, connection.account).entries()) {
    // A row can lack phones that a read returns, so a row that does not match is read before it is dismissed.
    const full = await readMatch(connection, row, matches, call);
    // A filter that CallTools ignores lists anybody. One that holds the value may be the contact: a create would make a duplicate.
    if (full instanceof UnreadableRecordError && mentions(results[index], [value])) throw full;
    if (!(full instanceof UnreadableRecordError) && matches(full)) found.push(full);
  }
  return found;
}

async function readMatch(connection: Connection, { id, read }: ListedRow, matches: Matches, call?: CallOptions) {
  if (id === null || (!(read instanceof UnreadableRecordError) && matches(read))) return read;
  try {
    return await getContact(connection, id, call);
  } catch (error) {
    if (error instanceof UnreadableRecordError) return error;
    throw error;
  }
}

function ignoredFilter(filter: string, count: number, operation: string): InvalidRequestError {
  const message =
    `CallTools ignored the filter ${filter} and listed ${count} contacts: ` +
    'set a filter that works for this account in accord.yaml, under accounts.calltools.';
  return new InvalidRequestError({ provider: vendor.id, operation, message, remedy: null });
}
