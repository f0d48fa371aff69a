import { normalizeEmail } from '#domain/normalize/email.ts';
import { normalizePhone } from '#domain/normalize/phone.ts';
import type { CallOptions, ProviderRecord, RecordLookup } from '#providers/provider.ts';
import type { AddressBook } from './client.ts';
import { contactItems, emailItems, phoneItems } from './items.ts';
import { findReference, toListedRecord, toRecord } from './mapping.ts';
import type { Person } from './schema.ts';

/**
 * Google searches names, emails, phones and organizations, and not `clientData`; and its search knows late of what is new. So we
 * first look through the contacts that changed last, where a create whose answer was lost must be, then search for the older
 * ones. Who changed long ago and carries our reference was shown by a sync since.
 */
export async function findRecords(book: AddressBook, lookup: RecordLookup, call?: CallOptions): Promise<ProviderRecord[]> {
  const { people, account } = book;
  const newest = await people.newest(call);
  const ours = newest.filter((person) => lookup.reference !== null && findReference(person) === lookup.reference);
  if (ours.length > 0) return ours.map((person) => toListedRecord(person, account));
  const isHit = compareWith(book, lookup);
  const hits = newest.filter(isHit).map((person) => toListedRecord(person, account));
  // What one types: an email as it is, a phone as we write it. How Google compares a phone is not documented.
  for (const query of [...lookup.emails, ...lookup.phones]) {
    const found = await people.search(query, account.searchWarmUpSeconds, call);
    hits.push(...found.filter(isHit).map((person) => toRecord(person, account)));
  }
  return [...new Map(hits.map((record) => [record.externalId, record])).values()];
}

/** Before a person is mapped: of a page of hundreds, hardly one is a hit. */
function compareWith({ account }: AddressBook, { reference, phones, emails }: RecordLookup): (person: Person) => boolean {
  const addresses = new Set(emails.map((email) => normalizeEmail(email)?.address));
  const numbers = new Set(phones.map((phone) => normalizePhone(phone, account)?.e164 ?? phone));
  const holdsEmail = ({ emailAddresses }: Person) =>
    addresses.size > 0 && contactItems(emailAddresses).some((item) => addresses.has(emailItems.read(item, account)?.address));
  const holdsPhone = ({ phoneNumbers }: Person) =>
    numbers.size > 0 &&
    contactItems(phoneNumbers).some((item) => {
      // Where Google read the number itself we need not.
      const e164 = item.canonicalForm ?? phoneItems.read(item, account)?.e164;
      return typeof e164 === 'string' && numbers.has(e164);
    });
  return (person) => (reference !== null && findReference(person) === reference) || holdsEmail(person) || holdsPhone(person);
}
