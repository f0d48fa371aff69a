import { normalizeEmail } from '../../domain/normalize/email.ts';
import { normalizePhone } from '../../domain/normalize/phone.ts';
import type { CallOptions, ProviderRecord, RecordLookup } from '../provider.ts';
import type { AddressBook } from './client.ts';
import { findReference, toListedRecord, toRecord } from './mapping.ts';
import type { Person } from './schema.ts';

/** Two full batches, and what people edit meanwhile. */
const newestCount = 500;

/**
 * Google searches names, emails, phones and organizations, and not `clientData`; and its search knows late of what is new. So we
 * first look through the contacts that changed last, where a create whose answer was lost must be, then search for the older
 * ones. Who changed long ago and carries our reference was shown by a sync since.
 */
export async function findRecords(book: AddressBook, lookup: RecordLookup, call?: CallOptions): Promise<ProviderRecord[]> {
  const { people, account } = book;
  const { connections } = await people.connections(
    { operation: 'find contact', pageSize: newestCount, sortOrder: 'LAST_MODIFIED_DESCENDING' },
    call,
  );
  const newest = connections ?? [];
  const ours = newest.filter((person) => lookup.reference !== null && findReference(person) === lookup.reference);
  if (ours.length > 0) return ours.map((person) => toListedRecord(person, account));
  const isHit = compareWith(book, lookup);
  const hits = newest.map((person) => toListedRecord(person, account)).filter(isHit);
  for (const query of [...lookup.emails, ...lookup.phones]) {
    hits.push(...(await search(book, query, call)).map((person) => toRecord(person, account)).filter(isHit));
  }
  return [...new Map(hits.map((record) => [record.externalId, record])).values()];
}

/** What one types: an email as it is, a phone as we write it. */
function search({ people, account }: AddressBook, query: string, call?: CallOptions): Promise<Person[]> {
  return people.search(query, account.searchWarmUpSeconds, call);
}

function compareWith({ account }: AddressBook, { reference, phones, emails }: RecordLookup) {
  const addresses = new Set(emails.map((email) => normalizeEmail(email)?.address));
  const numbers = new Set(phones.map((phone) => normalizePhone(phone, account)?.e164 ?? phone));
  return (record: ProviderRecord): boolean =>
    (reference !== null && record.reference === reference) ||
    (record.values.emails ?? []).some(({ address }) => addresses.has(address)) ||
    (record.values.phones ?? []).some(({ e164 }) => e164 !== null && numbers.has(e164));
}
