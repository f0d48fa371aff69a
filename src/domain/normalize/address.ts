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

/**
 * Whether two addresses are one place that was typed in two ways: `12 Oak Street` and `12 oak st.`. A part that one of them lacks says
 * nothing, except the street.
 */
export function isSamePlace(one: PostalAddress, other: PostalAddress): boolean {
  if (one.street === null || other.street === null || streetKey(one.street) !== streetKey(other.street)) return false;
  const agree = (['city', 'region', 'postalCode', 'country'] as const).every((part) => agreeOn(one[part], other[part]));
  const isAreaShared = (one.city !== null && other.city !== null) || (one.postalCode !== null && other.postalCode !== null);
  return agree && (isAreaShared || !hasArea(one) || !hasArea(other));
}

const hasArea = ({ city, postalCode }: PostalAddress): boolean => city !== null || postalCode !== null;

function agreeOn(one: string | null, other: string | null): boolean {
  return one === null || other === null || foldText(one) === foldText(other);
}

/** The words of a street, in order, each kind of street in one form. */
function streetKey(street: string): string {
  const words = foldText(street).split(/[^\p{L}\p{N}]+/u);
  return words
    .filter((word) => word !== '')
    .map((word) => shortKinds[word] ?? word)
    .join(' ');
}

const shortKinds: Record<string, string> = {
  ...{ street: 'st', avenue: 'ave', av: 'ave', road: 'rd', lane: 'ln', drive: 'dr', boulevard: 'blvd', court: 'ct', place: 'pl' },
  ...{ terrace: 'ter', parkway: 'pkwy', highway: 'hwy', square: 'sq', circle: 'cir', crescent: 'cres', close: 'cl' },
  ...{ apartment: 'apt', suite: 'ste', floor: 'fl', strasse: 'str', avenida: 'ave', calle: 'c' },
  ...{ north: 'n', south: 's', east: 'e', west: 'w', northeast: 'ne', northwest: 'nw', southeast: 'se', southwest: 'sw' },
};

/** The number of parts that an address has, and then its length: of two forms of a place, the greater one says more. */
export function fullnessOf({ label: _, ...parts }: PostalAddress): number {
  const known = Object.values(parts).filter((part) => part !== null);
  return known.length * 1_000 + known.join('').length;
}

/**
 * ISO 3166-1 alpha-2 code of a code or a country's name, such as `us`, `U.S.A.`, `Deutschland`, `Korea, Republic of` or `日本`; null
 * for any other text. Names are those of CLDR, by `Intl.DisplayNames`, in the languages below.
 */
export function findCountryCode(text: string): string | null {
  const names = countryNames();
  const [name = '', before] = text.split(/\s*,\s*/, 2);
  return names.get(countryKey(text)) ?? (before ? (names.get(countryKey(`${before} ${name}`)) ?? null) : null);
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
  UAE: 'AE',
  Emirates: 'AE',
  'Democratic Peoples Republic of Korea': 'KP',
  'United Republic of Tanzania': 'TZ',
  'Islamic Republic of Iran': 'IR',
  'Bolivarian Republic of Venezuela': 'VE',
  'Plurinational State of Bolivia': 'BO',
  'Republic of Moldova': 'MD',
  'Kingdom of the Netherlands': 'NL',
  'Republic of China': 'TW',
  "People's Republic of China": 'CN',
};

/** English first; a name that stands for two countries in other languages stands for none. */
const languages = 'en de fr es pt it nl sv da nb fi pl cs sk hu ro bg el tr ru uk ar fa he hi th vi id ja ko zh zh-Hant'.split(
  ' ',
);

let codesByName: ReadonlyMap<string, string> | null = null;

/** Built on first use: most texts are codes of vendors, but the first one may be a name. */
function countryNames(): ReadonlyMap<string, string> {
  codesByName ??= buildCountryNames();
  return codesByName;
}

function buildCountryNames(): Map<string, string> {
  const found = new Map<string, string>();
  for (const [name, code] of Object.entries(otherNames)) found.set(countryKey(name), code);
  for (const language of languages) {
    for (const [name, code] of namesIn(language)) if (!found.has(name)) found.set(name, code);
  }
  // Codes replace names: the short name of one country must not hide the code of another.
  for (const code of getCountries()) found.set(countryKey(code), code);
  return found;
}

/** A language may call two countries by one short name, as Chinese script variants do: those are left out. */
function namesIn(language: string): Map<string, string> {
  const found = new Map<string, string>();
  const ambiguous = new Set<string>();
  for (const style of language === 'en' ? (['long', 'short'] as const) : (['long'] as const)) {
    const names = new Intl.DisplayNames(language, { type: 'region', style });
    for (const code of getCountries()) {
      const key = countryKey(names.of(code) ?? code);
      if (found.has(key) && found.get(key) !== code) ambiguous.add(key);
      found.set(key, code);
    }
  }
  for (const key of ambiguous) found.delete(key);
  return found;
}
