import { type ContactFields, type FieldOfType, isExtraField, listFieldsOfType, type ProviderValues } from '#domain/contact.ts';
import { isBlank } from '#domain/equality.ts';
import { normalizeAddress } from '#domain/normalize/address.ts';
import { normalizeEmail, readEmail } from '#domain/normalize/email.ts';
import { normalizeName, normalizeNameSuffix, splitFullName, splitSuffix } from '#domain/normalize/name.ts';
import { isFiller, normalizePhone } from '#domain/normalize/phone.ts';
import { uniqueTags } from '#domain/normalize/tag.ts';
import { normalizeLine, normalizeText, saysNothing } from '#domain/normalize/text.ts';
import type { Email, Phone, PostalAddress } from '#domain/values.ts';
import { type DateOrder, readBirthday } from './birthday.ts';
import type { RowProblem } from './file-problem.ts';
import type { RawAddress, RawContact, RawItem, RawText } from './raw-contact.ts';

export interface ReadOptions {
  /** Country of numbers that are written without one. */
  defaultRegion: string;
  dateOrder: DateOrder;
  /** Our own export holds values as vendors show them, also texts that are no email address or number. */
  isOurs: boolean;
}

/** The values of a person, without blank ones, and the unreadable parts. Values are null where nothing identifies the person. */
export function toValues(raw: RawContact, options: ReadOptions): { values: ProviderValues | null; problems: RowProblem[] } {
  const problems: RowProblem[] = [];
  // Fields of the other types are read one by one. The type makes a new field an error until it is read here.
  const others: Omit<ContactFields, FieldOfType<'line'>> = {
    ...toName(raw),
    emails: readAll(raw.emails, problems, (item) => toEmail(item, options)),
    phones: readAll(raw.phones, problems, (item) => toPhone(item, options)),
    addresses: raw.addresses.flatMap((address) => toAddress(address) ?? []),
    birthday: toBirthday(raw, options, problems),
    tags: uniqueTags(raw.tags),
    note: normalizeText(raw.texts.note?.text),
    doNotContact: { call: raw.refused.has('call'), sms: raw.refused.has('sms'), email: raw.refused.has('email') },
  };
  const extras = Object.entries(raw.texts).flatMap(([name, item]) =>
    isExtraField(name) ? [[name, normalizeText(item?.text)] as const] : [],
  );
  const lines = listFieldsOfType('line').map((field) => [field, normalizeLine(raw.texts[field]?.text)]);
  const filled = Object.entries({ ...Object.fromEntries(lines), ...others, ...Object.fromEntries(extras) }).filter(
    ([, value]) => !isBlank(value),
  );
  const values: ProviderValues = Object.fromEntries(filled);
  if (raw.contactId !== null || isSomebody(values)) return { values, problems };
  const message =
    'The row names nobody: it has no name, company, email address or phone number that can be read. Fill one in, or delete the row.';
  return { values: null, problems: [{ column: null, message }, ...problems] };
}

function isSomebody({ givenName, familyName, company, emails, phones }: ProviderValues): boolean {
  return [givenName, familyName, company, emails, phones].some((value) => !isBlank(value));
}

function readAll<Value>(
  items: readonly RawItem[],
  problems: RowProblem[],
  read: (item: RawItem) => Value | null | RowProblem,
): Value[] {
  return items.flatMap((item) => {
    const value = read(item);
    if (value === null) return [];
    if (!isProblem(value)) return [value];
    problems.push(value);
    return [];
  });
}

function isProblem(value: unknown): value is RowProblem {
  return typeof value === 'object' && value !== null && 'message' in value;
}

function toEmail({ text, label, column }: RawItem, { isOurs }: ReadOptions): Email | null | RowProblem {
  if (isOurs) return readEmail(text, label);
  const email = normalizeEmail(text, label);
  if (email !== null || saysNothing(text)) return email;
  return { column, message: `${quote(text)} is no email address, and is left out. Correct it, and import the row again.` };
}

/** A number that cannot be read is kept as typed, as from any other source. */
function toPhone({ text, label, column }: RawItem, { defaultRegion, isOurs }: ReadOptions): Phone | null | RowProblem {
  const phone = normalizePhone(text, { defaultRegion, label });
  if (phone === null || phone.e164 !== null || isOurs) return phone;
  if (isFiller(text)) return null;
  if (/\d.*\d.*\d/.test(text)) return phone;
  return { column, message: `${quote(text)} is no phone number, and is left out. Correct it, and import the row again.` };
}

function toAddress({ parts, whole }: RawAddress): PostalAddress | null {
  const { label, ...place } = parts;
  const hasParts = Object.values(place).some((part) => normalizeLine(part) !== null);
  const street = whole?.replace(/\s*[\r\n]+\s*/g, ', ');
  return normalizeAddress(hasParts ? parts : { street, label });
}

function toBirthday({ texts }: RawContact, { dateOrder }: ReadOptions, problems: RowProblem[]): string | null {
  if (texts.birthday === undefined || saysNothing(texts.birthday.text)) return null;
  const { text, column } = texts.birthday;
  const birthday = readBirthday(text, dateOrder);
  if (birthday === null)
    problems.push({
      column,
      message: `${quote(text)} is no date, and is left out. Write it as year-month-day, such as 1985-12-10.`,
    });
  return birthday;
}

/** The parts of a name take precedence over the full name. */
function toName({ texts }: RawContact): Pick<ContactFields, FieldOfType<'name'>> {
  const text = (name: RawText) => texts[name]?.text;
  const hasParts = normalizeName(text('givenName')) !== null || normalizeName(text('familyName')) !== null;
  const whole = splitFullName(hasParts ? null : text('fullName'));
  const { familyName, nameSuffix } = splitSuffix(normalizeName(text('familyName')));
  return {
    givenName: normalizeName(text('givenName')) ?? whole.givenName,
    middleName: normalizeName(text('middleName')),
    familyName: familyName ?? whole.familyName,
    nameSuffix: normalizeNameSuffix(text('nameSuffix')) ?? nameSuffix ?? whole.nameSuffix,
  };
}

/** Long texts would fill the page of problems. */
function quote(text: string): string {
  const line = normalizeLine(text) ?? '';
  return `“${line.length > 60 ? `${line.slice(0, 59)}…` : line}”`;
}
