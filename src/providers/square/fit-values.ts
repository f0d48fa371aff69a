import type { Square } from 'square';
import type { AcceptedItems } from '#domain/accepted-items.ts';
import { type FieldName, type ProviderValues, pickFields } from '#domain/contact.ts';
import { findCountryCode, normalizeAddress } from '#domain/normalize/address.ts';
import { isEmailAddress } from '#domain/normalize/email.ts';
import { normalizeName } from '#domain/normalize/name.ts';
import { normalizeLine, normalizeText } from '#domain/normalize/text.ts';
import type { Phone, PostalAddress } from '#domain/values.ts';
import { customFieldNames, type WithCustomFields } from '#providers/custom-fields.ts';

export const fields = [
  'givenName',
  'familyName',
  'company',
  'emails',
  'phones',
  'addresses',
  'birthday',
  'note',
] as const satisfies readonly FieldName[];

/** Square reports email unsubscriptions; only Square and the customer can change them. */
export const readOnlyFields = ['doNotContact'] as const satisfies readonly FieldName[];

/** Square refuses the whole customer for an invalid email address or phone number (Square docs, error codes). */
export const acceptedItems: AcceptedItems = { emails: ({ address }) => isEmailAddress(address), phones: isPhoneNumber };

/** Square stores one email, one phone and one address; no labels. */
export function fitValues(values: ProviderValues): ProviderValues {
  const fitted = pickFields(values, fields);
  const { givenName, familyName, company, emails, phones, addresses, birthday, note } = fitted;
  if (givenName) fitted.givenName = normalizeName(truncate(givenName, maxLengths.name));
  if (familyName) fitted.familyName = normalizeName(truncate(familyName, maxLengths.name));
  if (company) fitted.company = truncate(company, maxLengths.company);
  if (emails) fitted.emails = emails.slice(0, 1).map((email) => ({ ...email, label: null }));
  if (phones) fitted.phones = phones.slice(0, 1).map(withoutLabel);
  if (addresses) fitted.addresses = addresses.flatMap((address) => fitAddress(address) ?? []).slice(0, 1);
  if (birthday) fitted.birthday = isDate(birthday) ? birthday : null;
  if (note) fitted.note = normalizeText(note);
  return fitted;
}

/** Custom attributes are no fields of a customer: they are written by calls of their own. */
export function fitCustomValues(values: ProviderValues, { customFields }: WithCustomFields): ProviderValues {
  return pickFields(values, customFieldNames(customFields));
}

/** Square docs (Customer): 9 to 16 digits. */
export function isPhoneNumber({ e164 }: Pick<Phone, 'e164'>): boolean {
  return e164 !== null && /^\+\d{9,16}$/.test(e164);
}

/** True for a code in Square's list of countries. */
export function isSquareCountry(code: string | null): code is Square.Country {
  return code !== null && /^[A-Z]{2}$/.test(code) && !unlistedCountries.has(code);
}

/** Codes in use that Square's list of countries lacks (SDK 46.0.0): Ascension, Tristan da Cunha, Kosovo. */
const unlistedCountries = new Set(['AC', 'TA', 'XK']);

/** In characters. Square docs (Customer): longer values are refused. The limits of note and address are not published. */
const maxLengths = { name: 300, company: 500 };

/** Never cuts a surrogate pair: Square would refuse half a character, or show it as �. */
function truncate(text: string, maxLength: number): string | null {
  const line = normalizeLine(text) ?? '';
  if (line.length <= maxLength) return normalizeLine(line);
  const end = /[\ud800-\udbff]$/.test(line.slice(0, maxLength)) ? maxLength - 1 : maxLength;
  return normalizeLine(line.slice(0, end));
}

function withoutLabel(phone: Phone): Phone {
  return { ...phone, extension: null, label: null };
}

function fitAddress(address: PostalAddress): PostalAddress | null {
  const country = findCountryCode(address.country ?? '');
  return normalizeAddress({ ...address, country: isSquareCountry(country) ? country : null, label: null });
}

/** Square docs (Customer): invalid calendar dates are refused. */
function isDate(birthday: string): boolean {
  // 2000 is a leap year, so that 29 February is valid.
  const text = birthday.replace(/^--(?=\d\d-\d\d$)/, '2000-');
  if (!/^(?!0000)\d{4}-\d\d-\d\d$/.test(text)) return false;
  const date = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text);
}
