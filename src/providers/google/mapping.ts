import type { ProviderValues } from '#domain/contact.ts';
import { shapeNames } from '#domain/name-parts.ts';
import { normalizeAddress } from '#domain/normalize/address.ts';
import { readEmail } from '#domain/normalize/email.ts';
import { normalizePhone } from '#domain/normalize/phone.ts';
import type { Email, Phone, PostalAddress } from '#domain/values.ts';
import { customFieldEntries, toCustomValues } from '#providers/custom-fields.ts';
import type { ProviderRecord } from '#providers/provider.ts';
import { fields, fitValues, nameKeys, organizationParts } from './fit-values.ts';
import { dateParts, type Item, type Person } from './schema.ts';
import type { GoogleAccount } from './settings.ts';

/** Key in `clientData`, which Google shows to nobody and does not separate by application. Our updates never write that field. */
export const referenceKey = 'accordReference';

/** Maps a person to a complete record. */
export function toRecord(person: Person, account: GoogleAccount): ProviderRecord {
  const { resourceName, etag, metadata } = person;
  const replaces = (metadata?.previousResourceNames ?? []).filter((name) => name !== resourceName);
  return {
    externalId: resourceName,
    ...(replaces.length > 0 && { replaces }),
    version: etag,
    updatedAt: metadata?.sources?.find(({ type }) => type === 'CONTACT')?.updateTime ?? null,
    reference: findReference(person),
    complete: true,
    values: { ...toValues(person, account), ...(account.customFields && { customFieldIds: { ...account.customFields } }) },
  };
}

/** Maps a person that was requested by a current or former name. A former name is added to `replaces`. */
export function toRequestedRecord(externalId: string, person: Person, account: GoogleAccount): ProviderRecord {
  const record = toRecord(person, account);
  if (record.externalId === externalId) return record;
  return { ...record, replaces: [...new Set([...(record.replaces ?? []), externalId])] };
}

/** Google docs: a listing returns at most 100 emails and 100 phones per person. */
const maxListedItems = 100;

/** Maps a person from a listing: incomplete, without emails and phones, when the listing truncated them. */
export function toListedRecord(person: Person, account: GoogleAccount): ProviderRecord {
  const record = toRecord(person, account);
  const isTruncated = [person.emailAddresses, person.phoneNumbers].some((items) => (items?.length ?? 0) >= maxListedItems);
  if (!isTruncated) return record;
  const { emails: _, phones: __, ...values } = record.values;
  return { ...record, complete: false, values };
}

/** An absent field is empty: Google omits empty fields. */
export function toValues(person: Partial<Person>, account: GoogleAccount): ProviderValues {
  const [name] = listItems(person.names);
  const organization = findOrganization(person);
  const [biography] = listItems(person.biographies);
  const values: ProviderValues = {
    ...Object.fromEntries(nameKeys.map(({ field, key }) => [field, findText(name?.[key])])),
    ...Object.fromEntries(organizationParts.map(({ field, key }) => [field, findText(organization?.[key])])),
    emails: listItems(person.emailAddresses).flatMap((item) => toEmail(item, account) ?? []),
    phones: listItems(person.phoneNumbers).flatMap((item) => toPhone(item, account) ?? []),
    addresses: listItems(person.addresses).flatMap((item) => toAddress(item, account) ?? []),
    ...readBirthday(listItems(person.birthdays)[0]),
    note: findText(biography?.value),
    ...readUserDefined(person, account),
  };
  // People type the suffix behind the family name as well.
  return shapeNames(fitValues(values, account), fields);
}

/** A label may stand there twice: the first one counts, and the other one stays. */
function readUserDefined(person: Partial<Person>, { customFields }: GoogleAccount): ProviderValues {
  const items = listItems(person.userDefined);
  const read = customFieldEntries(customFields).map(([field, label]) => ({
    ...{ field, id: label },
    text: findText(items.find(isLabelled(label))?.value),
  }));
  return toCustomValues(read);
}

/** Whether the item of `userDefined` has the label. */
export function isLabelled(label: string): (item: Item) => boolean {
  return ({ key }) => findText(key)?.trim() === label;
}

/** Returns the reference that our create stored; null without one. */
export function findReference({ clientData }: Person): string | null {
  return findText(clientData?.find(({ key }) => key === referenceKey)?.value);
}

/** Returns the current employer: the organization marked as current, or the first one. */
export function findOrganization({ organizations }: Partial<Person>): Item | undefined {
  const all = listItems(organizations);
  return all.find(({ current }) => current === true) ?? all[0];
}

/** Lists the contact's own items, without profile data, with the primary item first: Google guarantees no order. */
export function listItems(items: Item[] | null | undefined): Item[] {
  const own = (items ?? []).filter(({ metadata }) => (metadata?.source?.type ?? 'CONTACT') === 'CONTACT');
  const isPrimary = ({ metadata }: Item) => metadata?.primary === true;
  return [...own.filter(isPrimary), ...own.filter((item) => !isPrimary(item))];
}

/** Maps an item to a value; null when it has none that we can read. */
export type ToValue<Value> = (item: Item, account: GoogleAccount) => Value | null;

/** `type` is one of Google's labels or the user's own. Google derives its translation, `formattedType`. */
export const toEmail: ToValue<Email> = ({ value, type }) => readEmail(findText(value), findText(type));

/**
 * Google docs: the server derives `canonicalForm`, in E.164; the value stays as typed. Google knows the account owner's country, so
 * its reading takes precedence over ours.
 */
export const toPhone: ToValue<Phone> = ({ value, type, canonicalForm }, { defaultRegion }) => {
  const phone = normalizePhone(findText(value), { defaultRegion, label: findText(type) });
  const canonical = findText(canonicalForm);
  return phone && canonical !== null && /^\+\d+$/.test(canonical) ? { ...phone, e164: canonical } : phone;
};

/** An address without parts is read from `formattedValue`. */
export const toAddress: ToValue<PostalAddress> = (item) => {
  const parts = {
    street: joinTexts([item.streetAddress, item.extendedAddress, item.poBox]),
    city: findText(item.city),
    region: findText(item.region),
    postalCode: findText(item.postalCode),
    country: findText(item.countryCode) ?? findText(item.country),
  };
  const isUnstructured = Object.values(parts).every((part) => part === null);
  const address = isUnstructured ? { street: joinTexts([item.formattedValue]) } : parts;
  return normalizeAddress({ ...address, label: findText(item.type) });
};

/** Null without month and day: a year alone, or `text` alone, is no birthday. Empty when the date cannot be read. */
function readBirthday(item: Item | undefined): ProviderValues {
  const parsed = dateParts.safeParse(item?.date ?? {});
  if (!parsed.success) return {};
  const { year, month, day } = parsed.data;
  const [monthDigits, dayDigits] = [toDigits(month, 2), toDigits(day, 2)];
  return { birthday: monthDigits && dayDigits ? `${toDigits(year, 4) ?? '-'}-${monthDigits}-${dayDigits}` : null };
}

function toDigits(part: number | null | undefined, length: number): string | null {
  return part && part > 0 ? String(part).padStart(length, '0') : null;
}

function findText(value: unknown): string | null {
  const text = typeof value === 'number' ? String(value) : value;
  return typeof text === 'string' && text.trim() !== '' ? text : null;
}

function joinTexts(parts: unknown[]): string | null {
  return parts.flatMap((part) => findText(part) ?? []).join(', ') || null;
}
