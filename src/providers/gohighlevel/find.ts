import { normalizeEmail } from '../../domain/normalize/email.ts';
import { normalizePhone } from '../../domain/normalize/phone.ts';
import type { CallOptions, ProviderRecord, RecordLookup } from '../provider.ts';
import type { Location } from './client.ts';
import { toListedRecord, toRecord } from './mapping.ts';
import { duplicateAnswer, searchAnswer } from './schema.ts';

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
  const record = contact ? { ...toRecord(contact, account), complete: false } : null;
  return record && holds(record, key, account.defaultRegion) ? [record] : [];
}

type DuplicateKey = { number: string } | { email: string };

function holds({ values }: ProviderRecord, key: DuplicateKey, defaultRegion: string): boolean {
  if ('email' in key) return values.emails?.some(({ address }) => address === normalizeEmail(key.email)?.address) ?? false;
  const asked = normalizePhone(key.number, { defaultRegion })?.e164;
  return values.phones?.some(({ e164 }) => e164 !== null && e164 === asked) ?? false;
}
