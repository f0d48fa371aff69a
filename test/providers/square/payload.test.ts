import { describe, expect, it } from '@jest/globals';
import type { RecordPatch } from '#domain/contact.ts';
import { fromNew, fromPatch } from '#providers/square/payload.ts';

const nowhere = { street: null, city: null, region: null, postalCode: null, country: null, label: null };

describe('the payload of a write to Square', () => {
  it('has only the fields of the patch', () => {
    expect(fromPatch({ set: { familyName: 'King' } })).toEqual({ familyName: 'King' });
    expect(fromPatch({ set: {} })).toEqual({});
  });

  it('clears fields with null', () => {
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

  it('writes the street to the first line, and clears the other lines and empty parts', () => {
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
  ])('has the birthday %s as %s', (birthday, sent) => {
    expect(fromPatch({ set: { birthday } })).toEqual({ birthday: sent });
  });

  it('creates without empty values', () => {
    const set: RecordPatch['set'] = {
      givenName: 'Ada',
      familyName: null,
      emails: [],
      addresses: [{ ...nowhere, city: 'Birmingham' }],
    };
    expect(fromNew({ set })).toEqual({ givenName: 'Ada', address: { locality: 'Birmingham' } });
  });
});
