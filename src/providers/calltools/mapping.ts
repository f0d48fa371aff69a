import type { FieldName, Phone, PostalAddress, ProviderValues, RecordPatch } from '../../domain/contact.ts';
import { normalizeAddress } from '../../domain/normalize/address.ts';
import { normalizeEmail } from '../../domain/normalize/email.ts';
import { normalizeName } from '../../domain/normalize/name.ts';
import { normalizePhone } from '../../domain/normalize/phone.ts';
import { uniqueTags } from '../../domain/normalize/tag.ts';
import { normalizeLine } from '../../domain/normalize/text.ts';
import type { ProviderRecord } from '../provider.ts';
import type { CallToolsContact } from './schema.ts';
import type { CallToolsAccount } from './settings.ts';

export const fields = [
  'givenName',
  'familyName',
  'company',
  'emails',
  'phones',
  'addresses',
  'birthday',
  'tags',
  'doNotContact',
] as const satisfies readonly FieldName[];

/** Names of the tags and buckets that hold a contact, which itself knows them by id; undefined where the row leaves them out. */
export interface Memberships {
  tags: string[] | undefined;
  lists: string[] | undefined;
}

/** Rows of a listing can lack the phones that a read by id shows (seen by integrators): then these stay unsaid. */
export function toRecord(contact: CallToolsContact, account: CallToolsAccount, memberships: Memberships): ProviderRecord {
  const phones = findPhones(contact, account);
  const values: ProviderValues = {
    ...toOwnValues(contact, account),
    ...(phones && { phones }),
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

/** One email and one address without label, a phone per slot with the slot's label, one flag for all channels. */
export function fitValues(values: ProviderValues, account: CallToolsAccount): ProviderValues {
  const fitted: ProviderValues = {};
  for (const field of [...fields, 'lists'] as const) Object.assign(fitted, field in values ? { [field]: values[field] } : {});
  const { emails, phones, addresses, birthday, tags, lists, doNotContact } = fitted;
  if (emails) fitted.emails = emails.slice(0, 1).map((email) => ({ ...email, label: null }));
  if (phones)
    fitted.phones = [...toSlots(phones, account).entries()].map(([label, phone]) => ({ ...phone, extension: null, label }));
  if (addresses) fitted.addresses = addresses.slice(0, 1).map((address) => ({ ...address, label: null }));
  if (tags) fitted.tags = uniqueTags(tags);
  if (lists) fitted.lists = uniqueTags(lists);
  // A dialer is there to call: who must not be called is not contacted at all, and nothing less can be said to it.
  if (doNotContact) fitted.doNotContact = { call: doNotContact.call, sms: doNotContact.call, email: doNotContact.call };
  if (account.companyField === undefined) delete fitted.company;
  if (account.birthdayField === undefined) delete fitted.birthday;
  if (birthday?.startsWith('--')) fitted.birthday = null;
  return fitted;
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
  const { address: street, city, state: region, zip_code: postalCode, country, do_not_contact } = contact;
  const email = normalizeEmail(readText(contact, account.emailField));
  const address = normalizeAddress({ street, city, region, postalCode, country });
  const call = do_not_contact === true;
  return {
    givenName: normalizeName(contact.first_name),
    familyName: normalizeName(contact.last_name),
    company: normalizeLine(readText(contact, account.companyField)),
    emails: email ? [email] : [],
    addresses: address ? [address] : [],
    birthday: /^\d{4}-\d{2}-\d{2}/.exec(readText(contact, account.birthdayField) ?? '')?.[0] ?? null,
    doNotContact: { call, sms: call, email: call },
  };
}

/** Whose label names a slot takes it, the others take what is free. CallTools refuses what is no number, and has no extensions. */
function toSlots(phones: readonly Phone[], { phoneFields }: CallToolsAccount): Map<string, Phone> {
  const numbers = new Map(phones.filter(({ e164 }) => e164 !== null).map((phone) => [phone.e164, phone]));
  const bySlot = new Map<string, Phone>();
  const slots = Object.keys(phoneFields);
  for (const [e164, phone] of numbers) {
    if (phone.label === null || !slots.includes(phone.label) || bySlot.has(phone.label)) continue;
    bySlot.set(phone.label, phone);
    numbers.delete(e164);
  }
  const free = slots.filter((slot) => !bySlot.has(slot));
  for (const phone of numbers.values()) {
    const slot = free.shift();
    if (slot !== undefined) bySlot.set(slot, phone);
  }
  return new Map(slots.flatMap((slot) => (bySlot.has(slot) ? [[slot, bySlot.get(slot) as Phone]] : [])));
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

/** ISO 8601, or `2025-12-12 05:03:44` in UTC (CallTools docs). */
function toInstant(updatedOn: string | null | undefined): string | null {
  const date = new Date((updatedOn ?? '').replace(/^(\S+) (\S+)$/, '$1T$2Z'));
  return Number.isNaN(date.getTime()) ? null : date.toISOString();
}
