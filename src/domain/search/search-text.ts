import anyAscii from 'any-ascii';
import { type ContactFields, fieldNames, toFieldValue } from '#domain/contact.ts';
import { fieldTable } from '#domain/fields.ts';
import type { Phone } from '#domain/values.ts';

/**
 * The text that a contact is found by: one line per value, in small ASCII letters, so that an index of three-letter parts works in every
 * locale of the database. A space begins each word.
 */
export function toSearchText(fields: ContactFields): string {
  const lines = fieldNames
    .filter((field) => fieldTable[field].isSearched)
    .flatMap((field) => toLines(toFieldValue(field, fields)));
  const marks = new Set(lines.join('').match(mark));
  return [...lines, ...[...marks].map(toMarkWord)].map((line) => ` ${line}\n`).join('');
}

/** The word for a character that the index of the text does not have. */
export const toMarkWord = (character: string): string => `chr${character.charCodeAt(0).toString(16)}`;

/** Every email has an at sign and a full stop. */
const mark = /[^a-z\d\s@.]/g;

/** Small ASCII letters and single spaces: `Łukasz  O’Brien` → `lukasz o'brien`. */
export function foldSearch(text: string): string {
  return (isPlain.test(text) ? text : anyAscii(text.normalize('NFKC'))).toLowerCase().replace(/\s+/g, ' ').trim();
}

/** A tag as a line of the search text: nothing that people type contains the tabs. */
export const toTagLine = (tag: string): string => `\t${foldSearch(tag)}\t`;

function toLines({ type, value }: ReturnType<typeof toFieldValue>): string[] {
  switch (type) {
    case 'name':
    case 'line':
    case 'text':
    case 'date':
      return value === null ? [] : [toWords(value)];
    case 'emails':
      return value.map(({ address }) => toWords(address));
    case 'phones':
      return value.map(toDigits);
    case 'tags':
      return value.map(toTagLine);
    case 'addresses':
    case 'refusals':
    case 'extra':
      return [];
  }
}

/** People leave the apostrophe of `O'Brien` out. */
function toWords(text: string): string {
  const words = foldSearch(text);
  return words.includes("'") ? `${words} ${words.replaceAll("'", '')}` : words;
}

function toDigits({ e164, extension, raw }: Phone): string {
  if (e164 === null) return `${foldSearch(raw)} ${raw.replace(/\D/g, '')}`.trim();
  return extension === null ? e164.slice(1) : `${e164.slice(1)} ${extension}`;
}

const isPlain = /^[ -~]*$/;
