import { normalizeEmail } from '#domain/normalize/email.ts';
import { normalizePhone } from '#domain/normalize/phone.ts';
import type { Connection } from '#providers/gohighlevel/connection.ts';
import { toRecord } from '#providers/gohighlevel/mapping.ts';
import { duplicateResponse, type GoHighLevelContact, searchResponse } from '#providers/gohighlevel/schema.ts';
import type { CallOptions, ProviderRecord, RecordLookup } from '#providers/provider.ts';
import { mentions, readRows } from '#providers/read-rows.ts';
import { parseContact, searchRowReader } from './read.ts';

/** Searches by our reference, then by each phone and email. Every hit is compared with the lookup. */
export async function findRecords(connection: Connection, lookup: RecordLookup, call?: CallOptions): Promise<ProviderRecord[]> {
  const found = [...(await findByReference(connection, lookup.reference, call))];
  for (const number of lookup.phones) found.push(...(await findHolders(connection, { number }, call)));
  for (const email of lookup.emails) found.push(...(await findHolders(connection, { email }, call)));
  const byId = new Map(found.map((record) => [record.externalId, record]));
  return [...byId.values()];
}

/** Search lags behind writes by seconds (HighLevel docs), so a miss right after a create proves nothing. */
async function findByReference(connection: Connection, reference: string | null, call?: CallOptions): Promise<ProviderRecord[]> {
  const { referenceField } = connection.account;
  if (reference === null || referenceField === undefined) return [];
  const filter = { field: `customFields.${referenceField}`, value: reference };
  const records = await search(connection, { operation: 'find contact by reference', ...filter }, call);
  return records.filter((record) => record.reference === reference);
}

/**
 * The contacts with a phone or email. The lookup names one of them, without a lag. Where the location allows duplicates there may be
 * more, as in a household with one phone: up to twenty, with the lag of the search.
 */
async function findHolders(connection: Connection, key: DuplicateKey, call?: CallOptions): Promise<ProviderRecord[]> {
  const found = await findDuplicate(connection, key, call);
  if (found.length === 0) return [];
  const filter = 'email' in key ? { field: 'email', value: key.email } : { field: 'phone', value: key.number };
  const others = await search(connection, { operation: 'find contacts by phone or email', ...filter }, call);
  const isHeld = ({ values: { emails = [], phones = [] } }: ProviderRecord) =>
    'email' in key
      ? emails.some(({ address }) => address === normalizeEmail(key.email)?.address)
      : phones.some(({ e164 }) => e164 === key.number);
  return [...others.filter(isHeld), ...found];
}

/** Contacts whose field has a value. Throws when HighLevel found it in one that cannot be read: a create would make a duplicate. */
async function search(
  { send, account, locationId, readFields }: Connection,
  { operation, field, value }: { operation: string; field: string; value: string },
  call?: CallOptions,
): Promise<ProviderRecord[]> {
  const body = { locationId, pageLimit: 20, filters: [{ field, operator: 'eq', value }] };
  const { contacts } = await send({ operation, method: 'POST', path: '/contacts/search', body }, searchResponse, call);
  const { records, unreadable } = readRows(searchRowReader(operation, account, await readFields(call)), contacts);
  const [odd] = unreadable;
  if (odd && mentions(contacts, [value])) throw odd;
  return records;
}

/** Uses the lookup that HighLevel itself makes before it refuses a duplicate. Its response has no documented schema. */
async function findDuplicate(
  { send, account, locationId, readFields }: Connection,
  key: DuplicateKey,
  call?: CallOptions,
): Promise<ProviderRecord[]> {
  const query: Record<string, string> = { locationId, ...key };
  const request = { operation: 'find duplicate', method: 'GET', path: '/contacts/search/duplicate', query } as const;
  const response = await send(request, duplicateResponse, call);
  if (!response.contact) return [];
  const contact = parseContact(response, request.operation);
  if (!matches(contact, key, account.defaultRegion)) return [];
  return [{ ...toRecord(contact, account, await readFields(call)), complete: false }];
}

type DuplicateKey = { number: string } | { email: string };

/** Includes additional emails: HighLevel also compares them, and would refuse a create with one of them as a duplicate. */
function matches(contact: GoHighLevelContact, key: DuplicateKey, defaultRegion: string): boolean {
  if ('email' in key) {
    const additional = (contact.additionalEmails ?? []).map((item) => (typeof item === 'string' ? item : item.email));
    const addresses = [contact.email, ...additional].flatMap((email) => normalizeEmail(email)?.address ?? []);
    return addresses.includes(normalizeEmail(key.email)?.address ?? '');
  }
  const wanted = normalizePhone(key.number, { defaultRegion })?.e164;
  return wanted != null && normalizePhone(contact.phone, { defaultRegion })?.e164 === wanted;
}
