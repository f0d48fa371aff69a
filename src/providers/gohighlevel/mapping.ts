import type { ProviderValues } from '#domain/contact.ts';
import { normalizeAddress } from '#domain/normalize/address.ts';
import { normalizeEmail } from '#domain/normalize/email.ts';
import { normalizeName } from '#domain/normalize/name.ts';
import { normalizePhone } from '#domain/normalize/phone.ts';
import { normalizeLine } from '#domain/normalize/text.ts';
import type { DoNotContact } from '#domain/values.ts';
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
  return { ...toEnvelope(row, account), complete: false, values: fitValues(toValues(row, row.address, account), account) };
}

function toEnvelope(contact: GoHighLevelContact | SearchRow, { referenceField }: GoHighLevelAccount) {
  return {
    externalId: contact.id,
    version: null,
    updatedAt: contact.dateUpdated ?? null,
    reference: findCustomText(contact, referenceField),
  };
}

/** Returns the value of a text custom field; null when it is empty or no field is configured. */
function findCustomText({ customFields }: GoHighLevelContact | SearchRow, fieldId: string | undefined): string | null {
  const value = customFields?.find(({ id }) => id === fieldId)?.value;
  return typeof value === 'string' && value !== '' ? value : null;
}

function toName({ firstName, lastName }: GoHighLevelContact): ProviderValues {
  return { givenName: normalizeName(firstName), familyName: normalizeName(lastName) };
}

/** An absent field is empty: HighLevel omits empty fields. */
function toValues(contact: GoHighLevelContact | SearchRow, street: string | null | undefined, account: GoHighLevelAccount) {
  const { city, state: region, postalCode, country } = contact;
  const email = normalizeEmail(contact.email);
  const phone = normalizePhone(contact.phone, { defaultRegion: account.defaultRegion });
  const address = normalizeAddress({ street, city, region, postalCode, country });
  return {
    company: normalizeLine(contact.companyName),
    jobTitle: normalizeLine(findCustomText(contact, account.jobTitleField)),
    emails: email ? [email] : [],
    phones: phone ? [phone] : [],
    addresses: address ? [address] : [],
    // Either a date, or an instant at midnight UTC.
    birthday: /^\d{4}-\d{2}-\d{2}/.exec(contact.dateOfBirth ?? '')?.[0] ?? null,
    tags: contact.tags ?? [],
    source: normalizeLine(contact.source),
    doNotContact: toDoNotContact(contact),
  };
}

/** `active` means that "do not disturb" is on; `permanent`, that only the contact can lift it. `dnd` covers all channels. */
function toDoNotContact({ dnd, dndSettings }: GoHighLevelContact | SearchRow): DoNotContact {
  const isDenied = (channel: string) => dnd === true || ['active', 'permanent'].includes(dndSettings?.[channel]?.status ?? '');
  return { call: isDenied('Call'), sms: isDenied('SMS'), email: isDenied('Email') };
}
