import { expect, it } from '@jest/globals';
import { findCountryCode, normalizeAddress } from '#domain/normalize/address.ts';

it('trims every part', () => {
  expect(
    normalizeAddress({ street: ' 1  Main St ', city: 'Austin', region: ' TX', postalCode: '78701 ', country: 'usa' }),
  ).toEqual({
    street: '1 Main St',
    city: 'Austin',
    region: 'TX',
    postalCode: '78701',
    country: 'US',
    label: null,
  });
});

it.each([{}, { street: ' ', city: null }, { label: 'Home' }])('reads %j as no address', (parts) => {
  expect(normalizeAddress(parts)).toBeNull();
});

it('keeps an unknown country as typed', () => {
  expect(normalizeAddress({ country: ' Narnia ' })?.country).toBe('Narnia');
});

it.each([
  ['us', 'US'],
  ['U.S.A.', 'US'],
  ['United States of America', 'US'],
  ['UK', 'GB'],
  ['England', 'GB'],
  ['the Netherlands', 'NL'],
  ['Türkiye', 'TR'],
  ['Cote d’Ivoire', 'CI'],
  ['Trinidad & Tobago', 'TT'],
  ['South Korea', 'KR'],
  ['hong kong', 'HK'],
  ['CA', 'CA'],
  ['Deutschland', 'DE'],
  ['Österreich', 'AT'],
  ['Schweiz', 'CH'],
  ['España', 'ES'],
  ['Brasil', 'BR'],
  ['Nederland', 'NL'],
  ['UAE', 'AE'],
  ['U.A.E.', 'AE'],
  ['Korea, Republic of', 'KR'],
  ["Korea, Democratic People's Republic of", 'KP'],
  ['日本', 'JP'],
  ['Россия', 'RU'],
  ['ZZ', null],
  ['Atlantis', null],
  ['', null],
])('reads %j as the country %j', (text, code) => {
  expect(findCountryCode(text)).toBe(code);
});
