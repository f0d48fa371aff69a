import { type CountryCode, isSupportedCountry, type PhoneNumber, parsePhoneNumberFromString } from 'libphonenumber-js/max';
import type { Phone } from '#domain/values.ts';
import { caseFold, normalizeLine } from './text.ts';

export interface PhoneOptions {
  /** ISO 3166-1 alpha-2 code of the country of numbers typed without one. */
  defaultRegion: string;
  label?: string | null;
}

/**
 * A phone number with its typed text and its E.164 form. Null only when blank: a text that is no phone number, such as `000` or
 * a local number of seven digits, has `e164` null.
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
 * Whether a dialer may call the number: true for every number of the numbering plan except placeholders and premium-rate ones,
 * and for the fictional 555-01xx, which documents and sandboxes use.
 */
export function isDialable({ e164 }: Phone): boolean {
  if (e164 === null) return false;
  if (isFictional(e164)) return true;
  const number = parsePhoneNumberFromString(e164);
  return number?.isValid() === true && !isPlaceholder(number) && number.getType() !== 'PREMIUM_RATE';
}

/** Whether the number may identify a person. Shared, fictional and undialable numbers may not. */
export function isMatchKey(phone: Phone): boolean {
  if (phone.e164 === null || isFictional(phone.e164) || !isDialable(phone)) return false;
  return !sharedTypes.has(parsePhoneNumberFromString(phone.e164)?.getType() ?? '');
}

/** Two phones with one key are the same phone. The key has the E.164 form and the extension, or else the typed text. */
export function phoneKey({ e164, extension, raw }: Phone): string {
  if (e164 === null) return `raw:${caseFold(raw).replace(/[^\p{L}\p{N}]/gu, '')}`;
  return extension === null ? e164 : `${e164};ext=${extension}`;
}

/** Types of numbers that reach a company or a service, not a person. */
const sharedTypes = new Set<string>(['TOLL_FREE', 'SHARED_COST', 'UAN', 'VOICEMAIL']);

function toRegion(region: string): CountryCode | undefined {
  const code = region.toUpperCase();
  return isSupportedCountry(code) ? code : undefined;
}

/** Reads the text as a number, then with its letters dialled (1-800-FLOWERS), then as a number within other text (`Home: 212…`). */
function readNumber(typed: string, region: CountryCode | undefined): PhoneNumber | null {
  const plain = parse(typed, region, { extract: false });
  if (plain?.isPossible()) return plain;
  const vanity = looksLikeVanity.test(typed) ? parse(dialLetters(typed), region, { extract: false }) : undefined;
  if (vanity?.isValid()) return vanity;
  // Only a valid number counts: any seven digits of a sentence look like a possible one.
  const within = parse(typed, region, { extract: true });
  return within?.isValid() ? within : null;
}

function parse(text: string, region: CountryCode | undefined, options: { extract: boolean }): PhoneNumber | undefined {
  return parsePhoneNumberFromString(text, region === undefined ? options : { ...options, defaultCountry: region });
}

/** Digits come first, so that words are not read as numbers. */
const looksLikeVanity = /^\+?[\d\s().-]{3,}[a-z][a-z\d\s().-]*$/i;

const keypad = ['abc', 'def', 'ghi', 'jkl', 'mno', 'pqrs', 'tuv', 'wxyz'];

function dialLetters(typed: string): string {
  return typed.toLowerCase().replace(/[a-z]/g, (letter) => String(2 + keypad.findIndex((letters) => letters.includes(letter))));
}

/** The North American plan reserves 555-0100 to 555-0199 for fiction in every area. */
function isFictional(e164: string): boolean {
  return /^\+1[2-9]\d{2}55501\d{2}$/.test(e164);
}

/** Filler that people type into required form fields: 000…, 1234567…, or one digit repeated. */
function isPlaceholder({ nationalNumber }: PhoneNumber): boolean {
  return /^(000|0?1234567)|^(\d)\2*$/.test(nationalNumber);
}
