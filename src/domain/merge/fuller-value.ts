import { type FieldName, fieldRow } from '#domain/contact.ts';
import { sameValue } from '#domain/equality.ts';
import type { FieldType } from '#domain/fields.ts';
import { foldText } from '#domain/normalize/text.ts';

/**
 * The value that says more, of two that different people entered about one person: a full name rather than an initial or capitals, a
 * birthday with its year, both notes. Null where neither says more than the other.
 */
export function findFullerValue(field: FieldName, ours: unknown, theirs: Stated): unknown {
  const fuller = fullerOf[fieldRow(field).type];
  return fuller && typeof ours === 'string' && typeof theirs.value === 'string'
    ? fuller(ours, theirs.value, theirs.provider)
    : null;
}

/** A value with the provider that states it. */
export interface Stated {
  value: unknown;
  provider: string;
}

type Fuller = (ours: string, theirs: string, provider: string) => string | null;

const fullerOf: Partial<Record<FieldType, Fuller>> = {
  name: fullerText,
  line: fullerText,
  date: fullerDate,
  text: joinTexts,
};

function fullerText(ours: string, theirs: string): string | null {
  if (isShortFor(ours, theirs)) return theirs;
  if (isShortFor(theirs, ours)) return ours;
  if (foldText(ours) !== foldText(theirs)) return null;
  // Equal but for case and accents.
  if (hasOneCase(ours) !== hasOneCase(theirs)) return hasOneCase(ours) ? theirs : ours;
  return hasAccents(ours) === hasAccents(theirs) ? null : hasAccents(ours) ? ours : theirs;
}

/** Whether the other text has every word of this one in the same order, some of them as an initial here, and more besides. */
function isShortFor(text: string, other: string): boolean {
  const [words, longer] = [wordsOf(text), wordsOf(other)];
  let at = 0;
  for (const word of words) {
    const found = longer.findIndex((each, index) => index >= at && (each === word || isInitialOf(word, each)));
    if (found === -1) return false;
    at = found + 1;
  }
  return words.length < longer.length || words.join('').length < longer.join('').length;
}

function isInitialOf(word: string, other: string): boolean {
  return [...word].length === 1 && other.startsWith(word);
}

function wordsOf(text: string): string[] {
  return foldText(text)
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '');
}

/** `SMITH` and `smith`, as people and programs write names in a hurry. */
function hasOneCase(text: string): boolean {
  return /\p{L}\P{L}*\p{L}/u.test(text) && (text === text.toUpperCase() || text === text.toLowerCase());
}

function hasAccents(text: string): boolean {
  return /\p{M}/u.test(text.normalize('NFD'));
}

/** A birthday without a year is `--MM-DD`. */
function fullerDate(ours: string, theirs: string): string | null {
  if (ours.slice(-5) !== theirs.slice(-5) || ours.startsWith('--') === theirs.startsWith('--')) return null;
  return ours.startsWith('--') ? theirs : ours;
}

/** Both texts, the second one with its origin. */
function joinTexts(ours: string, theirs: string, provider: string): string {
  if (ours.includes(theirs)) return ours;
  return theirs.includes(ours) ? theirs : `${ours}\n\n[${provider}] ${theirs}`;
}

/** Whether a value is kept as it is in the fuller one. */
export function isWithin(field: FieldName, value: unknown, fuller: unknown): boolean {
  if (sameValue(field, value, fuller)) return true;
  return fieldRow(field).type === 'text' && typeof value === 'string' && typeof fuller === 'string' && fuller.includes(value);
}
