import type { FieldName, ProviderValues } from '#domain/contact.ts';
import { itemKeys } from '#domain/equality.ts';
import { normalizeAddress } from '#domain/normalize/address.ts';
import { normalizeEmail } from '#domain/normalize/email.ts';
import { normalizeName } from '#domain/normalize/name.ts';
import { normalizePhone } from '#domain/normalize/phone.ts';
import { normalizeLine } from '#domain/normalize/text.ts';
import type { Email, Phone, PostalAddress } from '#domain/values.ts';
import type { GoogleAccount } from './settings.ts';

export const fields = [
  'givenName',
  'familyName',
  'company',
  'emails',
  'phones',
  'addresses',
  'birthday',
  'note',
] as const satisfies readonly FieldName[];

type Fit<Field extends keyof ProviderValues> = (
  value: NonNullable<ProviderValues[Field]>,
  account: GoogleAccount,
) => ProviderValues[Field];

const fit: { [Field in (typeof fields)[number]]: Fit<Field> } = {
  givenName: (name) => normalizeName(fitLine(name)),
  familyName: (name) => normalizeName(fitLine(name)),
  company: fitLine,
  emails: (emails) => unique('emails', emails.flatMap(fitEmail)),
  phones: (phones, account) =>
    unique(
      'phones',
      phones.flatMap((phone) => fitPhone(phone, account)),
    ),
  addresses: (addresses) => unique('addresses', addresses.flatMap(fitAddress)),
  birthday: (date) => (/^(\d{4}|-)-\d{2}-\d{2}$/.test(date) ? date : null),
  note: (note) => (note.trim() === '' ? null : note),
};

/** Google holds nearly everything: all values, with their labels. What it cannot read, it keeps as it was typed. */
export function fitValues(values: ProviderValues, account: GoogleAccount): ProviderValues {
  const fitted: ProviderValues = {};
  for (const field of fields) {
    const value = values[field];
    if (field in values)
      fitted[field] = (value === null || value === undefined ? value : fit[field](value as never, account)) as never;
  }
  return fitted;
}

/** Google Contacts help: 1,024 characters in a field, but for notes. */
function fitLine(text: string | null): string | null {
  return normalizeLine((normalizeLine(text) ?? '').slice(0, 1_024));
}

function fitEmail({ address, label }: Email): Email[] {
  const email = normalizeEmail(address, fitLine(label));
  return email ? [email] : [];
}

function fitPhone(phone: Phone, { defaultRegion }: GoogleAccount): Phone[] {
  const label = fitLine(phone.label);
  const extension = /^\d{1,9}$/.test(phone.extension ?? '') ? phone.extension : null;
  if (phone.e164 !== null) return [{ ...phone, extension, label }];
  const read = normalizePhone(fitLine(phone.raw), { defaultRegion, label });
  return read ? [read] : [];
}

function fitAddress(address: PostalAddress): PostalAddress[] {
  const parts = Object.fromEntries(Object.entries(address).map(([part, text]) => [part, fitLine(text)]));
  const fitted = normalizeAddress(parts);
  return fitted ? [fitted] : [];
}

function unique<Field extends 'emails' | 'phones' | 'addresses'>(
  field: Field,
  items: NonNullable<ProviderValues[Field]>,
): NonNullable<ProviderValues[Field]> {
  const keyOf = itemKeys[field] as (item: unknown) => string;
  const firsts = new Map<string, unknown>();
  for (const item of items) if (!firsts.has(keyOf(item))) firsts.set(keyOf(item), item);
  return [...firsts.values()] as NonNullable<ProviderValues[Field]>;
}
