import type { ProviderValues } from '#domain/contact.ts';
import { normalizeAddress } from '#domain/normalize/address.ts';
import { normalizeEmail, readEmail } from '#domain/normalize/email.ts';
import { normalizeFamilyName, normalizeName } from '#domain/normalize/name.ts';
import { normalizePhone } from '#domain/normalize/phone.ts';
import { normalizeLine } from '#domain/normalize/text.ts';
import type { DoNotContact } from '#domain/values.ts';
import { denial, scalar } from '#providers/lenient.ts';
import type { ProviderRecord } from '#providers/provider.ts';
import { type LocationFields, noLocationFields, readCustomValues } from './custom-fields.ts';
import { fitValues } from './fit-values.ts';
import type { GoHighLevelContact, SearchRow } from './schema.ts';
import type { GoHighLevelAccount } from './settings.ts';

/** Maps a contact, as reads and writes return it, to a complete record. */
export function toRecord(contact: GoHighLevelContact, account: GoHighLevelAccount, fields = noLocationFields): ProviderRecord {
  const values = { ...toValues(contact, contact.address1, account), ...toName(contact) };
  return { ...toEnvelope(contact, account), complete: true, values: withCustom(fitValues(values, account), contact, fields) };
}

/** Maps a search row to an incomplete record: a search returns names in lower case only, so they are left out. */
export function toListedRecord(row: SearchRow, account: GoHighLevelAccount, fields = noLocationFields): ProviderRecord {
  const values = withCustom(fitValues(toValues(row, row.address, account), account), row, fields);
  return { ...toEnvelope(row, account), complete: false, keys: toKeys(row, values), values };
}

function withCustom(values: ProviderValues, contact: GoHighLevelContact | SearchRow, fields: LocationFields): ProviderValues {
  return { ...values, ...readCustomValues(contact, fields) };
}

/** The values that HighLevel itself compares before it refuses a duplicate: see `matches` of the search. */
function toKeys({ additionalEmails }: SearchRow, { emails = [], phones = [] }: ProviderValues) {
  const additional = (additionalEmails ?? []).map((item) => (typeof item === 'string' ? item : item.email));
  const further = additional.flatMap((email) => normalizeEmail(email)?.address ?? []);
  return { emails: [...emails.map(({ address }) => address), ...further], phones: phones.flatMap(({ e164 }) => e164 ?? []) };
}

function toEnvelope(contact: GoHighLevelContact | SearchRow, { referenceField }: GoHighLevelAccount) {
  return {
    externalId: contact.id,
    version: null,
    updatedAt: contact.dateUpdated,
    reference: findReference(contact, referenceField),
  };
}

/** Null when the field is empty or none is configured. */
function findReference({ customFields }: GoHighLevelContact | SearchRow, fieldId: string | undefined): string | null {
  const { data } = scalar.safeParse(customFields?.find(({ id }) => id === fieldId)?.value);
  return data === undefined || data === null || data === '' ? null : String(data);
}

function toName({ firstName, lastName }: GoHighLevelContact): ProviderValues {
  return { givenName: normalizeName(firstName), familyName: normalizeFamilyName(lastName) };
}

/** An absent field is empty: HighLevel omits empty fields. */
function toValues(contact: GoHighLevelContact | SearchRow, street: string | null | undefined, account: GoHighLevelAccount) {
  const { city, state: region, postalCode, country } = contact;
  const email = readEmail(contact.email);
  const phone = normalizePhone(contact.phone, { defaultRegion: account.defaultRegion });
  const address = normalizeAddress({ street, city, region, postalCode, country });
  return {
    company: normalizeLine(contact.companyName),
    emails: email ? [email] : [],
    phones: phone ? [phone] : [],
    addresses: address ? [address] : [],
    ...readBirthday(contact.dateOfBirth),
    tags: contact.tags ?? [],
    source: normalizeLine(contact.source),
    doNotContact: toDoNotContact(contact),
  };
}

/**
 * Reads a date, an instant at midnight UTC, or epoch milliseconds, as a search answers (highlevel-api-docs issue 314). Empty when it is
 * none of them: a date that cannot be read is not an absent one.
 */
function readBirthday(dateOfBirth: GoHighLevelContact['dateOfBirth']): ProviderValues {
  const raw = String(dateOfBirth ?? '').trim();
  if (raw === '') return { birthday: null };
  const isEpoch = typeof dateOfBirth === 'number' || /^-?\d{9,}$/.test(raw);
  const instant = isEpoch ? new Date(Number(raw)) : null;
  const iso = instant && !Number.isNaN(instant.getTime()) ? instant.toISOString() : raw;
  const date = /^\d{4}-\d{2}-\d{2}/.exec(iso)?.[0];
  return date === undefined ? {} : { birthday: date };
}

/** `dnd` covers all channels. */
function toDoNotContact({ dnd, dndSettings }: GoHighLevelContact | SearchRow): DoNotContact {
  const isDenied = (channel: string) => dnd || isDenial(dndSettings?.[channel]?.status);
  return { call: isDenied('Call'), sms: isDenied('SMS'), email: isDenied('Email') };
}

/** `active` means that "do not disturb" is on; `permanent`, that only the contact can lift it. An unknown status lifts nothing. */
export function isDenial(status: string | null | undefined): boolean {
  return denial.parse(status);
}
