import { normalizeEmail } from '#domain/normalize/email.ts';
import { normalizePhone } from '#domain/normalize/phone.ts';
import type { FormField } from './field-schema.ts';
import type { WebForm } from './settings.ts';

/** What arrived, by field name, before anybody looked at it. */
export type GivenValues = ReadonlyMap<string, unknown>;

export interface FieldProblem {
  /** Name of the field. */
  field: string;
  /** A sentence for the visitor. It repeats nothing that was typed. */
  message: string;
}

export interface CheckedValues {
  /** By field name; blank fields are left out, a ticked checkbox says `yes`. */
  values: Record<string, string>;
  problems: FieldProblem[];
}

export interface CheckOptions {
  defaultRegion: string;
  now: Date;
  /** Whether a name that the form does not have is a problem: to a program a misspelling should be said. */
  refuseUnknown: boolean;
}

/** Checks what was sent against the form, field by field. Pure. */
export function checkValues(form: WebForm, given: GivenValues, options: CheckOptions): CheckedValues {
  const values: Record<string, string> = {};
  const problems: FieldProblem[] = options.refuseUnknown ? findUnknown(form, given) : [];
  for (const field of form.fields) {
    const text = readText(field, given.get(field.name));
    const message = text === null ? 'This must be a text.' : findFault(field, text, options);
    if (message !== null) problems.push({ field: field.name, message });
    else if (text) values[field.name] = text;
  }
  problems.push(...findUnreachable(form, values, problems));
  return { values, problems };
}

/** How it will be kept: lines end in one way, the ends are trimmed. Null for what is no text, such as a list. */
function readText(field: FormField, given: unknown): string | null {
  if (field.value !== undefined) return field.value;
  if (given === undefined || given === null) return '';
  if (field.type === 'checkbox') return readTick(given);
  if (typeof given === 'number') return String(given);
  return typeof given === 'string' ? given.toWellFormed().normalize('NFC').replaceAll(/\r\n?/g, '\n').trim() : null;
}

const unticked = new Set(['', 'false', 'no', 'off', '0']);

function readTick(given: unknown): string | null {
  if (typeof given === 'object') return null;
  return unticked.has(String(given).trim().toLowerCase()) ? '' : 'yes';
}

function findFault(field: FormField, text: string, options: CheckOptions): string | null {
  if (text === '') return field.required ? whenMissing(field) : null;
  // PostgreSQL cannot hold it.
  if (text.includes('\0')) return 'This holds a character that cannot be kept.';
  const most = lengthOf(field);
  if (text.length > most) return `This is too long: ${most} characters at most.`;
  return findFaultOfType(field, text, options);
}

function findFaultOfType(
  { type, options, mapsTo }: FormField,
  text: string,
  { defaultRegion, now }: CheckOptions,
): string | null {
  switch (type) {
    case 'email':
      return normalizeEmail(text) === null ? 'Write an email address, such as name@example.com.' : null;
    case 'tel': {
      const phone = normalizePhone(text, { defaultRegion });
      return phone?.e164 ? null : 'Write a phone number with its area code.';
    }
    case 'select':
      return options?.some(({ value }) => value === text) ? null : 'Choose one of the options.';
    case 'date':
      if (!isDate(text)) return 'Write a date as year, month and day, such as 1985-12-10.';
      return mapsTo === 'birthday' && text > now.toISOString().slice(0, 10) ? 'This date has not come yet.' : null;
    default:
      return null;
  }
}

/** How many UTF-16 units, as browsers count them too. */
export function lengthOf({ type, maxLength }: FormField): number {
  return maxLength ?? { email: 254, tel: 40, textarea: 5_000, date: 10 }[type as string] ?? 200;
}

function whenMissing({ type, label }: FormField): string {
  if (type === 'checkbox') return `Tick “${label}” to go on.`;
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

/** Both may be optional by themselves. */
function findUnreachable(form: WebForm, values: Record<string, string>, problems: FieldProblem[]): FieldProblem[] {
  const ways = form.fields.filter(({ mapsTo }) => mapsTo === 'email' || mapsTo === 'phone');
  const [first] = ways;
  const isSaid = ways.some(({ name }) => name in values || problems.some(({ field }) => field === name));
  if (first === undefined || isSaid) return [];
  return [{ field: first.name, message: `Fill in: ${ways.map(({ label }) => label).join(' or ')}.` }];
}
