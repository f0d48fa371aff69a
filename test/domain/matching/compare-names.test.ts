import { describe, expect, it } from '@jest/globals';
import { bearsName } from '#domain/matching/compare-emails.ts';
import { areDistinct, compareNames } from '#domain/matching/compare-names.ts';
import { type NameParts, toNameParts } from '#domain/matching/person-name.ts';
import { differByTypo, editDistance, toSound, toSpelling } from '#domain/matching/spelling.ts';

const parse = (given: string | null, family: string | null): NameParts => {
  const parts = toNameParts({ givenName: given, familyName: family });
  if (parts === null) throw new Error('The name is blank');
  return parts;
};

describe('two given names', () => {
  it.each([
    ['John', 'JOHN', 'given-same-common'],
    ['Isolde', 'isolde', 'given-same-rare'],
    ['Łukasz', 'Lukasz', 'given-same-rare'],
    ['Đorđe', 'Djordje', 'given-same-rare'],
    ['伟', 'Wei', 'given-same-rare'],
    ['Anne-Lise', 'Annelise', 'given-same-rare'],
    ['Dr. John', 'John', 'given-same-common'],
    ['Jonh', 'John', 'given-typo'],
    ['Jenifer', 'Jennifer', 'given-spelling'],
    ['Bill', 'William', 'given-nickname'],
    ['Will', 'Bill', 'given-nickname'],
    ['Peggy', 'Meg', 'given-nickname'],
    ['Nacho', 'Ignacio', 'given-nickname'],
    ['Mohammed', 'Muhammad', 'given-nickname'],
    ['Sam', 'Samantha', 'given-nickname'],
    ['Marc', 'Mark', 'given-spelling'],
    ['Kathrine', 'Katherine', 'given-spelling'],
    ['José Luis', 'Luis', 'given-one-of'],
    ['J', 'John', 'given-initial'],
    ['J.', 'Mary', 'given-clash'],
    ['Jon', 'Joan', 'given-clash'],
    ['Erik', 'Erika', 'given-clash'],
    ['Jean', 'Jeanne', 'given-similar'],
    ['Anna', 'Hanna', 'given-similar'],
    ['Emily', 'Emma', 'given-clash'],
    ['Hannah', 'Joanna', 'given-clash'],
    ['Hannah', 'Jo', 'given-clash'],
    ['Lee', 'Leah', 'given-clash'],
    ['Bob', 'Bill', 'given-clash'],
    ['Amira', 'Samira', 'given-similar'],
    ['John', 'Mary', 'given-clash'],
    ['Guest12', 'Guest13', 'given-clash'],
  ])('%s and %s: %s', (one, other, expected) => {
    expect(compareNames(parse(one, 'Roy'), parse(other, 'Roy')).given).toBe(expected);
    expect(compareNames(parse(other, 'Roy'), parse(one, 'Roy')).given).toBe(expected);
  });
});

describe('two family names', () => {
  it.each([
    ['Smith', 'SMITH', 'family-same-common'],
    ['Lindqvist', 'Lindqvist', 'family-same-rare'],
    ['Müller', 'Mueller', 'family-same-common'],
    ["O'Brien", 'O’Brien', 'family-same-common'],
    ['de la Cruz', 'Delacruz', 'family-same-common'],
    ['Philips', 'Phillips', 'family-typo'],
    ['Smith', 'Smith-Jones', 'family-part'],
    ['Smith (work)', 'Smith', 'family-same-common'],
    ['Smith Jr.', 'Smith', 'family-same-common'],
    ['S', 'Smith', 'family-initial'],
    ['Smith', 'Jones', 'family-clash'],
  ])('%s and %s: %s', (one, other, expected) => {
    expect(compareNames(parse('Ada', one), parse('Ada', other)).family).toBe(expected);
    expect(compareNames(parse('Ada', other), parse('Ada', one)).family).toBe(expected);
  });
});

it.each<[string, [string, string | null], [string, string]]>([
  ['given and family name that are swapped', ['Smith', 'John'], ['John', 'Smith']],
  ['a whole name in one field', ['John Smith', null], ['John', 'Smith']],
  ['the family name first, behind a comma', ['Smith, John', null], ['John', 'Smith']],
])('%s are one name', (_what, one, other) => {
  expect(compareNames(parse(...one), parse(...other))).toMatchObject({
    given: 'given-same-common',
    family: 'family-same-common',
  });
});

it('a brother and a sister whose names were swapped do not agree in the family name that stands first', () => {
  expect(compareNames(parse('Young', 'Frank'), parse('Young', 'Carla')).given).toBe('given-clash');
  expect(compareNames(parse('Castellanos', 'Frank'), parse('Castellanos', 'Carla')).given).toBe('given-clash');
});

it('a mailbox with an initial does not bear a given name, also where the names were swapped', () => {
  expect(bearsName({ local: 'cyoung.45' }, parse('Young', 'Carl'))).toBe(false);
  expect(bearsName({ local: 'carlyoung' }, parse('Young', 'Carl'))).toBe(true);
  expect(bearsName({ local: 'petral' }, parse('Petra', 'Lund'))).toBe(true);
});

it.each([
  ['a couple', 'John & Mary', 'Smith'],
  ['a couple with titles', 'Mr & Mrs', 'Smith'],
  ['an estate', 'Estate of John', 'Smith'],
  ['a family', 'The', 'Smith Family'],
])('%s is a name of several people', (_what, given, family) => {
  expect(parse(given, family).isGroup).toBe(true);
});

it('a name of one person is of one person', () => {
  expect(parse('José', 'Ortega y Gasset').isGroup).toBe(false);
  expect(parse('Andy', 'Sanders').isGroup).toBe(false);
});

it.each(['Facebook User', 'Test Lead', '+15124681001'])('%s is no name', (name) => {
  expect(toNameParts({ givenName: name, familyName: null })).toBeNull();
});

it('different middle names, generations and titles are told', () => {
  expect(compareNames(parse('John Quincy', 'Adams'), parse('John Robert', 'Adams')).middleClashes).toBe(true);
  expect(compareNames(parse('John Q.', 'Adams'), parse('John Quincy', 'Adams')).middleClashes).toBe(false);
  expect(compareNames(parse('John', 'Smith Sr.'), parse('John', 'Smith Jr.')).generation).toBe('clash');
  expect(compareNames(parse('John', 'Smith'), parse('John', 'Smith III')).generation).toBe('missing');
  expect(compareNames(parse('Mr', 'Ez'), parse('Mrs', 'Ez')).honorificsClash).toBe(true);
});

it('distinct names make a key shared, incomplete ones do not', () => {
  expect(areDistinct(parse('John', 'Smith'), parse('Mary', 'Smith'))).toBe(true);
  expect(areDistinct(parse('J', 'Smith'), parse('John', 'Smith'))).toBe(false);
  expect(areDistinct(parse(null, 'Smith'), parse('John', 'Smith'))).toBe(false);
  expect(areDistinct(parse(null, 'Smith'), parse('John', 'Jones'))).toBe(true);
});

it('spellings, sounds and typos', () => {
  expect(toSpelling('Größe Straße')).toBe('grossestrasse');
  expect([editDistance('abcd', 'abdc'), editDistance('abcd', 'abc'), editDistance('abc', 'xyz', 2)]).toEqual([1, 1, 3]);
  expect(toSound('stephen')).toBe(toSound('steven'));
  expect([differByTypo('jon', 'jan'), differByTypo('smith', 'smyth'), differByTypo('hollander', 'holander')]).toEqual([
    false,
    true,
    true,
  ]);
});
