import { describe, expect, it } from '@jest/globals';
import { acceptedItems, fitValues } from '#providers/square/fit-values.ts';

const nowhere = { street: null, city: null, region: null, postalCode: null, country: null, label: null };

describe('fitValues of Square', () => {
  it('keeps one email, one phone and one address with a known country', () => {
    const phone = { extension: '7', label: 'work' };
    expect(
      fitValues({
        emails: ['a@example.com', 'b@example.com'].map((address) => ({ address, label: 'work' })),
        phones: [
          { ...phone, e164: '+12055550143', raw: '(205) 555-0143' },
          { ...phone, e164: '+12055550144', raw: '(205) 555-0144' },
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
    ['+12055550143', true],
    ['+2901234', false],
    [null, false],
  ])('takes the number %s: %s', (e164, taken) => {
    expect(acceptedItems.phones?.({ e164, extension: null, raw: e164 ?? '000', label: null })).toBe(taken);
  });

  it.each([
    ['ada@example.com', true],
    ['ume..x.@example.org', false],
    ['see notes', false],
  ])('takes the email %s: %s', (address, taken) => {
    expect(acceptedItems.emails?.({ address, label: null })).toBe(taken);
  });

  it.each([
    ['--12-10', '--12-10'],
    ['--02-29', '--02-29'],
    ['--02-30', null],
    ['2023-02-29', null],
    ['0000-12-10', null],
    ['10 December', null],
  ])('maps the birthday %s to %j', (birthday, expected) => {
    expect(fitValues({ birthday }).birthday).toBe(expected);
  });

  it('truncates names to 300 and companies to 500 characters, never within a surrogate pair', () => {
    const { givenName, familyName, company } = fitValues({
      givenName: `${'a'.repeat(299)} b`,
      familyName: `${'a'.repeat(299)}😀`,
      company: 'c'.repeat(501),
    });
    expect([givenName, familyName, company]).toEqual(['a'.repeat(299), 'a'.repeat(299), 'c'.repeat(500)]);
  });

  it('keeps the line breaks of a note, and trims its ends', () => {
    expect(fitValues({ note: '\r\n one\r\ntwo \n' }).note).toBe('one\ntwo');
    expect(fitValues({ note: ' \n' }).note).toBeNull();
  });
});
