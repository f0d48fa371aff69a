import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  findGeneration,
  namesCompatible,
  normalizeFamilyName,
  normalizeName,
  sameName,
  splitFullName,
  splitSuffix,
} from '#domain/normalize/name.ts';

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
    'Unknown Number',
    'Keine Angabe',
    'Vorname Nachname',
    'Prénom',
    'prenom',
    'Número desconocido',
    'Nuevo cliente',
    'Não informado',
    'Anônimo',
    'Nieuwe klant',
    'غير معروف',
    '不明',
    '이름 없음',
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
    ['Ada Lovelace', 'Ada', 'Lovelace', null],
    ['Ada King Lovelace', 'Ada King', 'Lovelace', null],
    ['Lovelace, Ada', 'Ada', 'Lovelace', null],
    ['Lovelace, Ada, Jr.', 'Ada', 'Lovelace', 'Jr.'],
    ['Lovelace Jr., Ada', 'Ada', 'Lovelace', 'Jr.'],
    ['Lovelace, Ada Jr.', 'Ada', 'Lovelace', 'Jr.'],
    ['Lovelace, Ada, Countess', 'Ada', 'Lovelace Countess', null],
    ['John Doe, Jr.', 'John', 'Doe', 'Jr.'],
    ['John Doe Jr.', 'John', 'Doe', 'Jr.'],
    ['John Doe,Jr.', 'John', 'Doe', 'Jr.'],
    ['John Doe III', 'John', 'Doe', 'III'],
    ['John Doe Iii', 'John', 'Doe', 'Iii'],
    ['John Jr.', 'John', null, 'Jr.'],
    ['Maria Garcia, RN', 'Maria', 'Garcia', 'RN'],
    ['Maria Garcia, RN, BSN', 'Maria', 'Garcia', 'RN, BSN'],
    ['Maria Garcia RN BSN', 'Maria', 'Garcia', 'RN BSN'],
    ['Maria Garcia Ph.D.', 'Maria', 'Garcia', 'Ph.D.'],
    ['Ludwig van Beethoven Sen.', 'Ludwig', 'van Beethoven', 'Sen.'],
    ['Ada Lovelace 🌸', 'Ada', 'Lovelace 🌸', null],
    ['Ada Lovelace 🌸 Jr.', 'Ada', 'Lovelace 🌸', 'Jr.'],
    ['Ada Lovelace Jr. 🌸', 'Ada', 'Lovelace', 'Jr. 🌸'],
    ['Ada 🌸', 'Ada 🌸', null, null],
    ['Ludwig van Beethoven', 'Ludwig', 'van Beethoven', null],
    ['Dr. Mary Ann de la Cruz', 'Dr. Mary Ann', 'de la Cruz', null],
    ['Van Morrison', 'Van', 'Morrison', null],
    ['Kim Jun', 'Kim', 'Jun', null],
    ['Rina Sen', 'Rina', 'Sen', null],
    ['Naosuke Ii', 'Naosuke', 'Ii', null],
    ['Jr.', 'Jr.', null, null],
    ['Cher', 'Cher', null, null],
    ['Unknown', null, null, null],
    ['512-555-0143', null, null, null],
    [null, null, null, null],
  ])('%j has the given name %j, the family name %j and the suffix %j', (fullName, givenName, familyName, nameSuffix) => {
    expect(splitFullName(fullName)).toEqual({ givenName, middleName: null, familyName, nameSuffix });
  });

  it('keeps every word', () => {
    const suffix = fc.constantFrom('Jr.', 'III', 'Ii', 'PhD', 'RN', 'Sen.', '🌸');
    const words = fc.array(
      fc.oneof({ weight: 3, arbitrary: fc.stringMatching(/^[A-Z][a-z]{0,8}\.?$/) }, { weight: 1, arbitrary: suffix }),
      {
        minLength: 1,
        maxLength: 6,
      },
    );
    fc.assert(
      fc.property(words, (typed) => {
        const { givenName, familyName, nameSuffix } = splitFullName(typed.join(' '));
        const parts = [givenName, familyName, nameSuffix].filter((part) => part !== null);
        if (parts.length > 0) expect(parts.join(' ')).toBe(typed.join(' '));
      }),
    );
  });
});

