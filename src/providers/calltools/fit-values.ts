import type { AcceptedItems } from '#domain/accepted-items.ts';
import { type FieldName, type ProviderValues, pickFields } from '#domain/contact.ts';
import { isEmailAddress } from '#domain/normalize/email.ts';
import { phoneKey } from '#domain/normalize/phone.ts';
import { uniqueTags } from '#domain/normalize/tag.ts';
import type { Phone } from '#domain/values.ts';
import { customFieldNames } from '#providers/custom-fields.ts';
import { type CallToolsAccount, findCustomFields } from './settings.ts';

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

/** Only an account that has made a field for them holds these. */
export const customOnly = ['company', 'birthday'] as const satisfies readonly FieldName[];

/**
 * CallTools refuses a contact with a phone number that it cannot dial, or an email address that it cannot read (seen by integrators). Its
 * answers are those of Django REST Framework, whose email fields take ASCII only before the @.
 */
export const acceptedItems: AcceptedItems = {
  emails: ({ address }) => isEmailAddress(address) && /^[\x21-\x7e]+$/.test(address),
  phones: ({ e164 }) => e164 !== null,
};

/** CallTools stores one email and one address, both without label, one phone per slot, and one flag for all channels. */
export function fitValues(values: ProviderValues, account: CallToolsAccount): ProviderValues {
  const fitted = pickFields(values, findStoredFields(account));
  const { emails, phones, addresses, birthday, tags, lists, doNotContact } = fitted;
  if (emails) fitted.emails = emails.slice(0, 1).map((email) => ({ ...email, label: null }));
  if (phones) fitted.phones = assignSlots(phones, Object.keys(account.phoneFields));
  if (addresses) fitted.addresses = addresses.slice(0, 1).map((address) => ({ ...address, label: null }));
  // A date field requires a year.
  if (birthday?.startsWith('--')) fitted.birthday = null;
  if (tags) fitted.tags = uniqueTags(tags);
  if (lists) fitted.lists = uniqueTags(lists);
  // The one flag means "do not call", so only `call` sets it. A flagged contact is contacted on no channel.
  if (doNotContact) fitted.doNotContact = { call: doNotContact.call, sms: doNotContact.call, email: doNotContact.call };
  return fitted;
}

function findStoredFields(account: CallToolsAccount): (keyof ProviderValues)[] {
  const native = fields.filter((field) => !customOnly.some((only) => only === field));
  return [...native, ...customFieldNames(findCustomFields(account)), 'lists'];
}

/**
 * Assigns phones to slots: first those with the slot's label, then the others in order. Drops extensions: CallTools has no field for
 * them.
 */
function assignSlots(phones: readonly Phone[], slots: readonly string[]): Phone[] {
  const keys = phones.map((phone) => phoneKey({ ...phone, extension: null }));
  const numbers = phones.filter((_, index) => keys.indexOf(keys[index] ?? '') === index);
  const labelled = new Map(slots.map((slot) => [slot, numbers.find(({ label }) => label === slot)]));
  const others = numbers.filter((phone) => labelled.get(phone.label ?? '') !== phone);
  return slots.flatMap((slot) => {
    const phone = labelled.get(slot) ?? others.shift();
    return phone ? [{ ...phone, extension: null, label: slot }] : [];
  });
}
