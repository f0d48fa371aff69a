import { normalizeEmail } from '#domain/normalize/email.ts';
import { normalizePhone } from '#domain/normalize/phone.ts';
import type { Connection } from '#providers/google/connection.ts';
import { findReference, listItems, toEmail, toListedRecord, toPhone, toRecord } from '#providers/google/mapping.ts';
import type { Person } from '#providers/google/schema.ts';
import type { CallOptions, ProviderRecord, RecordLookup } from '#providers/provider.ts';
import { mentions } from '#providers/read-rows.ts';
import type { ReadPeople } from './read-people.ts';

/**
 * Google searches names, emails, phones and organizations, but not `clientData`, and its search index lags. So Accord first scans the
 * last changed contacts, which include every contact whose create lost its response, and then searches for older ones. An older
 * contact with our reference has appeared in a sync since.
 */
export async function findRecords(connection: Connection, lookup: RecordLookup, call?: CallOptions): Promise<ProviderRecord[]> {
  const { people, account } = connection;
  const { people: lastChanged, odd } = await people.lastChanged(call);
  throwOddHit(odd, [lookup.reference ?? '', ...lookup.emails, ...lookup.phones]);
  const ours = lastChanged.filter((person) => lookup.reference !== null && findReference(person) === lookup.reference);
  if (ours.length > 0) return ours.map((person) => toListedRecord(person, account));
  const isHit = createMatcher(connection, lookup);
  const hits = lastChanged.filter(isHit).map((person) => toListedRecord(person, account));
  // Emails are searched as they are, phones as Accord writes them. The docs do not say how Google compares phones.
  for (const query of [...lookup.emails, ...lookup.phones]) {
    const found = await people.search(query, account.searchWarmUpSeconds, call);
    throwOddHit(found.odd, [query]);
    hits.push(...found.people.filter(isHit).map((person) => toRecord(person, account)));
  }
  return [...new Map(hits.map((record) => [record.externalId, record])).values()];
}

/** Throws for an unreadable person that has one of the sought texts: a create would make a duplicate. */
function throwOddHit(odd: ReadPeople['odd'], sought: readonly string[]): void {
  const hit = odd.find(({ row }) => mentions(row, sought));
  if (hit) throw hit.error;
}

/** Compares unmapped people, because hardly any of the hundreds on a page is a hit. */
function createMatcher({ account }: Connection, { reference, phones, emails }: RecordLookup): (person: Person) => boolean {
  const addresses = new Set(emails.map((email) => normalizeEmail(email)?.address));
  const numbers = new Set(phones.map((phone) => normalizePhone(phone, account)?.e164 ?? phone));
  const hasEmail = ({ emailAddresses }: Person) =>
    addresses.size > 0 && listItems(emailAddresses).some((item) => addresses.has(toEmail(item, account)?.address));
  const hasPhone = ({ phoneNumbers }: Person) =>
    numbers.size > 0 &&
    listItems(phoneNumbers).some((item) => {
      // Google's own reading of the number, if present, makes parsing it unnecessary.
      const e164 = item.canonicalForm ?? toPhone(item, account)?.e164;
      return typeof e164 === 'string' && numbers.has(e164);
    });
  return (person) => (reference !== null && findReference(person) === reference) || hasEmail(person) || hasPhone(person);
}
