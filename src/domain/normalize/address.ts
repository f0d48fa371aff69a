import { getCountries } from 'libphonenumber-js/max';
import type { PostalAddress } from '#domain/values.ts';
import { foldText, normalizeLine } from './text.ts';

export type AddressParts = { [Part in keyof PostalAddress]?: string | null | undefined };

/**
 * An address with trimmed parts; null when all parts but the label are blank. The country becomes its ISO code. An unknown country
 * keeps its typed text, because an edit must not be lost for its spelling.
 */
export function normalizeAddress(parts: AddressParts): PostalAddress | null {
  const address: PostalAddress = {
    street: normalizeLine(parts.street),
    city: normalizeLine(parts.city),
    region: normalizeLine(parts.region),
    postalCode: normalizeLine(parts.postalCode),
    country: normalizeCountry(parts.country),
    label: normalizeLine(parts.label),
  };
  const { label, ...place } = address;
  return Object.values(place).every((part) => part === null) ? null : address;
}

/** ISO 3166-1 alpha-2 of a code or a common English name, such as `us`, `U.S.A.` or `Germany`; null for any other text. */
export function findCountryCode(text: string): string | null {
  return codesByName.get(countryKey(text)) ?? null;
}

function normalizeCountry(raw: string | null | undefined): string | null {
  const country = normalizeLine(raw);
  return country === null ? null : (findCountryCode(country) ?? country);
}

/** Ignores dots, spaces and a leading article. */
function countryKey(text: string): string {
  return foldText(text)
    .replace(/^\s*the\s+/, '')
    .replace(/&/g, 'and')
    .replace(/[^\p{L}]/gu, '');
}

/** Common names that `Intl` does not have. */
const otherNames: Record<string, string> = {
  'United States of America': 'US',
  USA: 'US',
  America: 'US',
  UK: 'GB',
  'Great Britain': 'GB',
  Britain: 'GB',
  England: 'GB',
  Scotland: 'GB',
  Wales: 'GB',
  'Northern Ireland': 'GB',
  Holland: 'NL',
  'Czech Republic': 'CZ',
  Turkey: 'TR',
  'Republic of Ireland': 'IE',
  'Russian Federation': 'RU',
  'Republic of Korea': 'KR',
  Korea: 'KR',
  'Viet Nam': 'VN',
  Macedonia: 'MK',
  Burma: 'MM',
  'Ivory Coast': 'CI',
};

const codesByName = new Map<string, string>();
for (const style of ['long', 'short'] as const) {
  const names = new Intl.DisplayNames('en', { type: 'region', style });
  for (const code of getCountries()) codesByName.set(countryKey(names.of(code) ?? code), code);
}
for (const [name, code] of Object.entries(otherNames)) codesByName.set(countryKey(name), code);
// Codes come last: the short name of one country must not hide the code of another.
for (const code of getCountries()) codesByName.set(countryKey(code), code);
