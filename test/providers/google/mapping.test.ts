import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { RecordPatch } from '#domain/contact.ts';
import { fitValues } from '#providers/google/fit-values.ts';
import { toListedRecord, toRecord, toValues } from '#providers/google/mapping.ts';
import { mergeFields } from '#providers/google/payload.ts';
import { person } from '#providers/google/schema.ts';
import { accountSchema } from '#providers/google/settings.ts';
import { parseFixture } from '#test/providers/fixtures.ts';

const account = accountSchema.parse({});
const fixture = parseFixture('google', 'person') as Record<string, Record<string, unknown>[]>;
const ada = person.parse(fixture);
const read = (fields: object) => toRecord(person.parse({ resourceName: 'people/c1', etag: '%x', ...fields }), account).values;
const merge = (set: RecordPatch['set'], fields: object = fixture) =>
  mergeFields(person.parse({ resourceName: 'people/c1', etag: '%x', ...fields }), set, account);
const phone = (e164: string, label: string | null = null) => ({ e164, extension: null, raw: e164, label });

describe('a person of Google', () => {
  it('becomes canonical values: what primary items say first, and nothing of the profile', () => {
    expect(toRecord(ada, account)).toEqual({
      externalId: 'people/c1001',
      version: '%EgUBAgcuNz0aBAECBQciDG0wY2UxNGxWWW0wPQ==',
      updatedAt: '2026-11-20T10:00:00.123456Z',
      reference: 'ref-1',
      complete: true,
      values: {
        givenName: 'Ada',
        familyName: 'Lovelace',
        company: 'Engine Works',
        emails: [
          { address: 'ada@example.com', label: 'home' },
          { address: 'ada@engine-works.example.com', label: 'Analytical desk' },
        ],
        phones: [
          { e164: '+12055550143', extension: null, raw: '(205) 555-0143', label: 'mobile' },
          { e164: null, extension: null, raw: 'front desk', label: 'workFax' },
        ],
        addresses: [
          {
            ...{ street: '12 Analytical Street, Suite 4', city: 'Birmingham', region: 'AL', postalCode: '35203' },
            ...{ country: 'US', label: 'work' },
          },
        ],
        birthday: '1985-12-10',
        note: 'Prefers mornings.\nAsk for Ada.',
      },
    });
  });

  it('has empty fields where the answer leaves them out', () => {
    expect(read({})).toEqual({
      ...{ givenName: null, familyName: null, company: null, emails: [], phones: [], addresses: [], birthday: null, note: null },
    });
  });

  it.each([
    ['without a year', { date: { month: 2, day: 9 } }, '--02-09'],
    ['with the year 0', { date: { year: 0, month: 2, day: 9 } }, '--02-09'],
    ['of a year alone', { date: { year: 1985 } }, null],
    ['in words alone', { text: 'in spring' }, null],
  ])('has a birthday %s', (_, item, birthday) => {
    expect(read({ birthdays: [item] }).birthday).toBe(birthday);
  });

  it('has an address that stands there in one piece', () => {
    const addresses = [{ formattedValue: '12 Analytical Street\nBirmingham' }];
    expect(read({ addresses }).addresses).toMatchObject([{ street: '12 Analytical Street Birmingham', city: null }]);
  });

  it('believes Google about a number that is typed without a country', () => {
    const phoneNumbers = [{ value: '020 7946 0143', canonicalForm: '+442079460143' }];
    expect(read({ phoneNumbers }).phones).toMatchObject([{ e164: '+442079460143', raw: '020 7946 0143' }]);
  });

  it('is not complete in a listing that has cut its phones', () => {
    const phoneNumbers = Array.from({ length: 100 }, (_, index) => ({ value: `+120555501${String(index).padStart(2, '0')}` }));
    const record = toListedRecord(person.parse({ ...fixture, phoneNumbers }), account);
    expect(record).toMatchObject({ complete: false, values: { givenName: 'Ada' } });
    expect(record.values).not.toHaveProperty('phones');
    expect(toListedRecord(ada, account).complete).toBe(true);
  });
});

