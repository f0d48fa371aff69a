import { z } from 'zod';

/** Schemas for values that vendors send in another type than they document: a postal code as a number, an empty text as null. */

/** A value that has a text form, kept as it was sent. */
export const scalar = z.union([z.string(), z.number(), z.boolean()]).nullish();

/** A text; null for an absent value. A number is read as its digits. */
export const text = scalar.transform((value) => (value === undefined || value === null ? null : String(value)));

/** An id as text. */
export const id = z.union([z.string().min(1), z.int()]).transform(String);

/** The texts of a list; entries that are null are dropped. */
export const texts = z.array(text).transform((items) => items.flatMap((item) => item ?? []));

/** A flag that denies something. Only words for "no" read as false: an unknown word must not lift a denial. */
export const denial = scalar.transform(
  (value) =>
    !noWords.has(
      String(value ?? '')
        .trim()
        .toLowerCase(),
    ),
);

const noWords = new Set(['', '0', 'false', 'no', 'n', 'off', 'inactive', 'null', 'none']);

/** A time as ISO 8601; null when it is absent or no time. */
export const instant = scalar.transform(toInstant);

function toInstant(value: z.infer<typeof scalar>): string | null {
  // Texts keep their precision: some vendors send microseconds.
  if (typeof value === 'string' && /^\d{4}-\d\d-\d\d/.test(value)) return Number.isNaN(Date.parse(value)) ? null : value;
  const date = toDate(Number(value || Number.NaN));
  return Number.isNaN(date.getTime()) ? null : date.toISOString();
}

/** The first millisecond of 1973; as seconds, the year 5138. Smaller numbers of this size are seconds. */
const minMilliseconds = 100_000_000_000;

/** Reads a number as seconds or milliseconds since 1970, by its size. */
export function toDate(timestamp: number): Date {
  return new Date(Math.abs(timestamp) < minMilliseconds ? timestamp * 1000 : timestamp);
}
