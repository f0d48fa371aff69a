import {
  type CountryCode,
  isSupportedCountry,
  type NumberType,
  type PhoneNumber,
  parsePhoneNumberFromString,
} from 'libphonenumber-js/max';
import type { Phone } from '#domain/values.ts';
import { caseFold, normalizeLine, saysNothing } from './text.ts';

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
  return isFictional(e164) || isCallable(lookUp(e164));
}

/** A number has a type if, and only if, it is valid: to ask for both would match all patterns of its plan twice. */
function isCallable({ type, digits }: PlanEntry): boolean {
  return type !== undefined && !isPlaceholder(digits) && type !== 'PREMIUM_RATE';
}

/** What the numbering plan says about a number. */
interface PlanEntry {
  type: NumberType;
  /** Without the country code; empty for a text that is no number. */
  digits: string;
}

const lookedUp = new Map<string, PlanEntry>();
const maxLookedUp = 5_000;

/** One number is asked about many times while its record is compared and written, and to match the patterns of a plan is slow. */
function lookUp(e164: string): PlanEntry {
  const known = lookedUp.get(e164);
  if (known) return known;
  const number = parsePhoneNumberFromString(e164);
  const entry = { type: number?.getType(), digits: number?.nationalNumber ?? '' };
  if (lookedUp.size === maxLookedUp) lookedUp.clear();
  lookedUp.set(e164, entry);
  return entry;
}

/** Whether the number may identify a person. Shared, fictional and undialable numbers may not. */
export function isMatchKey(phone: Phone): boolean {
  if (phone.e164 === null || isFictional(phone.e164) || isFictionalAbroad(phone.e164) || !isDialable(phone)) return false;
  const { type, digits } = lookUp(phone.e164);
  return !sharedTypes.has(type ?? '') && !isPattern(digits);
}

