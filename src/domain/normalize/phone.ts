import { type CountryCode, isSupportedCountry, type PhoneNumber, parsePhoneNumberFromString } from 'libphonenumber-js/max';
import type { Phone } from '#domain/values.ts';
import { caseFold, normalizeLine } from './text.ts';

export interface PhoneOptions {
  /** ISO 3166-1 alpha-2: the country of numbers that are typed without one. */
  defaultRegion: string;
  label?: string | null;
}

/**
 * A phone number as it was typed, with its E.164 form where there is one. Null only when blank: what cannot be read as a number,
 * such as `000` or a local number of seven digits, keeps its `raw` and has `e164` null.
 */
export function normalizePhone(raw: string | null | undefined, { defaultRegion, label }: PhoneOptions): Phone | null {
  const typed = normalizeLine(raw);
  if (typed === null) return null;
  const number = readNumber(typed, toRegion(defaultRegion));
  return {
    e164: number?.number ?? null,
    extension: number?.ext ?? null,
    raw: typed,
    label: normalizeLine(label),
  };
}

/**
 * Would a dialer reach someone? Yes for every number that its numbering plan knows, but for premium-rate ones, and for the
 * fictional 555-01xx, which documents and sandboxes use. No for placeholders.
 */
export function isDialable({ e164 }: Phone): boolean {
  if (e164 === null) return false;
  if (isFictional(e164)) return true;
  const number = parsePhoneNumberFromString(e164);
  return number?.isValid() === true && !isPlaceholder(number) && number.getType() !== 'PREMIUM_RATE';
}

/** May this number say who somebody is? Numbers that many share, and numbers that nobody has, may not. */
export function isMatchKey(phone: Phone): boolean {
  if (phone.e164 === null || isFictional(phone.e164) || !isDialable(phone)) return false;
  return !sharedTypes.has(parsePhoneNumberFromString(phone.e164)?.getType() ?? '');
}

/** Two phones with one key are one phone; another extension is another phone. Without an E.164 form, what was typed decides. */
export function phoneKey({ e164, extension, raw }: Phone): string {
  if (e164 === null) return `raw:${caseFold(raw).replace(/[^\p{L}\p{N}]/gu, '')}`;
  return extension === null ? e164 : `${e164};ext=${extension}`;
}

/** Numbers that reach a company or a service, not a person. */
const sharedTypes = new Set<string>(['TOLL_FREE', 'SHARED_COST', 'UAN', 'VOICEMAIL']);

function toRegion(region: string): CountryCode | undefined {
  const code = region.toUpperCase();
  return isSupportedCountry(code) ? code : undefined;
}

/** The number in `typed`: as it stands, or with its letters dialled (1-800-FLOWERS), or within other text (`Home: 212…`). */
function readNumber(typed: string, region: CountryCode | undefined): PhoneNumber | null {
  const plain = parse(typed, region, { extract: false });
  if (plain?.isPossible()) return plain;
  const vanity = looksLikeVanity.test(typed) ? parse(dialLetters(typed), region, { extract: false }) : undefined;
  if (vanity?.isValid()) return vanity;
  // Only a valid number: cut out of a sentence, any seven digits look possible.
  const within = parse(typed, region, { extract: true });
  return within?.isValid() ? within : null;
}

function parse(text: string, region: CountryCode | undefined, options: { extract: boolean }): PhoneNumber | undefined {
  return parsePhoneNumberFromString(text, region === undefined ? options : { ...options, defaultCountry: region });
}

/** Digits first, so that words are not taken for numbers. */
const looksLikeVanity = /^\+?[\d\s().-]{3,}[a-z][a-z\d\s().-]*$/i;

const keypad = ['abc', 'def', 'ghi', 'jkl', 'mno', 'pqrs', 'tuv', 'wxyz'];

function dialLetters(typed: string): string {
  return typed.toLowerCase().replace(/[a-z]/g, (letter) => String(2 + keypad.findIndex((letters) => letters.includes(letter))));
}

/** 555-0100 to 555-0199 is set aside for fiction in every area of the North American plan. */
function isFictional(e164: string): boolean {
  return /^\+1[2-9]\d{2}55501\d{2}$/.test(e164);
}

/** What people type when a form insists: 000…, 1234567…, one digit over and over. */
function isPlaceholder({ nationalNumber }: PhoneNumber): boolean {
  return /^(000|0?1234567)|^(\d)\2*$/.test(nationalNumber);
}
