import { describe, expect, it } from '@jest/globals';
import type { RecordPatch } from '#domain/contact.ts';
import { toRecord } from '#providers/google/mapping.ts';
import { mergeFields } from '#providers/google/payload.ts';
import { person } from '#providers/google/schema.ts';
import { accountSchema } from '#providers/google/settings.ts';
import { parseFixture } from '#test/providers/fixtures.ts';

const account = accountSchema.parse({});
const fixture = parseFixture('google', 'person') as Record<string, Record<string, unknown>[]>;
const ada = person.parse(fixture);
const merge = (set: RecordPatch['set'], fields: object = fixture) =>
  mergeFields(person.parse({ resourceName: 'people/c1', etag: '%x', ...fields }), set, account);
const phone = (e164: string, label: string | null = null) => ({ e164, extension: null, raw: e164, label });

describe('the payload of a write to Google', () => {
  it('is empty when the person has the values already, with any labels', () => {
    const { emails = [], ...values } = toRecord(ada, account).values;
    expect(merge({ ...values, emails: emails.map((email) => ({ ...email, label: 'other' })) })).toEqual({});
  });

  it('keeps unmapped parts of a name, and omits derived full names', () => {
    const { displayName, displayNameLastFirst, unstructuredName, ...name } = fixture.names?.[0] ?? {};
    expect(merge({ familyName: 'King' })).toEqual({ names: [{ ...name, familyName: 'King' }] });
    expect(merge({ givenName: null, familyName: null }).names?.[0]).not.toHaveProperty('givenName');
    expect(merge({ givenName: null }, { names: [{ givenName: 'Ada' }] })).toEqual({ names: [] });
  });

  it('moves a suffix from the family name to its own key with a change to either, and not otherwise', () => {
    const names = [{ honorificPrefix: 'Dr.', givenName: 'Ada', familyName: 'Lovelace Jr.' }];
    const [name] = names;
    expect(merge({ familyName: 'Lovelace', nameSuffix: 'Jr.' }, { names })).toEqual({});
    expect(merge({ nameSuffix: 'Sr.' }, { names }).names).toEqual([{ ...name, familyName: 'Lovelace', honorificSuffix: 'Sr.' }]);
    expect(merge({ nameSuffix: null }, { names }).names).toEqual([{ ...name, familyName: 'Lovelace' }]);
    expect(merge({ familyName: 'King' }, { names }).names).toEqual([{ ...name, familyName: 'King', honorificSuffix: 'Jr.' }]);
    expect(merge({ givenName: 'Augusta' }, { names }).names).toEqual([{ ...name, givenName: 'Augusta' }]);
  });

  it('keeps unchanged items, the primary one first, and appends new ones', () => {
    const [desk, home] = fixture.emailAddresses ?? [];
    const { emails = [] } = toRecord(ada, account).values;
    const added = { address: 'lovelace@example.com', label: 'work' };
    expect(merge({ emails: [added, ...emails] })).toEqual({
      emailAddresses: [home, desk, { value: 'lovelace@example.com', type: 'work' }],
    });
    expect(merge({ emails: [{ address: 'ada@engine-works.example.com', label: null }] })).toEqual({ emailAddresses: [desk] });
    expect(merge({ emails: [] })).toEqual({ emailAddresses: [] });
  });

  it('keeps unreadable items', () => {
    const emailAddresses = [{ value: 'ask at the desk' }, { value: 'ada@example.com' }];
    expect(merge({ emails: [] }, { emailAddresses })).toEqual({ emailAddresses: [{ value: 'ask at the desk' }] });
  });

  it('keeps an unchanged number as typed', () => {
    const [mobile] = fixture.phoneNumbers ?? [];
    const phones = [phone('+12055550143'), { ...phone('+12055550199', 'home'), extension: '7' }];
    expect(merge({ phones })).toEqual({ phoneNumbers: [mobile, { value: '+12055550199 ext. 7', type: 'home' }] });
  });

  it('has the code and the name of the country', () => {
    const address = { street: '1 Row', city: null, region: null, postalCode: null, country: 'GB', label: null };
    expect(merge({ addresses: [address] }, {})).toEqual({
      addresses: [{ streetAddress: '1 Row', country: 'United Kingdom', countryCode: 'GB' }],
    });
    expect(merge({ addresses: [{ ...address, country: 'Atlantis' }] }, {}).addresses?.[0]).toMatchObject({ country: 'Atlantis' });
  });

  it('changes the company of the current job, and neither its title nor other jobs', () => {
    const [former, present] = fixture.organizations ?? [];
    expect(merge({ company: 'Enchantress Ltd' })).toEqual({ organizations: [former, { ...present, name: 'Enchantress Ltd' }] });
    const { name, ...nameless } = present ?? {};
    expect(merge({ company: null })).toEqual({ organizations: [former, nameless] });
    expect(merge({ company: null }, { organizations: [{ name: 'Engine Works', current: true }] })).toEqual({ organizations: [] });
    expect(merge({ company: 'Engine Works' }, {})).toEqual({ organizations: [{ name: 'Engine Works' }] });
  });

  it('changes the title of the current job, and neither its company nor other jobs', () => {
    const [former, present] = fixture.organizations ?? [];
    expect(merge({ jobTitle: 'Countess' })).toEqual({ organizations: [former, { ...present, title: 'Countess' }] });
    const { title, ...untitled } = present ?? {};
    expect(merge({ jobTitle: null })).toEqual({ organizations: [former, untitled] });
    const job = { name: 'Engine Works', title: 'Analyst' };
    expect(merge({ company: null, jobTitle: null }, { organizations: [job] })).toEqual({ organizations: [] });
    expect(merge({ company: 'Engine Works', jobTitle: 'Analyst' }, {})).toEqual({ organizations: [job] });
  });

  it.each([
    ['1985-12-11', { year: 1985, month: 12, day: 11 }],
    ['--12-10', { month: 12, day: 10 }],
  ])('has the birthday %s, without the text of the old date', (birthday, date) => {
    const { text, ...rest } = fixture.birthdays?.[0] ?? {};
    expect(merge({ birthday })).toEqual({ birthdays: [{ ...rest, date }] });
    expect(merge({ birthday: null })).toEqual({ birthdays: [] });
  });

  it('has a note as plain text', () => {
    const biographies = [{ value: '<b>bold</b>', contentType: 'TEXT_HTML' }];
    expect(merge({ note: 'bold' }, { biographies })).toEqual({ biographies: [{ value: 'bold', contentType: 'TEXT_PLAIN' }] });
  });

  it('has no empty values for a new person', () => {
    expect(merge({ givenName: 'Ada', familyName: null, emails: [], company: null, note: null }, {})).toEqual({
      names: [{ givenName: 'Ada' }],
    });
  });
});
