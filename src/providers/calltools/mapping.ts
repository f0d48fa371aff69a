import type { ProviderValues } from '#domain/contact.ts';
import { normalizeAddress } from '#domain/normalize/address.ts';
import { readEmail } from '#domain/normalize/email.ts';
import { normalizeFamilyName, normalizeName } from '#domain/normalize/name.ts';
import { normalizePhone } from '#domain/normalize/phone.ts';
import type { DoNotContact, Phone } from '#domain/values.ts';
import { customFieldEntries, toCustomValues } from '#providers/custom-fields.ts';
import type { ProviderRecord } from '#providers/provider.ts';
import { fitValues } from './fit-values.ts';
import type { CallToolsContact } from './schema.ts';
import { type CallToolsAccount, findCustomFields } from './settings.ts';
import { toIsoTime } from './updated-on.ts';

/** Names of a contact's tags and buckets; undefined when the row lacks them. */
export interface MembershipNames {
  tags: string[] | undefined;
  lists: string[] | undefined;
}

/**
 * Maps a contact to a record. Listing rows can lack the phones that a read returns (seen by integrators): then phones are absent
 * from `values`, and so is an unset do-not-contact flag. Only the fields named in accord.yaml count as phones: a number in any
 * other field could not be written back.
 */
export function toRecord(contact: CallToolsContact, account: CallToolsAccount, names: MembershipNames): ProviderRecord {
  const phones = findPhones(contact, account);
  const { customFieldIds, ...custom } = readCustomFields(contact, account);
  const values: ProviderValues = {
    ...toOwnValues(contact, account),
    ...custom,
    ...(phones && { phones }),
    ...((phones !== null || isDenied(contact, account)) && { doNotContact: toDoNotContact(contact, account) }),
    ...(names.tags && { tags: names.tags }),
    ...(names.lists && { lists: names.lists }),
  };
  return {
    externalId: contact.id,
    version: null,
    updatedAt: toIsoTime(contact.updated_on),
    reference: findText(contact, account.referenceField),
    complete: phones !== null && names.tags !== undefined && names.lists !== undefined,
    values: { ...fitValues(values, account), ...(customFieldIds && { customFieldIds }) },
  };
}

/** Returns all phone numbers of a contact, as E.164, from every field. */
export function findNumbers(contact: CallToolsContact, { phoneFields, defaultRegion }: CallToolsAccount): Set<string> {
  const typed = Object.values(phoneFields).map((field) => findText(contact, field));
  const listed = (contact._phone_numbers ?? []).map(({ phone_number }) => phone_number);
  const phones = [...typed, ...listed].map((raw) => normalizePhone(raw, { defaultRegion })?.e164);
  return new Set(phones.filter((e164) => typeof e164 === 'string'));
}

/** Null when the row lacks the phone fields. */
function findPhones(contact: CallToolsContact, account: CallToolsAccount): Phone[] | null {
  const slots = Object.entries(account.phoneFields);
  if (!slots.some(([, field]) => field in contact)) return null;
  const { defaultRegion } = account;
  return slots.flatMap(([label, field]) => normalizePhone(findText(contact, field), { defaultRegion, label }) ?? []);
}

/** The values that every row has. */
function toOwnValues(contact: CallToolsContact, account: CallToolsAccount): ProviderValues {
  const { address: street, city, state: region, zip_code: postalCode, country } = contact;
  const email = readEmail(findText(contact, account.emailField));
  const address = normalizeAddress({ street, city, region, postalCode, country });
  return {
    givenName: normalizeName(contact.first_name),
    familyName: normalizeFamilyName(contact.last_name),
    ...(account.emailField in contact && { emails: email ? [email] : [] }),
    addresses: address ? [address] : [],
  };
}

/**
 * A row has a key for each contact field of the account (seen by integrators): a field without a key does not exist any more. CallTools has no
 * ids of contact fields; the names tell when accord.yaml names another one.
 */
function readCustomFields(contact: CallToolsContact, account: CallToolsAccount): ProviderValues {
  const named = customFieldEntries(findCustomFields(account));
  if (named.length === 0) return {};
  return toCustomValues(
    named.map(([field, key]) => ({ field, id: key, text: key in contact ? findText(contact, key) : undefined })),
  );
}

function toDoNotContact(contact: CallToolsContact, account: CallToolsAccount): DoNotContact {
  const call = isDenied(contact, account);
  return { call, sms: call, email: call };
}

/**
 * A disposition can set the flag of the contact, or only of its numbers (`set_contact_dnc`, `set_phone_number_dnc`, seen by
 * integrators). With all numbers barred, the contact cannot be called. `all_phone_numbers_fdnc` reports the federal list, which the
 * person's own consent overrides, so it denies nothing here.
 */
function isDenied({ do_not_contact, _phone_numbers }: CallToolsContact, { barredNumbers }: CallToolsAccount): boolean {
  const numbers = _phone_numbers ?? [];
  const isBarred = numbers.length > 0 && numbers.every((number) => number.do_not_contact);
  return do_not_contact || (isBarred && barredNumbers === 'deny');
}

function findText(contact: CallToolsContact, field: string | undefined): string | null {
  const value = field === undefined ? null : contact[field];
  // `contactOf` has checked that the value is a scalar.
  return value === undefined || value === null || value === '' ? null : String(value);
}
