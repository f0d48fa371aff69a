import type { ProviderValues } from '#domain/contact.ts';
import type { ProviderRecord } from '#providers/provider.ts';
import { fitValues } from './fit-values.ts';
import { addressItems, contactItems, emailItems, type ItemMapping, phoneItems, textOf } from './items.ts';
import type { Item, Person } from './schema.ts';
import type { GoogleAccount } from './settings.ts';

/** Of `clientData`, which Google shows to nobody and does not keep apart by application. Our updates never write that field. */
export const referenceKey = 'accordReference';

export function toRecord(person: Person, account: GoogleAccount): ProviderRecord {
  const { resourceName, etag, metadata } = person;
  const replaces = (metadata?.previousResourceNames ?? []).filter((name) => name !== resourceName);
  return {
    externalId: resourceName,
    ...(replaces.length > 0 && { replaces }),
    version: etag,
    updatedAt: contactSource(person)?.updateTime ?? null,
    reference: findReference(person),
    complete: true,
    values: toValues(person, account),
  };
}

/** The record of a person that was asked for by a name that it may have had before. */
export function toAskedRecord(externalId: string, person: Person, account: GoogleAccount): ProviderRecord {
  const record = toRecord(person, account);
  if (record.externalId === externalId) return record;
  return { ...record, replaces: [...new Set([...(record.replaces ?? []), externalId])] };
}

/** Google docs: a listing shows at most 100 emails and 100 phones of a person. */
export function toListedRecord(person: Person, account: GoogleAccount): ProviderRecord {
  const record = toRecord(person, account);
  const isCut = [person.emailAddresses, person.phoneNumbers].some((items) => (items?.length ?? 0) >= 100);
  if (!isCut) return record;
  const { emails: _, phones: __, ...values } = record.values;
  return { ...record, complete: false, values };
}

/** A field that is absent is empty: Google leaves empty fields out. */
export function toValues(person: Partial<Person>, account: GoogleAccount): ProviderValues {
  const [name] = contactItems(person.names);
  const [biography] = contactItems(person.biographies);
  const values: ProviderValues = {
    givenName: textOf(name?.givenName),
    familyName: textOf(name?.familyName),
    company: textOf(findOrganization(person)?.name),
    emails: readAll(person.emailAddresses, emailItems, account),
    phones: readAll(person.phoneNumbers, phoneItems, account),
    addresses: readAll(person.addresses, addressItems, account),
    birthday: toBirthday(contactItems(person.birthdays)[0]),
    note: textOf(biography?.value),
  };
  return fitValues(values, account);
}

/** Where the person works now: marked as current, or else the one that Google puts first. */
export function findOrganization({ organizations }: Partial<Person>): Item | undefined {
  const all = contactItems(organizations);
  return all.find(({ current }) => current === true) ?? all[0];
}

/** What an update must name, so that Google knows which of a person's sources is meant. */
export function contactSource({ metadata }: Partial<Person>) {
  return metadata?.sources?.find(({ type }) => type === 'CONTACT');
}

export function findReference({ clientData }: Person): string | null {
  return textOf(clientData?.find(({ key }) => key === referenceKey)?.value);
}

function readAll<Value>(items: Item[] | null | undefined, mapping: ItemMapping<Value>, account: GoogleAccount): Value[] {
  return contactItems(items).flatMap((item) => mapping.read(item, account) ?? []);
}

/** Google docs (Date): a part that is not known is 0. Without month and day it is no birthday, and only `text` is no date. */
function toBirthday(item: Item | undefined): string | null {
  const { year, month, day } = (item?.date ?? {}) as Record<string, unknown>;
  const digits = (part: unknown, length: number) =>
    typeof part === 'number' && part > 0 ? String(part).padStart(length, '0') : null;
  const [monthDigits, dayDigits] = [digits(month, 2), digits(day, 2)];
  return monthDigits && dayDigits ? `${digits(year, 4) ?? '-'}-${monthDigits}-${dayDigits}` : null;
}