/** Whether a typed text is no number and stands for none: `none`, `000`, `1234567`. */
export function isFiller(raw: string): boolean {
  const digits = raw.replace(/\D/g, '');
  if (/\p{L}/u.test(raw) || digits === '') return saysNothing(raw);
  return isPlaceholder(digits);
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

/**
 * The number that a text holds. Tried in this order: the text as it is; with `00` or `011` read as the international prefix, which
 * people use in countries that dial another one; with its letters dialled (1-800-FLOWERS); without a remark; the first of several
 * numbers; a number within other text (`Home: 212…`).
 */
function readNumber(typed: string, region: CountryCode | undefined): PhoneNumber | null {
  const plain = parse(withoutOldPrefix(typed, region), region, { extract: false });
  if (plain?.isPossible()) return modernize(plain);
  const abroad = parse(typed.replace(/^\+?\s*(?:00|011)[\s.-]*(?=[1-9])/, '+'), region, { extract: false });
  if (abroad && isAcceptable(abroad)) return modernize(abroad);
  const vanity = looksLikeVanity.test(typed) ? parse(dialLetters(typed), region, { extract: false }) : undefined;
  if (vanity?.isValid()) return vanity;
  const [first = ''] = typed.replace(remark, ' ').split(separators);
  const one = first === typed ? undefined : parse(first, region, { extract: false });
  if (one && isAcceptable(one)) return modernize(one);
  // Only a valid number: cut out of a sentence, any seven digits look possible.
  const within = parse(first, region, { extract: true }) ?? parse(typed, region, { extract: true });
  return within?.isValid() ? modernize(within) : null;
}

/** A number that its plan knows, or one set aside for fiction, or one of an old form that `modernize` renews. */
function isAcceptable(number: PhoneNumber): boolean {
  return number.isValid() || isFictional(number.number) || renew(number.number) !== null;
}

/** Words in parentheses, such as `(after 5)`; digits in parentheses are an area code. */
const remark = /\([^()]*\p{L}[^()]*\)/gu;
const separators = /\s*(?:[/|,&]|;(?!ext=)|\s(?:or|and|oder|und|ou|et|o|y|e)\s)\s*/i;

/** The same number in the form that its country uses today, or itself. */
function modernize(number: PhoneNumber): PhoneNumber {
  const renewed = renew(number.number);
  const modern = renewed === null ? undefined : parsePhoneNumberFromString(renewed);
  if (!modern) return number;
  if (number.ext !== undefined) modern.setExt(number.ext);
  return modern;
}

/**
 * Mexico dropped the 1 of mobile numbers in 2019, and Brazil put a 9 before mobile numbers of eight digits by 2016 (ITU operational
 * bulletins); people and vendors still hold the old forms.
 */
function renew(e164: string): string | null {
  const [, mexican] = /^\+521(\d{10})$/.exec(e164) ?? [];
  if (mexican !== undefined) return `+52${mexican}`;
  const [, area, brazilian] = /^\+55([1-9]\d)([6-9]\d{7})$/.exec(e164) ?? [];
  return brazilian === undefined ? null : `+55${area}9${brazilian}`;
}

/** `044`, `045` and `1` before a Mexican mobile number, which are no longer dialled. */
function withoutOldPrefix(typed: string, region: CountryCode | undefined): string {
  const digits = typed.replace(/\D/g, '');
  const [, national] = /^(?:044|045|0?1)(\d{10})$/.exec(digits) ?? [];
  if (region === 'MX' && national !== undefined && !typed.startsWith('+')) return national;
  const [, abroad] = /^521(\d{10})$/.exec(digits) ?? [];
  return abroad !== undefined && typed.startsWith('+') ? `+52${abroad}` : typed;
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

/**
 * Numbers that regulators set aside for films and examples: Ofcom (United Kingdom), ARCEP (France), Bundesnetzagentur (Germany), ACMA
 * (Australia). Dialers may call them, like every number that a plan has.
 */
function isFictionalAbroad(e164: string): boolean {
  return fictional.some((pattern) => pattern.test(e164));
}

const fictional = [
  /^\+44(?:7700900|1632960|2079460|1\d1(?:496|498)0|2920180|2896496|3069990|8081570)\d{3}$/,
  /^\+33(?:19900|26191|35301|46571|53649|63998)\d{4}$/,
  /^\+49(?:3023125|6990009|4066969|2214710|8999998)\d{3}$/,
  /^\+61(?:[2378](?:5550|7010)\d{4}|491570\d{3})$/,
];

/** A number that nobody has by chance, though its plan would allow it: counted up or down, `121212…`, seven equal digits in a row, directory assistance. */
function isPattern(digits: string): boolean {
  const isRun = '01234567890123456789'.includes(digits) || '98765432109876543210'.includes(digits);
  return isRun || /^(\d\d)\1{3,}\d?$|(\d)\2{6}|^\d{3}5551212$/.test(digits);
}

/** Filler that people type into required form fields: 000…, 1234567…, or one digit repeated. */
function isPlaceholder(digits: string): boolean {
  return /^(000|0?1234567)|^(\d)\2*$/.test(digits);
}

/** The kind of line behind a number: a person's mobile, a household's or an office's landline, or a service. */
export type PhoneLine = 'mobile' | 'landline' | 'unknown' | 'service';

/** The line of a number; null for a number that identifies nobody: a placeholder, or one set aside for fiction. */
export function findPhoneLine(phone: Phone): PhoneLine | null {
  if (phone.e164 === null || isFictional(phone.e164)) return null;
  const entry = lookUp(phone.e164);
  const { type } = entry;
  if (!isCallable(entry)) return null;
  if (type !== undefined && sharedTypes.has(type)) return 'service';
  if (type === 'MOBILE' || type === 'PERSONAL_NUMBER') return 'mobile';
  return type === 'FIXED_LINE' || type === 'VOIP' ? 'landline' : 'unknown';
}
