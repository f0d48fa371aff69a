import { describe, expect, it } from '@jest/globals';
import { toListedRecord, toRecord } from '#providers/google/mapping.ts';
import { person } from '#providers/google/schema.ts';
import { accountSchema } from '#providers/google/settings.ts';
import { parseFixture } from '#test/providers/fixtures.ts';

const account = accountSchema.parse({});
const fixture = parseFixture('google', 'person') as Record<string, Record<string, unknown>[]>;
const ada = person.parse(fixture);
const read = (fields: object) => toRecord(person.parse({ resourceName: 'people/c1', etag: '%x', ...fields }), account).values;

describe('a person of Google', () => {
  it('maps to canonical values: primary items first, without profile data', () => {
    expect(toRecord(ada, account)).toEqual({
      externalId: 'people/c1001',
      version: '%EgUBAgcuNz0aBAECBQciDG0wY2UxNGxWWW0wPQ==',
      updatedAt: '2026-11-20T10:00:00.123456Z',
      reference: 'ref-1',
      complete: true,
      values: {
        givenName: 'Ada',
        middleName: 'Byron',
        familyName: 'Lovelace',
        nameSuffix: null,
        company: 'Engine Works',
        jobTitle: 'Analyst',
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

  it('has empty values for absent fields', () => {
    expect(read({})).toEqual({
      ...{ givenName: null, middleName: null, familyName: null, nameSuffix: null, company: null, jobTitle: null },
      ...{ emails: [], phones: [], addresses: [], birthday: null, note: null },
    });
  });

  it.each([
    [{ familyName: 'Lovelace', honorificSuffix: 'Jr.' }, 'Lovelace', 'Jr.'],
    [{ familyName: 'Lovelace Jr.' }, 'Lovelace', 'Jr.'],
    [{ familyName: 'Lovelace, Jr.' }, 'Lovelace', 'Jr.'],
    [{ familyName: 'Lovelace', honorificSuffix: '🌸' }, 'Lovelace', '🌸'],
    [{ familyName: 'Lovelace', honorificSuffix: 'N/A' }, 'Lovelace', null],
  ])('named %j has the family name %j and the suffix %j', (name, familyName, nameSuffix) => {
    expect(read({ names: [{ givenName: 'Ada', ...name }] })).toMatchObject({ givenName: 'Ada', familyName, nameSuffix });
  });

  it.each([
    ['without a year', { date: { month: 2, day: 9 } }, '--02-09'],
    ['with the year 0', { date: { year: 0, month: 2, day: 9 } }, '--02-09'],
    ['with only a year', { date: { year: 1985 } }, null],
    ['with only text', { text: 'in spring' }, null],
  ])('has a birthday %s', (_, item, birthday) => {
    expect(read({ birthdays: [item] }).birthday).toBe(birthday);
  });

  it('has an unstructured address', () => {
    const addresses = [{ formattedValue: '12 Analytical Street\nBirmingham' }];
    expect(read({ addresses }).addresses).toMatchObject([{ street: '12 Analytical Street Birmingham', city: null }]);
  });

  it("has Google's reading of a number without a country code", () => {
    const phoneNumbers = [{ value: '020 7946 0143', canonicalForm: '+442079460143' }];
    expect(read({ phoneNumbers }).phones).toMatchObject([{ e164: '+442079460143', raw: '020 7946 0143' }]);
  });

  it('is incomplete in a listing that truncated its phones', () => {
    const phoneNumbers = Array.from({ length: 100 }, (_, index) => ({ value: `+120555501${String(index).padStart(2, '0')}` }));
    const record = toListedRecord(person.parse({ ...fixture, phoneNumbers }), account);
    expect(record).toMatchObject({ complete: false, values: { givenName: 'Ada' } });
    expect(record.values).not.toHaveProperty('phones');
    expect(toListedRecord(ada, account).complete).toBe(true);
  });
});
