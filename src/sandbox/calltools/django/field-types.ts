import { type PhoneRules, toDialable } from '#sandbox/calltools/contacts/phone.ts';

/** Types of account fields. */
export const fieldTypes = ['phone', 'email', 'text', 'number', 'bool', 'date', 'datetime'] as const;
export type FieldType = (typeof fieldTypes)[number];

/** Types of columns. Accounts cannot create fields of the last two. */
export type ColumnType = FieldType | 'integer' | 'uuid';

/** An invalid value, with the error message of Django REST Framework. */
export class FieldError extends Error {
  readonly detail: string[] | Record<string, string[]>;

  constructor(detail: string | Record<string, string[]>) {
    super(typeof detail === 'string' ? detail : JSON.stringify(detail));
    this.detail = typeof detail === 'string' ? [detail] : detail;
  }
}

/** Converts one value for storage. Throws `FieldError`. The caller handles null and blank. */
export function coerce(type: ColumnType, value: unknown, rules: PhoneRules): unknown {
  switch (type) {
    case 'text':
      return toText(value);
    case 'email':
      return toEmail(value);
    case 'phone':
      return toPhone(value, rules);
    case 'number':
      return toNumber(value, 'A valid number is required.');
    case 'integer':
      return toInteger(value);
    case 'bool':
      return toBool(value);
    case 'date':
      return toDate(value);
    case 'datetime':
      return toDatetime(value);
    case 'uuid':
      return toUuid(value);
  }
}

/** Trims text and converts numbers. Refuses booleans and structures. */
export function toText(value: unknown): string {
  if (typeof value !== 'string' && typeof value !== 'number') throw new FieldError('Not a valid string.');
  const text = String(value).trim();
  if (text.includes('\0')) throw new FieldError('Null characters are not allowed.');
  return text;
}

/** The email fields of Django REST Framework use Django's EmailValidator: ASCII without two dots in a row before the @. */
const emailPattern = /^[-!#$%&'*+/=?^_`{}|~\w]+(\.[-!#$%&'*+/=?^_`{}|~\w]+)*@[^\s@.]+(\.[^\s@.]+)+$/;

function toEmail(value: unknown): string {
  const text = toText(value);
  if (!emailPattern.test(text)) throw new FieldError('Enter a valid email address.');
  return text;
}

/** Stored as it was sent; `_phone_numbers` contains E.164. The error message is not documented. */
function toPhone(value: unknown, rules: PhoneRules): string {
  const text = toText(value);
  if (toDialable(text, rules) === null) throw new FieldError('Enter a valid phone number.');
  return text;
}

function toNumber(value: unknown, refusal: string): number {
  const text = typeof value === 'string' ? value.trim() : value;
  const number = text === '' || typeof text === 'object' ? Number.NaN : Number(text);
  if (!Number.isFinite(number)) throw new FieldError(refusal);
  return number;
}

/** Accepts numbers and their text. Throws `FieldError`. */
export function toInteger(value: unknown): number {
  const refusal = 'A valid integer is required.';
  const number = typeof value === 'boolean' ? Number.NaN : toNumber(value, refusal);
  if (!Number.isSafeInteger(number)) throw new FieldError(refusal);
  return number;
}

const trueValues = new Set<unknown>(['t', 'y', 'yes', 'true', 'on', '1', 1, true]);
const falseValues = new Set<unknown>(['f', 'n', 'no', 'false', 'off', '0', 0, false]);

/** Accepts the spellings of Django REST Framework. Throws `FieldError`. */
export function toBool(value: unknown): boolean {
  const word = typeof value === 'string' ? value.toLowerCase() : value;
  if (trueValues.has(word)) return true;
  if (falseValues.has(word)) return false;
  throw new FieldError('Must be a valid boolean.');
}

function toDate(value: unknown): string {
  const match = typeof value === 'string' ? /^(\d{4})-(\d{1,2})-(\d{1,2})$/.exec(value) : null;
  const date = match && [match[1], match[2]?.padStart(2, '0'), match[3]?.padStart(2, '0')].join('-');
  if (!date || !isCalendarDate(date)) {
    throw new FieldError('Date has wrong format. Use one of these formats instead: YYYY-MM-DD.');
  }
  return date;
}

const datetimePattern = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d)(?::\d\d(?:\.\d{1,6})?)?(Z|[+-]\d\d:?\d\d)?)?$/;
const datetimeFormats = 'YYYY-MM-DDThh:mm[:ss[.uuuuuu]][+HH:MM|-HH:MM|Z]';

/** `YYYY-MM-DD HH:MM:SS` and ISO 8601. Naive values stay naive: developers.calltools.com/api-conventions. */
function toDatetime(value: unknown): string {
  const match = typeof value === 'string' ? datetimePattern.exec(value) : null;
  const valid = match && isCalendarDate(match[1] ?? '') && !Number.isNaN(Date.parse(`${match[1]}T${match[2] ?? '00:00'}Z`));
  if (!match || !valid) {
    throw new FieldError(`Datetime has wrong format. Use one of these formats instead: ${datetimeFormats}.`);
  }
  return match[0].replace(' ', 'T');
}

function isCalendarDate(date: string): boolean {
  const time = Date.parse(`${date}T00:00:00Z`);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(date);
}

function toUuid(value: unknown): string {
  const valid = typeof value === 'string' && /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(value);
  if (!valid) throw new FieldError('Must be a valid UUID.');
  return value.toLowerCase();
}
