import type { ProviderValues, RecordPatch } from '#domain/contact.ts';
import { normalizeAddress } from '#domain/normalize/address.ts';
import { normalizeEmail } from '#domain/normalize/email.ts';
import { normalizeName } from '#domain/normalize/name.ts';
import { normalizePhone } from '#domain/normalize/phone.ts';
import { normalizeLine } from '#domain/normalize/text.ts';
import type { DoNotContact, Phone, PostalAddress } from '#domain/values.ts';
import type { ProviderRecord } from '#providers/provider.ts';
import { fitValues } from './fit-values.ts';
import type { CallToolsContact } from './schema.ts';
import type { CallToolsAccount } from './settings.ts';
import { toInstant } from './stamp.ts';

/** Names of the tags and buckets that hold a contact, which itself knows them by id; undefined where the row leaves them out. */
export interface Memberships {
  tags: string[] | undefined;
  lists: string[] | undefined;
}

/**
 * Rows of a listing can lack the phones that a read by id shows (seen by integrators): then these stay unsaid, and so does that
 * nothing is denied. Only the fields that accord.yaml names are read as phones: a number elsewhere could not be written back.
 */
export function toRecord(contact: CallToolsContact, account: CallToolsAccount, memberships: Memberships): ProviderRecord {
  const phones = findPhones(contact, account);
  const values: ProviderValues = {
    ...toOwnValues(contact, account),
    ...(phones && { phones }),
    ...((phones !== null || isDenied(contact, account)) && { doNotContact: toDoNotContact(contact, account) }),
    ...(memberships.tags && { tags: memberships.tags }),
    ...(memberships.lists && { lists: memberships.lists }),
  };
  return {
    externalId: contact.id,
    version: null,
    updatedAt: toInstant(contact.updated_on),
    reference: readText(contact, account.referenceField),
    complete: phones !== null && memberships.tags !== undefined && memberships.lists !== undefined,
    values: fitValues(values, account),
  };
}

/** What an update sends. An empty text clears; `do_not_contact` is only ever set, and lifted by a person in CallTools. */
export function fromPatch({ set }: Pick<RecordPatch, 'set'>, account: CallToolsAccount): Record<string, unknown> {
  const { givenName, familyName, company, emails, phones, addresses, birthday, doNotContact } = fitValues(set, account);
  const body: Record<string, unknown> = {
    first_name: givenName === null ? '' : givenName,
    last_name: familyName === null ? '' : familyName,
    ...(account.companyField && { [account.companyField]: company === null ? '' : company }),
    // A date field takes no empty text.
    ...(account.birthdayField && { [account.birthdayField]: birthday }),
    ...(emails && { [account.emailField]: emails[0]?.address ?? '' }),
    ...(phones && fromPhones(phones, account)),
    ...(addresses && fromAddress(addresses[0])),
    ...(doNotContact?.call && { do_not_contact: true }),
  };
  return Object.fromEntries(Object.entries(body).filter(([, value]) => value !== undefined));
}

/** Without the blanks: where an account folds a duplicate into what it has, they would overwrite it (seen by integrators). */
export function fromNew(patch: Pick<RecordPatch, 'set'>, reference: string, account: CallToolsAccount): Record<string, unknown> {
  const body = { ...fromPatch(patch, account), ...(account.referenceField && { [account.referenceField]: reference }) };
  return Object.fromEntries(Object.entries(body).filter(([, value]) => value !== '' && value !== null));
}

/** Every number that the contact holds, in whichever field. */
export function findNumbers(contact: CallToolsContact, { phoneFields, defaultRegion }: CallToolsAccount): Set<string> {
  const typed = Object.values(phoneFields).map((field) => readText(contact, field));
  const listed = (contact._phone_numbers ?? []).map(({ phone_number }) => phone_number);
  const phones = [...typed, ...listed].map((raw) => normalizePhone(raw, { defaultRegion })?.e164);
  return new Set(phones.filter((e164) => typeof e164 === 'string'));
}

/** Null where the row leaves them out. */
function findPhones(contact: CallToolsContact, account: CallToolsAccount): Phone[] | null {
  const slots = Object.entries(account.phoneFields);
  if (!slots.some(([, field]) => field in contact)) return null;
  const { defaultRegion } = account;
  return slots.flatMap(([label, field]) => normalizePhone(readText(contact, field), { defaultRegion, label }) ?? []);
}

function toOwnValues(contact: CallToolsContact, account: CallToolsAccount): ProviderValues {
  const { address: street, city, state: region, zip_code: postalCode, country } = contact;
  const email = normalizeEmail(readText(contact, account.emailField));
  const address = normalizeAddress({ street, city, region, postalCode, country });
  return {
    givenName: normalizeName(contact.first_name),
    familyName: normalizeName(contact.last_name),
    company: normalizeLine(readText(contact, account.companyField)),
    emails: email ? [email] : [],
    addresses: address ? [address] : [],
    birthday: /^\d{4}-\d{2}-\d{2}/.exec(readText(contact, account.birthdayField) ?? '')?.[0] ?? null,
  };
}

function toDoNotContact(contact: CallToolsContact, account: CallToolsAccount): DoNotContact {
  const call = isDenied(contact, account);
  return { call, sms: call, email: call };
}

/**
 * A disposition can set the flag of the contact, or that of its numbers alone (`set_contact_dnc`, `set_phone_number_dnc`, seen by
 * integrators); with every number barred, nobody can be called. `all_phone_numbers_fdnc` tells of the federal list, which the
 * person's own consent overrides: it denies nothing here.
 */
function isDenied({ do_not_contact, _phone_numbers = [] }: CallToolsContact, { barredNumbers }: CallToolsAccount): boolean {
  const isBarred = _phone_numbers.length > 0 && _phone_numbers.every((number) => number.do_not_contact === true);
  return do_not_contact === true || (isBarred && barredNumbers === 'deny');
}

/** All slots: those without a phone are cleared. */
function fromPhones(phones: readonly Phone[], { phoneFields }: CallToolsAccount): Record<string, string> {
  const numbers = Object.entries(phoneFields).map(([slot, field]) => [
    field,
    phones.find(({ label }) => label === slot)?.e164 ?? '',
  ]);
  return Object.fromEntries(numbers);
}

function fromAddress(address: PostalAddress | undefined): Record<string, string> {
  return {
    address: address?.street ?? '',
    city: address?.city ?? '',
    state: address?.region ?? '',
    zip_code: address?.postalCode ?? '',
    country: address?.country ?? '',
  };
}

function readText(contact: CallToolsContact, field: string | undefined): string | null {
  const value = field === undefined ? null : contact[field];
  return typeof value === 'string' && value !== '' ? value : null;
}
