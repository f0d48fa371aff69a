import { expect } from '@jest/globals';
import { type ContactFields, emptyFields, type ProviderValues, type RecordPatch } from '#domain/contact.ts';
import type { Phone } from '#domain/values.ts';
import type { Provider } from '#providers/provider.ts';

export const noChange: RecordPatch = { set: {}, addTags: [], removeTags: [], addLists: [], removeLists: [] };

/** A person that every vendor can store completely. */
export function person(number: number): RecordPatch['set'] {
  return {
    givenName: 'Ada',
    familyName: 'Lovelace',
    emails: [{ address: email(number), label: null }],
    phones: [phone(e164(number))],
    addresses: [
      { street: '12 Analytical Street', city: 'Birmingham', region: 'AL', postalCode: '35203', country: 'US', label: null },
    ],
  };
}

/** A person with more values than most vendors can store. */
export const manySided: ContactFields = {
  givenName: 'Zoë',
  middleName: 'Maria',
  familyName: "O'Brien-Smith",
  nameSuffix: 'PhD',
  company: 'Engine Works',
  jobTitle: 'Chief Analyst',
  emails: [
    { address: 'zoe@example.com', label: null },
    { address: 'zoe.work@example.com', label: 'work' },
  ],
  phones: [phone('+12055550171'), phone('+12055550172', 'work'), phone('+12055550173', 'mobile')],
  addresses: [
    { street: '1 Difference Row', city: 'Mobile', region: 'AL', postalCode: '36602', country: 'US', label: 'work' },
    { street: null, city: 'London', region: null, postalCode: 'W1U 3AA', country: 'GB', label: 'home' },
  ],
  birthday: '1985-12-10',
  tags: ['Cold Lead', 'VIP'],
  note: 'Prefers mornings.\nAsk for Ada.',
  source: 'landing page',
  doNotContact: { call: true, sms: true, email: true },
};

/** People with unusual values. Each has at least one value that every vendor accepts. */
export const people: Record<string, Partial<ContactFields>> = {
  'all fields': manySided,
  'only an email': { emails: [{ address: 'zoe@example.com', label: null }] },
  'a name and a birthday without a year': { givenName: 'Zoë', birthday: '--12-10' },
  'an invalid phone number': { givenName: 'Zoë', phones: [{ e164: null, extension: null, raw: '000', label: null }] },
  'a text in the place of an email address': { givenName: 'Zoë', emails: [{ address: 'zoe..x.@example.org', label: null }] },
  'a phone with an extension': { givenName: 'Zoë', phones: [{ ...phone('+12055550171', 'work'), extension: '42' }] },
  'a street without a country': { givenName: 'Zoë', addresses: [{ ...nowhere(), street: '1 Difference Row' }] },
  'only a country': { givenName: 'Zoë', addresses: [{ ...nowhere(), country: 'US' }] },
  'a company without a name': { company: 'Engine Works', phones: [phone('+12055550171')] },
  'only calls denied': { givenName: 'Zoë', doNotContact: { call: true, sms: false, email: false } },
  'only emails denied': { givenName: 'Zoë', doNotContact: { call: false, sms: false, email: true } },
};

export function toNew({ tags = [], ...set }: Partial<ContactFields>): RecordPatch {
  return { ...noChange, set, addTags: tags };
}

/** Adds empty values for all other fields. */
export function whole(values: ProviderValues): ProviderValues {
  return { ...emptyFields, lists: [], ...values };
}

/** Without the fields that no write changes, and without the ids of custom fields, which are no values. */
export function withoutReadOnly(
  { readOnlyFields = [] }: Pick<Provider, 'readOnlyFields'>,
  values: ProviderValues,
): ProviderValues {
  const { customFieldIds: _, ...shown } = values;
  const written = Object.entries(shown).filter(([field]) => !readOnlyFields.some((each) => each === field));
  return Object.fromEntries(written);
}

/** Accepts any `raw`: vendors format phone numbers differently. */
export function asRead(values: ProviderValues): object {
  if (values.phones === undefined) return values;
  return { ...values, phones: values.phones.map((each) => ({ ...each, raw: expect.any(String) })) };
}

/** Has the form of our references: the vendor's field may also have values of others. */
export function referenceOf(number: number): string {
  return `01980000-0000-7000-8000-00000000000${number}`;
}

export function email(number: number): string {
  return `ada${number}@example.com`;
}

export function e164(number: number): string {
  return `+120555501${String(40 + number)}`;
}

function phone(number: string, label: string | null = null): Phone {
  return { e164: number, extension: null, raw: number, label };
}

function nowhere() {
  return { street: null, city: null, region: null, postalCode: null, country: null, label: null };
}
