import type { ProviderValues } from '#domain/contact.ts';
import { normalizeAddress } from '#domain/normalize/address.ts';
import { normalizeEmail, readEmail } from '#domain/normalize/email.ts';
import { normalizeFamilyName, normalizeName } from '#domain/normalize/name.ts';
import { normalizePhone } from '#domain/normalize/phone.ts';
import { normalizeLine } from '#domain/normalize/text.ts';
import type { DoNotContact } from '#domain/values.ts';
import { denial, scalar } from '#providers/lenient.ts';
import type { ProviderRecord } from '#providers/provider.ts';
import { fitValues } from './fit-values.ts';
import type { GoHighLevelContact, SearchRow } from './schema.ts';
import type { GoHighLevelAccount } from './settings.ts';

/** Maps a contact, as reads and writes return it, to a complete record. */
export function toRecord(contact: GoHighLevelContact, account: GoHighLevelAccount): ProviderRecord {
  const values = { ...toValues(contact, contact.address1, account), ...toName(contact) };
  return { ...toEnvelope(contact, account), complete: true, values: fitValues(values, account) };
}

/** Maps a search row to an incomplete record: a search returns names in lower case only, so they are left out. */
export function toListedRecord(row: SearchRow, account: GoHighLevelAccount): ProviderRecord {
  const values = fitValues(toValues(row, row.address, account), account);
  return { ...toEnvelope(row, account), complete: false, keys: toKeys(row, values), values };
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
    reference: findCustomText(contact, referenceField) ?? null,
  };
}

/** Returns the value of a text custom field; null when it is empty or no field is configured, undefined when it is no text. */
function findCustomText(
  { customFields }: GoHighLevelContact | SearchRow,
  fieldId: string | undefined,
): string | null | undefined {
  const value = scalar.safeParse(customFields?.find(({ id }) => id === fieldId)?.value);
  if (!value.success) return undefined;
  return value.data === undefined || value.data === null || value.data === '' ? null : String(value.data);
}

function toName({ firstName, lastName }: GoHighLevelContact): ProviderValues {
  return { givenName: normalizeName(firstName), familyName: normalizeFamilyName(lastName) };
}

/** An absent field is empty: HighLevel omits empty fields. */
function toValues(contact: GoHighLevelContact | SearchRow, street: string | null | undefined, account: GoHighLevelAccount) {
  const { city, state: region, postalCode, country } = contact;
  const jobTitle = findCustomText(contact, account.jobTitleField);
  const email = readEmail(contact.email);
  const phone = normalizePhone(contact.phone, { defaultRegion: account.defaultRegion });
  const address = normalizeAddress({ street, city, region, postalCode, country });
  return {
    company: normalizeLine(contact.companyName),
    ...(jobTitle !== undefined && { jobTitle: normalizeLine(jobTitle) }),
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
