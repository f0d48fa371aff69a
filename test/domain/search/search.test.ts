import { describe, expect, it } from '@jest/globals';
import { emptyFields } from '#domain/contact.ts';
import { normalizePhone } from '#domain/normalize/phone.ts';
import { type SearchTerm, toSearchTerms } from '#domain/search/search-terms.ts';
import { toSearchText } from '#domain/search/search-text.ts';

const toPhones = (...texts: string[]) => texts.flatMap((raw) => normalizePhone(raw, { defaultRegion: 'US' }) ?? []);

const text = toSearchText({
  ...emptyFields,
  givenName: 'Zoë',
  familyName: 'O’Brien-Łukasz 🌸',
  company: '100% Cotton_Works \\ Söhne',
  emails: [{ address: 'zoe.obrien@example.com', label: null }],
  phones: toPhones('+1 512-555-0143 x7', '+49 151 23456789', '+44 20 7946 0958', 'ask at 9, 4711'),
  tags: ['Cold Lead'],
});

/** SQL's `like`. */
function isLike(pattern: string): boolean {
  const source = pattern.replace(/\\(.)|%|_|[^a-z\d]/gs, (found, escaped?: string) => {
    if (found === '%') return '.*';
    return found === '_' ? '.' : `\\x{}`.replace('x{}', `u${(escaped ?? found).charCodeAt(0).toString(16).padStart(4, '0')}`);
  });
  return new RegExp(`^${source}$`, 's').test(text);
}

const matches = (terms: readonly SearchTerm[]) => terms.every((patterns) => patterns.some(isLike));
const finds = (query: string) => matches(toSearchTerms(query, ['US', 'DE']));

describe('a search', () => {
  it.each([
    'zoe',
    'ZOË',
    'brien zo',
    'o’brien',
    "O'BRIEN",
    'obrien',
    'lukasz',
    'łuk',
    '🌸',
    'z',
    'zo o',
    'zoe.obrien@example.com',
    '@example',
    'cold lead',
    'Lead  cold',
    '%',
    '100%',
    "'",
    '_',
    'cotton_works',
    '\\',
    'söhne',
    'sohne',
  ])('finds a contact by %j', (query) => {
    expect(finds(query)).toBe(true);
  });

  it.each([
    '+15125550143',
    '15125550143',
    '5125550143',
    '(512) 555-0143',
    '512.555.0143',
    '+1 512 555 0143 ext. 7',
    '512-555-0143 x7',
    '0015125550143',
    '011 1 512 555 0143',
    'tel:+1-512-555-0143',
    '5550143',
    '0143',
    '0151 23456789',
    '+49 (0)151 234 567 89',
    '0049 151 23456789',
    '020 7946 0958',
    '+44 (0)20 7946 0958',
    '512 555',
    'zoe 512',
    '4711',
  ])('finds a phone number written as %j', (query) => {
    expect(finds(query)).toBe(true);
  });

  it.each([
    'anna',
    'zoe anna',
    '512-555-0144',
    'hot lead',
    '%%',
    '__',
    '_%',
    '?',
    'x'.repeat(300),
    `${'zoe '.repeat(75)}q`,
    '🎩',
    'ob%n',
    'z_e',
  ])('does not find it by %j', (query) => {
    expect(finds(query)).toBe(false);
  });

  it.each(['', ' ', '\t\n', '\u200b'])('of the blank text %j has no terms', (query) => {
    expect(toSearchTerms(query)).toEqual([]);
  });

  it('has no pattern that an index of three-letter parts cannot answer', () => {
    const hasPart = (pattern: string) => / [a-z\d]|[a-z\d]{3}/.test(pattern);
    for (const query of ["'", '%', '_', '\\', '-', '#', '🌸', 'z', 'zo', '%%'])
      expect([query, toSearchTerms(query).some((patterns) => patterns.every(hasPart))]).toEqual([query, true]);
  });
});
