import {
  type CanonicalField,
  type ContactFields,
  fieldNames,
  isCanonicalField,
  type ProviderValues,
  valueNames,
} from './contact.ts';
import { fieldTable, type MergeRule } from './fields.ts';
import { phoneKey } from './normalize/phone.ts';
import { tagKey } from './normalize/tag.ts';
import type { PostalAddress } from './values.ts';

type FieldsMergedBy<Rule extends MergeRule> = {
  [Field in CanonicalField]: (typeof fieldTable)[Field]['merge'] extends Rule ? Field : never;
}[CanonicalField];

/** Fields whose values are sets: each side adds and removes items, no side replaces the whole set. */
export type SetField = FieldsMergedBy<'items'>;

export type SetItem<Field extends SetField> = ContactFields[Field][number];

/** The sets of a contact. Its type lets a generic field find the type of its items. */
export type ContactSets = { [Field in SetField]: SetItem<Field>[] };

export const setFields = fieldNames.filter(isSetField);

/** Whether each side adds and removes items, so that two edits do not contradict each other. */
export function isSetField(field: string): field is SetField {
  return isCanonicalField(field) && fieldTable[field].merge === 'items';
}

/** Whether a refusal always wins, so that no conflict rule applies. */
export function isDenyWinsField(field: string): field is FieldsMergedBy<'deny-wins'> {
  return isCanonicalField(field) && fieldTable[field].merge === 'deny-wins';
}

/**
 * The key of a set's item: two items with one key are the same item. Labels and the typed text are not part of it, because vendors
 * drop the first and change the second.
 */
export const itemKeys: { [Field in SetField]: (item: SetItem<Field>) => string } = {
  emails: ({ address }) => address,
  phones: phoneKey,
  addresses: ({ street, city, region, postalCode, country }: PostalAddress) =>
    [street, city, region, postalCode, country].map(fold).join('|'),
  tags: tagKey,
};

type KeyOf = (typeof itemKeys)[SetField];

/** Whether two values of a field mean the same, so that nothing needs to be written. Absent and blank are the same. */
export function sameValue(field: keyof ProviderValues, one: unknown, other: unknown): boolean {
  if (field === 'lists') return sameSet(one, other, tagKey);
  if (isSetField(field)) return sameSet(one, other, itemKeys[field]);
  return JSON.stringify(toComparable(one)) === JSON.stringify(toComparable(other));
}

/** Whether every value that either side has is the same on both. */
export function sameValues(one: ProviderValues, other: ProviderValues): boolean {
  const names = new Set([...valueNames(one), ...valueNames(other)]);
  return [...names].every((name) => sameValue(name, one[name], other[name]));
}

/** Whether a value says nothing: null, an empty text, an empty set, or no channel refused. */
export function isBlank(value: unknown): boolean {
  if (value === undefined || value === null || value === '') return true;
  if (Array.isArray(value)) return value.length === 0;
  return typeof value === 'object' && Object.values(value).every((part) => part === false || isBlank(part));
}

function sameSet(one: unknown, other: unknown, keyOf: KeyOf): boolean {
  const [keys, otherKeys] = [keySet(one, keyOf), keySet(other, keyOf)];
  return keys.size === otherKeys.size && [...keys].every((key) => otherKeys.has(key));
}

function keySet(items: unknown, keyOf: KeyOf): Set<string> {
  return new Set(Array.isArray(items) ? items.map(keyOf) : []);
}

function toComparable(value: unknown): unknown {
  if (isBlank(value)) return null;
  if (typeof value !== 'object' || value === null) return value;
  return Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
}

function fold(part: string | null): string {
  return (part ?? '').trim().toLowerCase();
}
