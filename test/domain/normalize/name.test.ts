import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { namesCompatible, normalizeName, sameName, splitFullName } from '#domain/normalize/name.ts';

describe('one part of a name', () => {
  it.each([
    ['  Mary   Ann ', 'Mary Ann'],
    ["O'Brien", "O'Brien"],
    ['李', '李'],
    // People are called these.
    ['Null', 'Null'],
    ['Guest', 'Guest'],
    ['Na', 'Na'],
  ])('keeps %j as %j', (raw, name) => {
    expect(normalizeName(raw)).toBe(name);
  });

  it.each([
    '',
    ' ',
    'Unknown',
    'CUSTOMER',
    ' valued  customer',
    'Unbekannt',
    'sans nom',
    'Sin Nombre',
    'senza nome',
    'sem nome',
    'geen naam',
    'N/A',
    '-',
    '???',
    '512-555-0143',
    '+1 (512) 555 0143',
    'ada@example.com',
    null,
  ])('reads %j as no name', (raw) => {
    expect(normalizeName(raw)).toBeNull();
  });
});

describe('a full name', () => {
  it.each([
    ['Ada Lovelace', 'Ada', 'Lovelace'],
    ['Ada King Lovelace', 'Ada King', 'Lovelace'],
    ['Lovelace, Ada', 'Ada', 'Lovelace'],
    ['John Doe, Jr.', 'John', 'Doe Jr.'],
    ['John Doe III', 'John', 'Doe III'],
    ['Lovelace, Ada, Jr.', 'Ada', 'Lovelace Jr.'],
    ['Maria Garcia, RN', 'Maria', 'Garcia RN'],
    ['Ada Lovelace 🌸', 'Ada', 'Lovelace 🌸'],
    ['Ludwig van Beethoven', 'Ludwig', 'van Beethoven'],
    ['Dr. Mary Ann de la Cruz', 'Dr. Mary Ann', 'de la Cruz'],
    ['Van Morrison', 'Van', 'Morrison'],
    ['Cher', 'Cher', null],
    ['Unknown', null, null],
    ['512-555-0143', null, null],
    [null, null, null],
  ])('%j has the given name %j and the family name %j', (fullName, givenName, familyName) => {
    expect(splitFullName(fullName)).toEqual({ givenName, familyName });
  });

  it('keeps every word', () => {
    const words = fc.array(fc.stringMatching(/^[A-Z][a-z]{0,8}\.?$/), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(words, (typed) => {
        const { givenName, familyName } = splitFullName(typed.join(' '));
        if (givenName ?? familyName) expect(`${givenName ?? ''} ${familyName ?? ''}`.trim()).toBe(typed.join(' '));
      }),
    );
  });
});

it.each([
  ['José', 'JOSE', true],
  ['Mary  Ann', 'mary ann', true],
  ['Bob', 'Robert', false],
  [null, '', true],
  [null, 'Ada', false],
])('%j and %j are equal: %j', (a, b, same) => {
  expect(sameName(a, b)).toBe(same);
});

describe('two names of one person', () => {
  it.each([
    ['John Smith', 'john SMITH', true],
    ['John Smith', 'Smith John', true],
    ['John Smith', 'J. Smith', true],
    ['John Smith', 'John', true],
    ['John Quincy Smith', 'John Smith', true],
    ['Dr. John Smith', 'John Smith Jr.', true],
    ['Bob Smith', 'Robert Smith', true],
    ['Anna Smith-Jones', 'Anna Jones', true],
    ['Seán OBrien', "Sean O'Brien", true],
    ['Unknown', 'John Smith', true],
    ['', 'John Smith', true],
    ['John Smith', 'Jane Smith', false],
    ['John Smith', 'John Miller', false],
    ['J. Smith', 'Mary Smith', false],
    ['John John', 'John Smith', false],
    ['Samantha Smith', 'Samuel Smith', false],
  ])('%j and %j are compatible: %j', (a, b, compatible) => {
    expect(namesCompatible(splitFullName(a), splitFullName(b))).toBe(compatible);
    expect(namesCompatible(splitFullName(b), splitFullName(a))).toBe(compatible);
  });

  it('are compatible in any order, with extra words', () => {
    const name = fc.stringMatching(/^[A-Z][a-z]{0,8}$/);
    fc.assert(
      fc.property(name, name, (givenName, familyName) => {
        expect(namesCompatible({ givenName, familyName }, { givenName: familyName, familyName: givenName })).toBe(true);
        expect(namesCompatible({ givenName, familyName }, { givenName: null, familyName })).toBe(true);
        expect(namesCompatible({ givenName, familyName }, { givenName: null, familyName: null })).toBe(true);
      }),
    );
  });
});
