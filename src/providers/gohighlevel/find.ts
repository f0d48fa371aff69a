import { normalizeEmail } from '#domain/normalize/email.ts';
import { normalizePhone } from '#domain/normalize/phone.ts';
import type { CallOptions, ProviderRecord, RecordLookup } from '#providers/provider.ts';
import { mentions, readRows } from '#providers/read-rows.ts';
import type { Connection } from './connection.ts';
import { toRecord } from './mapping.ts';
import { parseContact, searchRowReader } from './read.ts';
import { duplicateResponse, type GoHighLevelContact, searchResponse } from './schema.ts';

/** Searches by our reference, then by each phone and email. Every hit is compared with the lookup. */
export async function findRecords(connection: Connection, lookup: RecordLookup, call?: CallOptions): Promise<ProviderRecord[]> {
  const found = [...(await findByReference(connection, lookup.reference, call))];
  for (const number of lookup.phones) found.push(...(await findDuplicate(connection, { number }, call)));
  for (const email of lookup.emails) found.push(...(await findDuplicate(connection, { email }, call)));
  const byId = new Map(found.map((record) => [record.externalId, record]));
  return [...byId.values()];
}

/** Search lags behind writes by seconds (HighLevel docs), so a miss right after a create proves nothing. */
async function findByReference(
  { send, account, locationId }: Connection,
  reference: string | null,
  call?: CallOptions,
): Promise<ProviderRecord[]> {
  if (reference === null || account.referenceField === undefined) return [];
  const filters = [{ field: `customFields.${account.referenceField}`, operator: 'eq', value: reference }];
  const body = { locationId, pageLimit: 20, filters };
  const request = { operation: 'find contact by reference', method: 'POST', path: '/contacts/search', body } as const;
  const { contacts } = await send(request, searchResponse, call);
  const { records, unreadable } = readRows(searchRowReader(request.operation, account), contacts);
  // HighLevel found the reference in it: a create would make a duplicate.
  const [odd] = unreadable;
  if (odd && mentions(contacts, [reference])) throw odd;
  return records.filter((record) => record.reference === reference);
}

/** Uses the lookup that HighLevel itself makes before it refuses a duplicate. Its response has no documented schema. */
async function findDuplicate(
  { send, account, locationId }: Connection,
  key: DuplicateKey,
  call?: CallOptions,
): Promise<ProviderRecord[]> {
  const query: Record<string, string> = { locationId, ...key };
  const request = { operation: 'find duplicate', method: 'GET', path: '/contacts/search/duplicate', query } as const;
  const response = await send(request, duplicateResponse, call);
  if (!response.contact) return [];
  const contact = parseContact(response, request.operation);
  if (!matches(contact, key, account.defaultRegion)) return [];
  return [{ ...toRecord(contact, account), complete: false }];
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
