import { describe, expect, it } from '@jest/globals';
import type { RecordPatch } from '#domain/contact.ts';
import { fitValues } from '#providers/square/fit-values.ts';
import { toRecord, toRequestedRecord } from '#providers/square/mapping.ts';
import { fromNew, fromPatch } from '#providers/square/payload.ts';
import { customer } from '#providers/square/schema.ts';
import { accountSchema } from '#providers/square/settings.ts';

const account = accountSchema.parse({});
const read = (fields: object) => toRecord(customer.parse({ id: 'c1', ...fields }), account).values;
const ada = '01980000-0000-7000-8000-000000000001';
const nowhere = { street: null, city: null, region: null, postalCode: null, country: null, label: null };

describe('a customer of Square', () => {
  it('has empty fields where the answer leaves them out', () => {
    expect(toRecord(customer.parse({ id: 'c1' }), account)).toEqual({
      externalId: 'c1',
      version: null,
      updatedAt: null,
      reference: null,
      complete: true,
      values: {
        givenName: null,
        familyName: null,
        company: null,
        emails: [],
        phones: [],
        addresses: [],
        birthday: null,
        note: null,
      },
    });
  });

  it('has a version of any size, as a text', () => {
    expect(toRecord(customer.parse({ id: 'c1', version: 9007199254740993n }), account).version).toBe('9007199254740993');
  });

  it.each([
    ['0000-12-10', '--12-10'],
    ['0000-02-29', '--02-29'],
    ['1985-12-10', '1985-12-10'],
    ['1985-02-30', null],
    ['soon', null],
  ])('whose birthday is %j, was born on %j', (birthday, expected) => {
    expect(read({ birthday }).birthday).toBe(expected);
  });

  it('has the lines of its street in one', () => {
    const address = { addressLine1: '12 Analytical Street', addressLine2: ' Floor 3 ', addressLine3: '', locality: 'Birmingham' };
    expect(read({ address }).addresses).toEqual([{ ...nowhere, street: '12 Analytical Street, Floor 3', city: 'Birmingham' }]);
  });

  it('has no address where its parts are blank', () => {
    expect(read({ address: { addressLine1: ' ', country: null } }).addresses).toEqual([]);
  });

  it.each([
    [ada, ada],
    ['', null],
    [undefined, null],
    ['1042', null],
    ['customer 01980000-0000-7000-8000-000000000001', null],
    [ada.toUpperCase().replace('8000', 'ABCD'), null],
  ])('with the reference %j carries %j of ours', (referenceId, expected) => {
    expect(toRecord(customer.parse({ id: 'c1', referenceId }), account).reference).toBe(expected);
  });

  it('says which id it replaces when it answers to another', () => {
    const merged = customer.parse({ id: 'new' });
    expect(toRequestedRecord('old', merged, account)).toMatchObject({ externalId: 'new', replaces: ['old'] });
    expect(toRequestedRecord('new', merged, account)).not.toHaveProperty('replaces');
  });
});

describe('a write to Square', () => {
  it('names just what the patch names', () => {
    expect(fromPatch({ set: { familyName: 'King' } })).toEqual({ familyName: 'King' });
    expect(fromPatch({ set: {} })).toEqual({});
  });

  it('clears with null', () => {
    const set = { givenName: null, company: null, emails: [], phones: [], addresses: [], birthday: null, note: null };
    expect(fromPatch({ set })).toEqual({
      givenName: null,
      companyName: null,
      emailAddress: null,
      phoneNumber: null,
      address: null,
      birthday: null,
      note: null,
    });
  });

  it('clears the lines of the street that are folded into the first, and the parts that are gone', () => {
    const addresses = [{ ...nowhere, street: '12 Analytical Street, Floor 3', city: 'Birmingham' }];
    expect(fromPatch({ set: { addresses } }).address).toEqual({
      addressLine1: '12 Analytical Street, Floor 3',
      addressLine2: null,
      addressLine3: null,
      locality: 'Birmingham',
      administrativeDistrictLevel1: null,
      postalCode: null,
      country: null,
    });
  });

  it.each([
    ['--12-10', '12-10'],
    ['1985-12-10', '1985-12-10'],
  ])('gives the birthday %s as %s', (birthday, sent) => {
    expect(fromPatch({ set: { birthday } })).toEqual({ birthday: sent });
  });

  it('creates without blanks', () => {
    const set: RecordPatch['set'] = {
      givenName: 'Ada',
      familyName: null,
      emails: [],
      addresses: [{ ...nowhere, city: 'Birmingham' }],
    };
    expect(fromNew({ set })).toEqual({ givenName: 'Ada', address: { locality: 'Birmingham' } });
  });
});

describe('what Square can hold', () => {
  it('is one email, one phone that it takes for a number, one address with a country that it knows', () => {
    const phone = { extension: '7', label: 'work' };
    expect(
      fitValues({
        emails: ['a@example.com', 'b@example.com'].map((address) => ({ address, label: 'work' })),
        phones: [
          { ...phone, e164: null, raw: '000' },
          { ...phone, e164: '+2901234', raw: '+290 1234' },
          { ...phone, e164: '+12055550143', raw: '(205) 555-0143' },
        ],
        addresses: [
          { ...nowhere, country: 'Atlantis' },
          { ...nowhere, street: '1 A St', country: 'XK', label: 'home' },
        ],
        tags: ['dropped'],
        lists: ['dropped'],
      }),
    ).toEqual({
      emails: [{ address: 'a@example.com', label: null }],
      phones: [{ e164: '+12055550143', extension: null, raw: '(205) 555-0143', label: null }],
      addresses: [{ ...nowhere, street: '1 A St' }],
    });
  });

  it.each([
    ['--12-10', '--12-10'],
    ['--02-29', '--02-29'],
    ['--02-30', null],
    ['2023-02-29', null],
    ['0000-12-10', null],
    ['10 December', null],
  ])('of the birthday %s is %j', (birthday, expected) => {
    expect(fitValues({ birthday }).birthday).toBe(expected);
  });

  it('is 300 characters of a name and 500 of a company, and no half of one', () => {
    const { givenName, familyName, company } = fitValues({
      givenName: `${'a'.repeat(299)} b`,
      familyName: `${'a'.repeat(299)}😀`,
      company: 'c'.repeat(501),
    });
    expect([givenName, familyName, company]).toEqual(['a'.repeat(299), 'a'.repeat(299), 'c'.repeat(500)]);
  });

  it('is a note with its lines, and nothing around them', () => {
    expect(fitValues({ note: '\r\n one\r\ntwo \n' }).note).toBe('one\ntwo');
    expect(fitValues({ note: ' \n' }).note).toBeNull();
  });
});
