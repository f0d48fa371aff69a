import type { ContactFields, FieldName, ProviderValues } from './contact.ts';
import { nameParts } from './fields.ts';
import { joinName, splitSuffix } from './normalize/name.ts';

/** A field of a name, and the field of the part that most vendors keep behind it. */
export type NameGroup = (typeof nameParts)[number];

export interface NamePair {
  whole: string | null;
  part: string | null;
}

export function toPair({ whole, part }: NameGroup, values: ProviderValues): NamePair {
  return { whole: values[whole] ?? null, part: values[part] ?? null };
}

/** The text of a vendor's field that holds both. */
export function joinPair({ whole, part }: NamePair): string | null {
  return joinName(whole, part);
}

export function isSamePair(one: NamePair, other: NamePair): boolean {
  return one.whole === other.whole && one.part === other.part;
}

/**
 * Splits the text of a field that holds both. The known name tells a middle name from a second given name, and an unusual suffix from
 * a family name.
 */
export function splitPair({ part }: NameGroup, text: string | null, known: NamePair): NamePair {
  if (text === null) return { whole: null, part: null };
  if (known.part !== null && ` ${text}`.endsWith(` ${known.part}`))
    return { whole: text.slice(0, -known.part.length).replace(/[\s,]+$/, '') || null, part: known.part };
  if (part === 'nameSuffix') {
    const { familyName, nameSuffix } = splitSuffix(text);
    return { whole: familyName, part: nameSuffix };
  }
  if (known.part !== null && known.whole !== null && text.startsWith(`${known.whole} `))
    return { whole: known.whole, part: text.slice(known.whole.length + 1) };
  return { whole: text, part: null };
}

/**
 * The name as a provider with these fields holds it. A suffix at the end of the family name counts as the suffix, so that `Lovelace, Jr.`
 * and `Lovelace Jr.` are equal.
 */
export function shapeNames(values: ProviderValues, holds: readonly FieldName[]): ProviderValues {
  const shaped = { ...values };
  for (const group of nameParts) {
    const { whole, part } = group;
    if (values[whole] === undefined) continue;
    const known = toPair(group, values);
    const pair = known.part === null ? splitPair(group, known.whole, known) : known;
    Object.assign(shaped, holds.includes(part) ? { [whole]: pair.whole, [part]: pair.part } : { [whole]: joinPair(pair) });
    if (!holds.includes(part)) delete shaped[part];
  }
  return shaped;
}

/** The value of a field as conflicts show it: the whole name with its part. */
export function showWhole(field: FieldName, fields: ContactFields): unknown {
  const group = nameParts.find(({ whole }) => whole === field);
  return group ? joinPair(toPair(group, fields)) : fields[field];
}

/** The fields with a value as conflicts show it. */
export function setWhole(field: FieldName, value: unknown, fields: ContactFields): ContactFields {
  const group = nameParts.find(({ whole }) => whole === field);
  if (!group) return { ...fields, [field]: value };
  const { whole, part } = splitPair(group, typeof value === 'string' ? value : null, toPair(group, fields));
  return { ...fields, [group.whole]: whole, [group.part]: part };
}

/** The names of the fields, with those of the parts that merge with them. */
export function withParts(fields: readonly string[]): string[] {
  return [...fields, ...nameParts.flatMap(({ whole, part }) => (fields.includes(whole) ? [part] : []))];
}
