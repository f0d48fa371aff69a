import type { AcceptedItems } from '#domain/accepted-items.ts';
import { type FieldName, type FieldOfType, type ProviderValues, pickFields } from '#domain/contact.ts';
import { itemKeys } from '#domain/equality.ts';
import { normalizeAddress } from '#domain/normalize/address.ts';
import { isEmailAddress, readEmail } from '#domain/normalize/email.ts';
import { normalizeName, normalizeNameSuffix } from '#domain/normalize/name.ts';
import { normalizePhone } from '#domain/normalize/phone.ts';
import { normalizeLine, normalizeText } from '#domain/normalize/text.ts';
import type { Email, Phone, PostalAddress } from '#domain/values.ts';
import { customFieldNames, readCustomText } from '#providers/custom-fields.ts';
import type { GoogleAccount } from './settings.ts';

/** The fields that the current organization holds, each with its key there. Google docs: Organization. */
export const organizationParts = [
  { field: 'company', key: 'name' },
  { field: 'jobTitle', key: 'title' },
] as const satisfies readonly {
  field: FieldOfType<'line'>;
  key: string;
}[];

/** The fields that a name holds, each with its key there. Google docs: Name. Accord keeps its prefix and its phonetic parts as they are. */
export const nameKeys = [
  { field: 'givenName', key: 'givenName' },
  { field: 'middleName', key: 'middleName' },
  { field: 'familyName', key: 'familyName' },
  { field: 'nameSuffix', key: 'honorificSuffix' },
] as const satisfies readonly {
  field: FieldOfType<'name'>;
  key: string;
}[];

export const fields = [
  ...nameKeys.map(({ field }) => field),
  ...organizationParts.map(({ field }) => field),
  'emails',
  'phones',
  'addresses',
  'birthday',
  'note',
] as const satisfies readonly FieldName[];

/** Google documents no check of email addresses. Accord adds none that it cannot read. Phone numbers of any form are common there. */
export const acceptedItems: AcceptedItems = { emails: ({ address }) => isEmailAddress(address) };

/** Google stores almost everything: all values with their labels. A value that it cannot parse stays as typed. */
export function fitValues(values: ProviderValues, account: GoogleAccount): ProviderValues {
  const custom = customFieldNames(account.customFields);
  const fitted = pickFields(values, [...fields, ...custom]);
  const { nameSuffix, emails, phones, addresses, birthday, note } = fitted;
  for (const field of ['givenName', 'middleName', 'familyName'] as const) {
    const name = fitted[field];
    if (name !== undefined) fitted[field] = normalizeName(fitLine(name));
  }
  if (nameSuffix !== undefined) fitted.nameSuffix = normalizeNameSuffix(fitLine(nameSuffix));
  for (const { field } of organizationParts) {
    const line = fitted[field];
    if (line !== undefined) fitted[field] = fitLine(line);
  }
  if (emails) fitted.emails = uniqueBy(itemKeys.emails, emails.flatMap(fitEmail));
  if (phones) {
    fitted.phones = uniqueBy(
      itemKeys.phones,
      phones.flatMap((phone) => fitPhone(phone, account)),
    );
  }
  if (addresses) fitted.addresses = uniqueBy(itemKeys.addresses, addresses.flatMap(fitAddress));
  if (birthday !== undefined) fitted.birthday = isBirthday(birthday) ? birthday : null;
  if (note !== undefined) fitted.note = normalizeText(note);
  for (const field of custom) if (field in fitted) Object.assign(fitted, fitCustom(field, fitted[field]));
  return fitted;
}

/** Google Contacts help: at most 1,024 characters in every field except notes. */
const maxLineLength = 1_024;

function fitLine(text: string | null): string | null {
  return normalizeLine((normalizeLine(text) ?? '').slice(0, maxLineLength));
}

function fitCustom(field: FieldName, value: unknown): ProviderValues {
  return readCustomText(field, typeof value === 'string' ? value.slice(0, maxLineLength) : null);
}

function isBirthday(date: string | null): boolean {
  return date !== null && /^(\d{4}|-)-\d{2}-\d{2}$/.test(date);
}

function fitEmail({ address, label }: Email): Email[] {
  const email = readEmail(fitLine(address), fitLine(label));
  return email ? [email] : [];
}

function fitPhone(phone: Phone, { defaultRegion }: GoogleAccount): Phone[] {
  const label = fitLine(phone.label);
  const extension = /^\d{1,9}$/.test(phone.extension ?? '') ? phone.extension : null;
  if (phone.e164 !== null) return [{ ...phone, extension, label }];
  const parsed = normalizePhone(fitLine(phone.raw), { defaultRegion, label });
  return parsed ? [parsed] : [];
}

function fitAddress(address: PostalAddress): PostalAddress[] {
  const parts = Object.fromEntries(Object.entries(address).map(([part, text]) => [part, fitLine(text)]));
  const fitted = normalizeAddress(parts);
  return fitted ? [fitted] : [];
}

/** Keeps the first item of each key. */
function uniqueBy<Value>(keyOf: (item: Value) => string, items: Value[]): Value[] {
  const firsts = new Map<string, Value>();
  for (const item of items) if (!firsts.has(keyOf(item))) firsts.set(keyOf(item), item);
  return [...firsts.values()];
}