describe('a family name with its suffix', () => {
  it.each([
    ['Lovelace', 'Lovelace', null, 'Lovelace'],
    ['Lovelace Jr.', 'Lovelace', 'Jr.', 'Lovelace Jr.'],
    ['Lovelace, Jr.', 'Lovelace', 'Jr.', 'Lovelace Jr.'],
    ['Lovelace,Jr', 'Lovelace', 'Jr', 'Lovelace Jr'],
    ['Garcia, RN, BSN', 'Garcia', 'RN, BSN', 'Garcia RN, BSN'],
    ['van der Berg III', 'van der Berg', 'III', 'van der Berg III'],
    ['Smith, Jones', 'Smith, Jones', null, 'Smith, Jones'],
    ['Das Sen', 'Das Sen', null, 'Das Sen'],
    ['Lovelace 🌸', 'Lovelace 🌸', null, 'Lovelace 🌸'],
    ['Jr.', 'Jr.', null, 'Jr.'],
    [null, null, null, null],
  ])('%j is %j and %j, and is read as %j', (text, familyName, nameSuffix, read) => {
    expect(splitSuffix(text)).toEqual({ familyName, nameSuffix });
    expect(normalizeFamilyName(text)).toBe(read);
    expect(normalizeFamilyName(read)).toBe(read);
    expect(splitSuffix(read)).toEqual({ familyName, nameSuffix });
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

  it.each([
    ['A', 'Iv', null, 'Iv', true],
    ['A', 'Iv', 'Iv', 'A', true],
    ['Mrs', 'Miss', null, 'Miss', true],
    ['Miss', 'Jr', 'Jr', 'Miss', true],
    ['Sr', 'Lopez', null, 'Sr', true],
    ['Li', 'Jun', 'Jun', 'Li', true],
    ['Li', 'Jun', 'Li', 'Hao', false],
    ['Mrs', 'Miss', 'John', 'Smith', false],
    ['John Smith', 'Jr.', 'John', 'Smith', true],
    ['John', 'Smith Jr.', 'John Smith', null, true],
    ['J.', 'Smith', 'Mary', 'Smith Jr.', false],
  ])('%j %j and %j %j are compatible: %j', (given, family, otherGiven, otherFamily, compatible) => {
    const [one, other] = [
      { givenName: given, familyName: family },
      { givenName: otherGiven, familyName: otherFamily },
    ];
    expect(namesCompatible(one, other)).toBe(compatible);
    expect(namesCompatible(other, one)).toBe(compatible);
  });

  it('are compatible in any order, with extra words', () => {
    // Words that are titles, suffixes, particles or nicknames may be all there is of a name.
    const special = fc.constantFrom(
      ...['Iv', 'Ii', 'Jr', 'Sr', 'Jun', 'Sen', 'Junior', 'Md', 'Rn', 'Ma'],
      ...[
        'Mr',
        'Mrs',
        'Miss',
        'Dr',
        'Prof',
        'Rev',
        'Madam',
        'Signora',
        'Van',
        'De',
        'La',
        'Al',
        'Bob',
        'Robert',
        'Sandy',
        'A',
        'R',
      ],
    );
    const name = fc.oneof(special, fc.stringMatching(/^[A-Z][a-z]{0,8}$/));
    fc.assert(
      fc.property(name, name, (givenName, familyName) => {
        const [whole, swapped] = [
          { givenName, familyName },
          { givenName: familyName, familyName: givenName },
        ];
        const parts = [
          swapped,
          { givenName: null, familyName },
          { givenName, familyName: null },
          { givenName: null, familyName: null },
        ];
        for (const part of parts) {
          expect(namesCompatible(whole, part)).toBe(true);
          expect(namesCompatible(part, whole)).toBe(true);
        }
        expect(findGeneration(swapped)).toBe(findGeneration(whole));
      }),
    );
  });
});

it.each([
  ['John', 'Ex Jr.', 'jr'],
  ['John', 'Ex III', 'iii'],
  ['John Ex', 'Jr.', 'jr'],
  [null, 'Ex Sr.', 'sr'],
  ['John Jr.', 'Ex', 'jr'],
  ['Junior', 'Ex', null],
  ['Li', 'Jun', null],
  [null, 'Junior', null],
])('%j %j is of the generation %j', (givenName, familyName, generation) => {
  expect(findGeneration({ givenName, familyName })).toBe(generation);
});
