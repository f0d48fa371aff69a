import { describe, expect, it } from '@jest/globals';
import { comparePeople, type PersonValues } from '#domain/matching/compare-people.ts';
import { splitFullName } from '#domain/normalize/name.ts';

/** Compares in both directions, which must agree. */
function compare(one: PersonValues, other: PersonValues) {
  const comparison = comparePeople(one, other);
  expect(comparePeople(other, one)).toEqual(comparison);
  return comparison;
}

describe('two records with one phone number', () => {
  it.each([
    ['John Ex Jr.', 'John Ex Sr.', 'different', ['suffix-differs']],
    ['John Ex Junior', 'John Ex, Sr.', 'different', ['suffix-differs']],
    ['John Ex II', 'John Ex III', 'different', ['suffix-differs']],
    ['John Ex II', 'John Ex 2nd', 'same', []],
    ['John Ex Jr.', 'John Ex', 'same', []],
    ['Junior Ex', 'John Ex Sr.', 'different', ['name-differs']],
    ['Mr Ez', 'Mrs Ez', 'different', ['honorific-differs']],
    ['Mr Ez', 'Mrs Ada Ez', 'different', ['honorific-differs']],
    ['Herr Ez', 'Frau Ez', 'different', ['honorific-differs']],
    ['Monsieur Ez', 'Mme Ez', 'different', ['honorific-differs']],
    ['Sr. Ez', 'Sra. Ez', 'different', ['honorific-differs']],
    ['Dr. Ez', 'Mrs Ez', 'same', []],
    ['Mr Sam Ez', 'Ms Sam Ez', 'same', []],
    ['Michael Herr', 'Michael Ez', 'maybe', ['name-differs']],
    ['Michael Herr', 'Herr Michael Herr', 'same', []],
    ['Ada Lovelace', 'Ada Byron', 'maybe', ['name-differs']],
    ['Ada Lovelace', 'Grace Lovelace', 'different', ['name-differs']],
    ['Bob Ex', 'Robert Ex', 'same', []],
    ['', 'Robert Ex', 'maybe', ['name-missing']],
    ['Unknown', 'Robert Ex', 'maybe', ['name-missing']],
  ])('of %j and %j: %s, %j', (a, b, verdict, against) => {
    expect(compare(splitFullName(a), splitFullName(b))).toEqual({ verdict, against });
  });

  it('and a suffix that stands with the given name are compared all the same', () => {
    const [junior, senior] = ['John Jr.', 'John Sr.'].map((givenName) => ({ givenName, familyName: 'Ex' }));
    expect(compare(junior ?? {}, senior ?? {})).toEqual({ verdict: 'different', against: ['suffix-differs'] });
  });

  it.each([
    ['1999-03-01', '1960-03-01', 'different'],
    ['1999-03-01', '1999-03-02', 'different'],
    ['1999-03-01', '--03-01', 'same'],
    ['1999-03-01', null, 'same'],
  ])('and one name, born %s and %s: %s', (birthday, other, verdict) => {
    const ada = { givenName: 'Ada', familyName: 'Ex' };
    expect(compare({ ...ada, birthday }, { ...ada, birthday: other }).verdict).toBe(verdict);
  });
});