describe('what is written to Google', () => {
  it('is nothing where the person holds it already, whatever its labels', () => {
    const { emails = [], ...values } = toRecord(ada, account).values;
    expect(merge({ ...values, emails: emails.map((email) => ({ ...email, label: 'other' })) })).toEqual({});
  });

  it('keeps the parts of a name that we do not map, and drops what Google makes of them', () => {
    const { displayName, displayNameLastFirst, unstructuredName, ...name } = fixture.names?.[0] ?? {};
    expect(merge({ familyName: 'King' })).toEqual({ names: [{ ...name, familyName: 'King' }] });
    expect(merge({ givenName: null, familyName: null }).names?.[0]).not.toHaveProperty('givenName');
    expect(merge({ givenName: null }, { names: [{ givenName: 'Ada' }] })).toEqual({ names: [] });
  });

  it('keeps items that stay as they are, the primary one first, and appends new ones', () => {
    const [desk, home] = fixture.emailAddresses ?? [];
    const { emails = [] } = toRecord(ada, account).values;
    const added = { address: 'lovelace@example.com', label: 'work' };
    expect(merge({ emails: [added, ...emails] })).toEqual({
      emailAddresses: [home, desk, { value: 'lovelace@example.com', type: 'work' }],
    });
    expect(merge({ emails: [{ address: 'ada@engine-works.example.com', label: null }] })).toEqual({ emailAddresses: [desk] });
    expect(merge({ emails: [] })).toEqual({ emailAddresses: [] });
  });

  it('keeps what it cannot read', () => {
    const emailAddresses = [{ value: 'ask at the desk' }, { value: 'ada@example.com' }];
    expect(merge({ emails: [] }, { emailAddresses })).toEqual({ emailAddresses: [{ value: 'ask at the desk' }] });
  });

  it('keeps one and the same number in the form in which it was typed', () => {
    const [mobile] = fixture.phoneNumbers ?? [];
    const phones = [phone('+12055550143'), { ...phone('+12055550199', 'home'), extension: '7' }];
    expect(merge({ phones })).toEqual({ phoneNumbers: [mobile, { value: '+12055550199 ext. 7', type: 'home' }] });
  });

  it('writes the country with its code and its name', () => {
    const address = { street: '1 Row', city: null, region: null, postalCode: null, country: 'GB', label: null };
    expect(merge({ addresses: [address] }, {})).toEqual({
      addresses: [{ streetAddress: '1 Row', country: 'United Kingdom', countryCode: 'GB' }],
    });
    expect(merge({ addresses: [{ ...address, country: 'Atlantis' }] }, {}).addresses?.[0]).toMatchObject({ country: 'Atlantis' });
  });

  it('renames the present job and leaves its title, and the other jobs, alone', () => {
    const [former, present] = fixture.organizations ?? [];
    expect(merge({ company: 'Enchantress Ltd' })).toEqual({ organizations: [former, { ...present, name: 'Enchantress Ltd' }] });
    const { name, ...nameless } = present ?? {};
    expect(merge({ company: null })).toEqual({ organizations: [former, nameless] });
    expect(merge({ company: null }, { organizations: [{ name: 'Engine Works', current: true }] })).toEqual({ organizations: [] });
    expect(merge({ company: 'Engine Works' }, {})).toEqual({ organizations: [{ name: 'Engine Works' }] });
  });

  it.each([
    ['1985-12-11', { year: 1985, month: 12, day: 11 }],
    ['--12-10', { month: 12, day: 10 }],
  ])('writes the birthday %s, without the words for another day', (birthday, date) => {
    const { text, ...rest } = fixture.birthdays?.[0] ?? {};
    expect(merge({ birthday })).toEqual({ birthdays: [{ ...rest, date }] });
    expect(merge({ birthday: null })).toEqual({ birthdays: [] });
  });

  it('writes a note as plain text', () => {
    const biographies = [{ value: '<b>bold</b>', contentType: 'TEXT_HTML' }];
    expect(merge({ note: 'bold' }, { biographies })).toEqual({ biographies: [{ value: 'bold', contentType: 'TEXT_PLAIN' }] });
  });

  it('is of a person who is new only what there is', () => {
    expect(merge({ givenName: 'Ada', familyName: null, emails: [], company: null, note: null }, {})).toEqual({
      names: [{ givenName: 'Ada' }],
    });
  });
});

describe('what Google holds', () => {
  const held = (values: Parameters<typeof fitValues>[0]) => fitValues(values, account);

  it('is each value once', () => {
    const twice = [phone('+12055550143', 'mobile'), phone('+12055550143', 'work')];
    expect(held({ phones: twice }).phones).toEqual([twice[0]]);
  });

  it('is no more than 1,024 characters in a field, but for notes', () => {
    const long = 'x'.repeat(2_000);
    expect(held({ company: long, note: long })).toEqual({ company: 'x'.repeat(1_024), note: long });
  });

  it('is a number where one can be read in what was typed', () => {
    const typed = { e164: null, extension: null, raw: '(205) 555-0143', label: null };
    expect(held({ phones: [typed] }).phones).toMatchObject([{ e164: '+12055550143' }]);
  });

  it('is what it shows after a write, whatever it was given', () => {
    const text = fc.option(fc.oneof(fc.constantFrom('work', 'US', 'United Kingdom', 'x'.repeat(1_030)), fc.string()));
    const e164 = fc.constantFrom('+12055550143', '+12055550144', '+442079460143', null);
    const place = { street: text, city: text, region: text, postalCode: text, country: text, label: text };
    const anything = fc.record({
      ...{ givenName: text, familyName: text, company: text, note: text },
      emails: fc.array(fc.record({ address: fc.emailAddress(), label: text }), { maxLength: 3 }),
      phones: fc.array(fc.record({ e164, extension: text, raw: fc.string({ minLength: 1 }), label: text }), { maxLength: 3 }),
      addresses: fc.array(fc.record(place), { maxLength: 3 }),
      birthday: fc.constantFrom(null, '1985-12-10', '--02-29'),
    });
    const seen = ({ phones = [], ...values }: ReturnType<typeof held>) => ({
      ...values,
      phones: phones.map(({ raw: _, ...phone }) => phone),
    });
    fc.assert(
      fc.property(anything, (values) => {
        expect(seen(toValues(mergeFields({}, values, account), account))).toEqual(seen(held(values)));
      }),
      { numRuns: 1_000 },
    );
  });
});
