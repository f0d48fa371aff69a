import {
  type ContactFields,
  type Email,
  type FieldName,
  type PostalAddress,
  type ProviderValues,
  valueNames,
} from './contact.ts';
import { phoneKey } from './normalize/phone.ts';
import { tagKey } from './normalize/tag.ts';

/** Fields whose values are sets: each side adds and removes items, nobody replaces the whole. */
export const setFields = ['emails', 'phones', 'addresses', 'tags'] as const satisfies FieldName[];
export type SetField = (typeof setFields)[number];

export const isSetField = (field: FieldName | 'lists'): field is SetField => (setFields as readonly string[]).includes(field);

/** What makes two items of a set the same. Labels and typing do not: vendors lose the first and change the second. */
export const itemKeys: { [F in SetField]: (item: ContactFields[F][number]) => string } = {
  emails: (email: Email) => email.address,
  phones: phoneKey,
  addresses: (address: PostalAddress) =>
    [address.street, address.city, address.region, address.postalCode, address.country].map(folded).join('|'),
  tags: tagKey,
};

/** Whether two values of a field mean the same, so that nothing needs to be written. */
export function sameValue(field: keyof ProviderValues, one: unknown, other: unknown): boolean {
  if (field === 'lists') return sameSet(one as string[], other as string[], tagKey);
  if (isSetField(field)) return sameSet(one as never[], other as never[], itemKeys[field] as (item: unknown) => string);
  return JSON.stringify(canonical(one)) === JSON.stringify(canonical(other));
}

/** Whether every value that either side has is the same on both. */
export function sameValues(one: ProviderValues, other: ProviderValues): boolean {
  const names = new Set([...valueNames(one), ...valueNames(other)]);
  return [...names].every((name) => sameValue(name, one[name], other[name]));
}

/** Nothing said: null, blank, an empty set, no channel denied. */
export function isBlank(value: unknown): boolean {
  if (value === undefined || value === null || value === '') return true;
  if (Array.isArray(value)) return value.length === 0;
  return typeof value === 'object' && Object.values(value).every((part) => part === false || isBlank(part));
}

function sameSet<Item>(one: Item[] | undefined, other: Item[] | undefined, keyOf: (item: Item) => string): boolean {
  const keys = new Set((one ?? []).map(keyOf));
  const otherKeys = new Set((other ?? []).map(keyOf));
  return keys.size === otherKeys.size && [...keys].every((key) => otherKeys.has(key));
}

function canonical(value: unknown): unknown {
  if (isBlank(value)) return null;
  if (typeof value !== 'object') return value;
  return Object.entries(value as object).sort(([a], [b]) => (a < b ? -1 : 1));
}

function folded(part: string | null): string {
  return (part ?? '').trim().toLowerCase();
}
