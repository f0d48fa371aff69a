import { type FieldName, type ProviderValues, pickFields } from '#domain/contact.ts';
import { uniqueTags } from '#domain/normalize/tag.ts';
import type { Phone } from '#domain/values.ts';
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

/** One email and one address without label, a phone per slot with the slot's label, one flag for all channels. */
export function fitValues(values: ProviderValues, account: CallToolsAccount): ProviderValues {
  const fitted = pickFields(values, heldBy(account));
  const { emails, phones, addresses, birthday, tags, lists, doNotContact } = fitted;
  if (emails) fitted.emails = emails.slice(0, 1).map((email) => ({ ...email, label: null }));
  if (phones) fitted.phones = toSlots(phones, Object.keys(account.phoneFields));
  if (addresses) fitted.addresses = addresses.slice(0, 1).map((address) => ({ ...address, label: null }));
  // A date has a year.
  if (birthday?.startsWith('--')) fitted.birthday = null;
  if (tags) fitted.tags = uniqueTags(tags);
  if (lists) fitted.lists = uniqueTags(lists);
  // A dialer is there to call: who must not be called is not contacted at all, and nothing less can be said to it.
  if (doNotContact) fitted.doNotContact = { call: doNotContact.call, sms: doNotContact.call, email: doNotContact.call };
  return fitted;
}

function heldBy({ companyField, birthdayField }: CallToolsAccount): (keyof ProviderValues)[] {
  const absent = new Set<FieldName>();
  if (companyField === undefined) absent.add('company');
  if (birthdayField === undefined) absent.add('birthday');
  return [...fields.filter((field) => !absent.has(field)), 'lists'];
}

/** Whose label names a slot takes it, the others take what is free. CallTools refuses what is no number, and has no extensions. */
function toSlots(phones: readonly Phone[], slots: readonly string[]): Phone[] {
  const numbers = phones.filter(({ e164 }, at) => e164 !== null && phones.findIndex((phone) => phone.e164 === e164) === at);
  const placed = new Map(slots.map((slot) => [slot, numbers.find(({ label }) => label === slot)]));
  const others = numbers.filter((phone) => placed.get(phone.label ?? '') !== phone);
  return slots.flatMap((slot) => {
    const phone = placed.get(slot) ?? others.shift();
    return phone ? [{ ...phone, extension: null, label: slot }] : [];
  });
}
