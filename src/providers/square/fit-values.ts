import { type FieldName, type ProviderValues, pickFields } from '#domain/contact.ts';
import { findCountryCode, normalizeAddress } from '#domain/normalize/address.ts';
import { normalizeName } from '#domain/normalize/name.ts';
import { normalizeLine } from '#domain/normalize/text.ts';
import type { Phone, PostalAddress } from '#domain/values.ts';

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

/** One email, one phone that Square takes for a number, one address; no labels. */
export function fitValues(values: ProviderValues): ProviderValues {
  const fitted = pickFields(values, fields);
  const { givenName, familyName, company, emails, phones, addresses, birthday, note } = fitted;
  if (givenName) fitted.givenName = normalizeName(cut(givenName, longest.name));
  if (familyName) fitted.familyName = normalizeName(cut(familyName, longest.name));
  if (company) fitted.company = cut(company, longest.company);
  if (emails) fitted.emails = emails.slice(0, 1).map((email) => ({ ...email, label: null }));
  if (phones) fitted.phones = phones.filter(isNumber).slice(0, 1).map(bare);
  if (addresses) fitted.addresses = addresses.flatMap((address) => fitAddress(address) ?? []).slice(0, 1);
  if (birthday) fitted.birthday = isDate(birthday) ? birthday : null;
  if (note) fitted.note = normalizeNote(note);
  return fitted;
}

/** Lines and all; Windows' line ends and blanks around it say nothing. */
export function normalizeNote(raw: string | null | undefined): string | null {
  return (raw ?? '').replaceAll('\r\n', '\n').trim() || null;
}

/** Square docs (Customer): 9 to 16 digits. What it does not take for a phone number makes it refuse the whole customer. */
export function isNumber({ e164 }: Pick<Phone, 'e164'>): boolean {
  return e164 !== null && /^\+\d{9,16}$/.test(e164);
}

/** Characters. Square docs (Customer): what is longer is refused. Limits of note and address are not published. */
const longest = { name: 300, company: 500 };

/** Whole characters: half of one would be refused, or be shown as �. */
function cut(text: string, maximum: number): string | null {
  const line = normalizeLine(text) ?? '';
  if (line.length <= maximum) return normalizeLine(line);
  const end = /[\ud800-\udbff]$/.test(line.slice(0, maximum)) ? maximum - 1 : maximum;
  return normalizeLine(line.slice(0, end));
}

function bare(phone: Phone): Phone {
  return { ...phone, extension: null, label: null };
}

function fitAddress(address: PostalAddress): PostalAddress | null {
  const country = findCountryCode(address.country ?? '');
  return normalizeAddress({
    ...address,
    country: country === null || unknownCountries.has(country) ? null : country,
    label: null,
  });
}

/** Codes in use that are not in Square's list of countries (SDK 46.0.0): Ascension, Tristan da Cunha, Kosovo. */
const unknownCountries = new Set(['AC', 'TA', 'XK']);

/** Square docs (Customer): anything but a date of the calendar is refused. */
function isDate(birthday: string): boolean {
  // A leap year: 29 February is a birthday.
  const text = birthday.replace(/^--(?=\d\d-\d\d$)/, '2000-');
  if (!/^(?!0000)\d{4}-\d\d-\d\d$/.test(text)) return false;
  const date = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text);
}
