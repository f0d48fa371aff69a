import { normalizeEmail } from '#domain/normalize/email.ts';
import { normalizePhone } from '#domain/normalize/phone.ts';
import type { FormField } from './field-schema.ts';
import type { WebForm } from './settings.ts';

/** Unchecked values by field name. */
export type GivenValues = ReadonlyMap<string, unknown>;

export interface FieldProblem {
  /** Name of the field. */
  field: string;
  /** A sentence for the visitor, without the value. */
  message: string;
}

export interface CheckedValues {
  /** By field name, without blank fields. A ticked checkbox has the value `yes`. */
  values: Record<string, string>;
  problems: FieldProblem[];
}

export interface CheckOptions {
  defaultRegion: string;
  now: Date;
  /** Whether an unknown field name is a problem: programs should learn of a misspelt name. */
  refuseUnknown: boolean;
}

/** Checks the values against the form, field by field. Pure. */
export function checkValues(form: WebForm, given: GivenValues, options: CheckOptions): CheckedValues {
  const values: Record<string, string> = {};
  const problems: FieldProblem[] = options.refuseUnknown ? findUnknown(form, given) : [];
  for (const field of form.fields) {
    const text = readText(field, given.get(field.name));
    const message = text === null ? 'This must be text.' : findFault(field, text, options);
    if (message !== null) problems.push({ field: field.name, message });
    else if (text) values[field.name] = text;
  }
  problems.push(...findUnreachable(form, values, problems));
  return { values, problems };
}

/** The text to store: trimmed, with LF line ends. Null for a value that is not text, such as a list. */
function readText(field: FormField, given: unknown): string | null {
  if (field.value !== undefined) return field.value;
  if (given === undefined || given === null) return '';
  if (field.type === 'checkbox') return typeof given === 'object' ? null : isTicked(given) ? 'yes' : '';
  if (typeof given === 'number') return String(given);
  return typeof given === 'string' ? given.toWellFormed().normalize('NFC').replaceAll(/\r\n?/g, '\n').trim() : null;
}

const unticked = new Set(['', 'false', 'no', 'off', '0']);

/** Whether the value of a checkbox means yes. */
export function isTicked(given: unknown): boolean {
  return !unticked.has(String(given).trim().toLowerCase());
}

function findFault(field: FormField, text: string, options: CheckOptions): string | null {
  if (text === '') return field.required ? whenMissing(field) : null;
  // PostgreSQL cannot store NUL.
  if (text.includes('\0')) return 'This contains a character that cannot be stored.';
  const maxLength = maxLengthOf(field);
  if (text.length > maxLength) return `This is too long: the maximum is ${maxLength} characters.`;
  return findFaultOfType(field, text, options);
}

function findFaultOfType(
  { type, options, mapsTo }: FormField,
  text: string,
  { defaultRegion, now }: CheckOptions,
): string | null {
  switch (type) {
    case 'email':
      return normalizeEmail(text) === null ? 'Enter an email address, such as name@example.com.' : null;
    case 'tel': {
      const phone = normalizePhone(text, { defaultRegion });
      return phone?.e164 ? null : 'Enter a phone number with its area code.';
    }
    case 'select':
      return options?.some(({ value }) => value === text) ? null : 'Choose one of the options.';
    case 'date':
      if (!isDate(text)) return 'Enter a date as year, month and day, such as 1985-12-10.';
      return mapsTo === 'birthday' && text > now.toISOString().slice(0, 10) ? 'This date is in the future.' : null;
    default:
      return null;
  }
}

const maxLengths: Partial<Record<FormField['type'], number>> = { email: 254, tel: 40, textarea: 5_000, date: 10 };

/** In UTF-16 units, as browsers count `maxlength`. */
export function maxLengthOf({ type, maxLength }: FormField): number {
  return maxLength ?? maxLengths[type] ?? 200;
}

function whenMissing({ type, label }: FormField): string {
  if (type === 'checkbox') return `Tick “${label}” to continue.`;
  return type === 'select' ? `Choose: ${label}.` : `Fill in: ${label}.`;
}

function isDate(text: string): boolean {
  const date = /^[12]\d{3}-\d{2}-\d{2}$/.test(text) ? new Date(`${text}T00:00:00Z`) : null;
  return date !== null && !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text);
}

function findUnknown(form: WebForm, given: GivenValues): FieldProblem[] {
  const known = new Set([form.honeypot, ...form.fields.map(({ name }) => name)]);
  return [...given.keys()]
    .filter((name) => !known.has(name))
    .slice(0, 20)
    .map((name) => ({ field: name.slice(0, 100), message: 'The form has no such field.' }));
}

/** A submission needs an email address or a phone number, though each may be optional. */
function findUnreachable(form: WebForm, values: Record<string, string>, problems: FieldProblem[]): FieldProblem[] {
  const ways = form.fields.filter(({ mapsTo }) => mapsTo === 'email' || mapsTo === 'phone');
  const [first] = ways;
  const isReachable = ways.some(({ name }) => name in values || problems.some(({ field }) => field === name));
  if (first === undefined || isReachable) return [];
  return [{ field: first.name, message: `Fill in: ${ways.map(({ label }) => label).join(' or ')}.` }];
}
