import { normalizeEmail } from '#domain/normalize/email.ts';
import { normalizePhone } from '#domain/normalize/phone.ts';
import type { CallOptions, ProviderRecord, RecordLookup } from '#providers/provider.ts';
import type { Location } from './location.ts';
import { toListedRecord, toRecord } from './mapping.ts';
import { duplicateAnswer, type GoHighLevelContact, searchAnswer } from './schema.ts';

/** By our reference, then by each phone and email; every hit holds what was asked for. */
export async function findRecords(location: Location, lookup: RecordLookup, call?: CallOptions): Promise<ProviderRecord[]> {
  const found = [...(await findByReference(location, lookup.reference, call))];
  for (const number of lookup.phones) found.push(...(await findDuplicate(location, { number }, call)));
  for (const email of lookup.emails) found.push(...(await findDuplicate(location, { email }, call)));
  const byId = new Map(found.map((record) => [record.externalId, record]));
  return [...byId.values()];
}

/** A search lags behind writes by seconds (HighLevel docs): nothing found so soon after a create proves nothing. */
async function findByReference(location: Location, reference: string | null, call?: CallOptions): Promise<ProviderRecord[]> {
  const { send, account, locationId } = location;
  if (reference === null || account.referenceField === undefined) return [];
  const filters = [{ field: `customFields.${account.referenceField}`, operator: 'eq', value: reference }];
  const body = { locationId, pageLimit: 20, filters };
  const request = { operation: 'find contact by reference', method: 'POST', path: '/contacts/search', body } as const;
  const { contacts } = await send(request, searchAnswer, call);
  return contacts.map((row) => toListedRecord(row, account)).filter((record) => record.reference === reference);
}

/** The look-up that HighLevel makes itself before it refuses a duplicate. Its answer has no documented schema. */
async function findDuplicate(location: Location, key: DuplicateKey, call?: CallOptions): Promise<ProviderRecord[]> {
  const { send, account, locationId } = location;
  const query: Record<string, string> = { locationId, ...key };
  const request = { operation: 'find duplicate', method: 'GET', path: '/contacts/search/duplicate', query } as const;
  const { contact } = await send(request, duplicateAnswer, call);
  if (!contact || !holds(contact, key, account.defaultRegion)) return [];
  return [{ ...toRecord(contact, account), complete: false }];
}

type DuplicateKey = { number: string } | { email: string };

/** HighLevel looks at additional emails too: whoever has one is no stranger, and a create would be refused. */
function holds(contact: GoHighLevelContact, key: DuplicateKey, defaultRegion: string): boolean {
  if ('email' in key) {
    const more = (contact.additionalEmails ?? []).map((item) => (typeof item === 'string' ? item : item.email));
    const addresses = [contact.email, ...more].flatMap((email) => normalizeEmail(email)?.address ?? []);
    return addresses.includes(normalizeEmail(key.email)?.address ?? '');
  }
  const asked = normalizePhone(key.number, { defaultRegion })?.e164;
  return asked != null && normalizePhone(contact.phone, { defaultRegion })?.e164 === asked;
}
