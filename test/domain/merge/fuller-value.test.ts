import { describe, expect, it } from '@jest/globals';
import type { ContactFields } from '#domain/contact.ts';
import type { PostalAddress } from '#domain/values.ts';
import { mergeSides } from './merging.ts';

/** The first merge of two records: GoHighLevel's comes second, and wins by rank where neither value says more. */
const mergeFirst = (ours: Partial<ContactFields>, theirs: Partial<ContactFields>) => mergeSides({ ours, base: null, theirs });

describe('the first merge of two records keeps', () => {
  it.each([
    ['the full name', 'familyName', 'Smith', 'SMITH', 'Smith'],
    ['the full name', 'familyName', 'smith', 'Smith', 'Smith'],
    ['the name rather than its initial', 'givenName', 'J', 'John', 'John'],
    ['the name rather than its initial', 'givenName', 'John', 'J.', 'John'],
    ['the name in capitals rather than its initial', 'givenName', 'J', 'JOHN', 'JOHN'],
    ['two given names rather than one', 'givenName', 'John Quincy', 'John', 'John Quincy'],
    ['the double name', 'familyName', 'Jones', 'Smith-Jones', 'Smith-Jones'],
    ['the accents', 'givenName', 'José', 'Jose', 'José'],
    ['the legal form', 'company', 'Acme Dental LLC', 'ACME DENTAL', 'Acme Dental LLC'],
    ['the year of a birthday', 'birthday', '1980-04-09', '--04-09', '1980-04-09'],
    ['the year of a birthday', 'birthday', '--04-09', '1980-04-09', '1980-04-09'],
    ['the higher rank of two other names', 'givenName', 'Bob', 'Robert', 'Robert'],
    ['the higher rank of two birthdays', 'birthday', '--04-09', '1980-05-09', '1980-05-09'],
  ] as const)('%s: %s %j and %j', (_, field, ours, theirs, kept) => {
    const { fields, changes } = mergeFirst({ [field]: ours }, { [field]: theirs });
    expect(fields[field]).toBe(kept);
    // The other value stays in the history.
    const losing = kept === ours ? theirs : ours;
    expect(changes).toContainEqual(expect.objectContaining({ field, losing }));
  });

  it('both notes, the second one with its origin', () => {
    const { fields, changes } = mergeFirst({ note: 'Likes cats.' }, { note: 'Allergic to latex.' });
    expect(fields.note).toBe('Likes cats.\n\n[gohighlevel] Allergic to latex.');
    expect(changes[0]).not.toHaveProperty('losing');
    expect(mergeFirst({ note: fields.note }, { note: 'Allergic to latex.' }).changes).toEqual([]);
    expect(mergeFirst({ note: 'cats' }, { note: 'Likes cats.' }).fields.note).toBe('Likes cats.');
  });

  const place: PostalAddress = {
    ...{ street: '12 Oak Street', city: 'Austin', region: 'TX', postalCode: '78701', country: 'US', label: null },
  };
  it.each([
    ['one of two spellings', { street: '12 Oak St.' }, 1, '12 Oak Street'],
    ['the fuller one', { street: '12 oak st', region: null, country: null }, 1, '12 Oak Street'],
    [
      'one without its area',
      { street: '12 Oak St', city: null, region: null, postalCode: null, country: null },
      1,
      '12 Oak Street',
    ],
    ['both houses', { street: '14 Oak Street' }, 2, '12 Oak Street'],
    ['both flats', { street: '12 Oak Street, Apt 3' }, 2, '12 Oak Street'],
    ['both ends of a street', { street: '12 North Oak Street' }, 2, '12 Oak Street'],
    ['both cities', { city: 'Dallas', postalCode: '75201' }, 2, '12 Oak Street'],
  ])('%s of an address', (_, other, count, first) => {
    const merged = mergeFirst({ addresses: [place] }, { addresses: [{ ...place, ...other }] }).fields.addresses;
    expect([merged.length, merged[0]?.street]).toEqual([count, first]);
    const reversed = mergeFirst({ addresses: [{ ...place, ...other }] }, { addresses: [place] }).fields.addresses;
    expect([reversed.length, reversed.at(count - 1)?.street]).toEqual([count, first]);
  });
});

it('a later edit to a shorter value is an edit, and wins', () => {
  const { fields } = mergeSides({
    ours: { givenName: 'John', note: 'Likes cats.' },
    base: { givenName: 'John', note: 'Likes cats.' },
    theirs: { givenName: 'J', note: 'cats' },
  });
  expect(fields).toMatchObject({ givenName: 'J', note: 'cats' });
});
