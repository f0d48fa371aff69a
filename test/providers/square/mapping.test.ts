import { describe, expect, it } from '@jest/globals';
import { toRecord, toRequestedRecord } from '#providers/square/mapping.ts';
import { customer } from '#providers/square/schema.ts';
import { accountSchema } from '#providers/square/settings.ts';

const account = accountSchema.parse({});
const read = (fields: object) => toRecord(customer.parse({ id: 'c1', ...fields }), account).values;
const ada = '01980000-0000-7000-8000-000000000001';
const nowhere = { street: null, city: null, region: null, postalCode: null, country: null, label: null };

describe('a customer of Square', () => {
  it('has empty values for absent fields', () => {
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

  it.each([
    [{ emailUnsubscribed: true }, { call: false, sms: false, email: true }],
    [{ emailUnsubscribed: false }, { call: false, sms: false, email: false }],
    [{}, undefined],
    [undefined, undefined],
  ])('with the preferences %j has the refusals %j', (preferences, doNotContact) => {
    expect(read({ preferences }).doNotContact).toEqual(doNotContact);
  });

  it('has a version of any size, as a string', () => {
    expect(toRecord(customer.parse({ id: 'c1', version: 9007199254740993n }), account).version).toBe('9007199254740993');
  });

  it.each([
    ['0000-12-10', '--12-10'],
    ['0000-02-29', '--02-29'],
    ['1985-12-10', '1985-12-10'],
    ['1985-02-30', null],
    ['', null],
  ])('with the birthday %j maps to %j', (birthday, expected) => {
    expect(read({ birthday }).birthday).toBe(expected);
  });

  it('has no birthday in its values, rather than an empty one, when the date cannot be read', () => {
    expect(read({ birthday: 'soon' })).not.toHaveProperty('birthday');
  });

  it('has all address lines in one street', () => {
    const address = { addressLine1: '12 Analytical Street', addressLine2: ' Floor 3 ', addressLine3: '', locality: 'Birmingham' };
    expect(read({ address }).addresses).toEqual([{ ...nowhere, street: '12 Analytical Street, Floor 3', city: 'Birmingham' }]);
  });

  it('has the parts without a place of their own as the street of an address that has only those', () => {
    expect(read({ address: { sublocality: 'Chiyoda', administrativeDistrictLevel2: 'Tokyo' } }).addresses).toEqual([
      { ...nowhere, street: 'Chiyoda, Tokyo' },
    ]);
    expect(read({ address: { addressLine1: '1-1', sublocality: 'Chiyoda' } }).addresses).toEqual([{ ...nowhere, street: '1-1' }]);
  });

  it.each([
    ['see notes', [{ address: 'see notes', label: null }]],
    ['n/a', []],
    [' - ', []],
  ])('has the email %j as %j', (emailAddress, expected) => {
    expect(read({ emailAddress }).emails).toEqual(expected);
  });

  it('has no address when all parts are blank', () => {
    expect(read({ address: { addressLine1: ' ', country: null } }).addresses).toEqual([]);
  });

  it.each([
    [ada, ada],
    ['', null],
    [undefined, null],
    ['1042', null],
    ['customer 01980000-0000-7000-8000-000000000001', null],
    [ada.toUpperCase().replace('8000', 'ABCD'), null],
  ])('with the reference %j maps to the reference %j', (referenceId, expected) => {
    expect(toRecord(customer.parse({ id: 'c1', referenceId }), account).reference).toBe(expected);
  });

  it('reports the requested id when its own differs', () => {
    const merged = customer.parse({ id: 'new' });
    expect(toRequestedRecord('old', merged, account)).toMatchObject({ externalId: 'new', replaces: ['old'] });
    expect(toRequestedRecord('new', merged, account)).not.toHaveProperty('replaces');
  });
});
