import { expect } from '@jest/globals';
import { type ContactFields, emptyFields, type ProviderValues, type RecordPatch } from '#domain/contact.ts';
import type { Phone } from '#domain/values.ts';

export const noChange: RecordPatch = { set: {}, addTags: [], removeTags: [], addLists: [], removeLists: [] };

/** Someone of whom every vendor can hold everything. */
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

/** Someone of whom there is more than most vendors can hold. */
export const manySided: ContactFields = {
  givenName: 'Zoë',
  familyName: "O'Brien-Smith",
  company: 'Engine Works',
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

/** Whoever is hard to hold. All have something that lets a vendor take them at all. */
export const people: Record<string, Partial<ContactFields>> = {
  'all that there is': manySided,
  'an email and no more': { emails: [{ address: 'zoe@example.com', label: null }] },
  'a name and a birthday without a year': { givenName: 'Zoë', birthday: '--12-10' },
  'a phone that is no number': { givenName: 'Zoë', phones: [{ e164: null, extension: null, raw: '000', label: null }] },
  'a phone with an extension': { givenName: 'Zoë', phones: [{ ...phone('+12055550171', 'work'), extension: '42' }] },
  'a street without a country': { givenName: 'Zoë', addresses: [{ ...nowhere(), street: '1 Difference Row' }] },
  'a country alone': { givenName: 'Zoë', addresses: [{ ...nowhere(), country: 'US' }] },
  'a company without a person': { company: 'Engine Works', phones: [phone('+12055550171')] },
  'no call, and nothing else denied': { givenName: 'Zoë', doNotContact: { call: true, sms: false, email: false } },
  'no email, and nothing else denied': { givenName: 'Zoë', doNotContact: { call: false, sms: false, email: true } },
};

export function toNew({ tags = [], ...set }: Partial<ContactFields>): RecordPatch {
  return { ...noChange, set, addTags: tags };
}

/** What a record shows of somebody of whom nothing else is known. */
export function whole(values: ProviderValues): ProviderValues {
  return { ...emptyFields, lists: [], ...values };
}

/** What stands in `raw` is the vendor's to spell. */
export function asRead(values: ProviderValues): object {
  if (values.phones === undefined) return values;
  return { ...values, phones: values.phones.map((each) => ({ ...each, raw: expect.any(String) })) };
}

/** Of the form that ours have: a vendor's own may stand in the same place. */
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
