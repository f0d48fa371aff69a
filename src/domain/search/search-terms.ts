import { normalizePhone } from '#domain/normalize/phone.ts';
import { foldSearch, toMarkWord } from './search-text.ts';

/** A part of a search: patterns of SQL's `like`, one of which must match the search text of a contact. */
export type SearchTerm = readonly string[];

/** The terms of a search, all of which must match; none for a blank text. Regions are those of numbers typed without a country. */
export function toSearchTerms(text: string, regions: readonly string[] = []): SearchTerm[] {
  const phone = findPhonePatterns(text, regions);
  if (phone.length > 0) return [phone];
  const words = [...new Set(foldSearch(text).split(' '))].filter((word) => word !== '');
  // A word that another one contains says nothing more.
  const isSaid = (word: string) => word.length > 2 && words.some((other) => other !== word && other.includes(word));
  return words.filter((word) => !isSaid(word)).flatMap(toTerms);
}

/**
 * One or two letters match the beginning of words: the index has parts of three characters, of which the space is one. It has no other
 * characters than letters and digits, so that a word without any is found by the word for its first character.
 */
function toTerms(word: string): SearchTerm[] {
  if (/^[a-z\d]{1,2}$/.test(word)) return [[`% ${word}%`]];
  const literally = [`%${word.replace(/[\\%_]/g, '\\$&')}%`];
  return /^[^a-z\d@.]/.test(word) ? [[`% ${toMarkWord(word)}\n%`], literally] : [literally];
}

/** The digits as the search text may have them, for a text that is a phone number or a part of one. */
function findPhonePatterns(text: string, regions: readonly string[]): string[] {
  const isTyped = looksLikePhone.test(text.trim());
  const typed = isTyped ? toNationalDigits(text) : '';
  if (isTyped && typed.length < 3) return [];
  const canBePhone = isTyped ? typed.length >= 7 : vanity.test(text.trim());
  const read = canBePhone ? regions.map((region) => normalizePhone(text, { defaultRegion: region })?.e164?.slice(1)) : [];
  const digits = [...(isTyped ? [typed] : []), ...read.filter((number) => number !== undefined)];
  return [...new Set(digits)].map((number) => `%${number}%`);
}

const looksLikePhone = /^(?:tel:)?[+(]?[\d\s().+/–-]*\d(?:\s*(?:ext\.?|x|#|;ext=)\s*\d+)?$/i;
const vanity = /^\+?[\d\s().-]{3,}[a-z][a-z\d\s().-]*$/i;

/** Without the prefix of a national number: `+44 (0)20…` and `0044 20…`, or `020…`. Short parts stay as they are. */
function toNationalDigits(text: string): string {
  const [number = ''] = text.split(/ext\.?|x|#|;/i);
  const digits = number.replace(/\(0\)/g, '').replace(/\D/g, '');
  return digits.length < 7 ? digits : digits.replace(/^(?:0011|011|0+)/, '');
}
