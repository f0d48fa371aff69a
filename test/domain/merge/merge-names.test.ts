import { describe, expect, it } from '@jest/globals';
import { type ContactFields, emptyFields, type ProviderValues, pickFields } from '#domain/contact.ts';
import type { MergeInput } from '#domain/merge/merge-input.ts';
import { shapeNames } from '#domain/name-parts.ts';
import { mergeSides, type Sides } from './merging.ts';

const names = ['givenName', 'middleName', 'familyName', 'nameSuffix'] as const;

/** `Ada|King|Lovelace|Jr.`: an empty part is null, and `?` was never read. */
function toName(text: string): ProviderValues {
  const parts = text.split('|').map((part, at) => [names[at], part === '' ? null : part]);
  return Object.fromEntries(parts.filter(([, part]) => part !== '?'));
}

const toText = (fields: ContactFields) => names.map((name) => fields[name] ?? '').join('|');

/** A vendor without the parts, such as Square. */
const joins: Partial<MergeInput> = {
  provider: 'square',
  fitValues: (values) => pickFields(values, ['givenName', 'familyName']),
};
const splits: Partial<MergeInput> = { provider: 'google' };

function merge(sides: { ours: string; base: string | null; theirs: string }, rest: Partial<MergeInput>) {
  const { ours, base, theirs } = sides;
  const values: Sides = {
    ours: { ...emptyFields, ...toName(ours) },
    base: base === null ? null : toName(base),
    theirs: toName(theirs),
  };
  const { fields, changes } = mergeSides(values, { conflicts: { order: [], fields: {} }, ...rest });
  return { name: toText(fields), changed: changes.map(({ field }) => field) };
}

const joined = (text: string) => text.replace(/^([^|]*)\|([^|]*)$/, '$1|?|$2|?');

describe('a vendor that keeps a suffix behind the family name', () => {
  it.each([
    [
      'shows what Accord wrote',
      'Ada|King|Lovelace|Jr.',
      'Ada King|Lovelace Jr.',
      'Ada King|Lovelace Jr.',
      'Ada|King|Lovelace|Jr.',
      [],
    ],
    ['changes the suffix', 'Ada||Lovelace|Jr.', 'Ada|Lovelace Jr.', 'Ada|Lovelace Sr.', 'Ada||Lovelace|Sr.', ['nameSuffix']],
    ['adds a suffix', 'Ada||Lovelace|', 'Ada|Lovelace', 'Ada|Lovelace III', 'Ada||Lovelace|III', ['nameSuffix']],
    ['removes the suffix', 'Ada||Lovelace|Jr.', 'Ada|Lovelace Jr.', 'Ada|Lovelace', 'Ada||Lovelace|', ['nameSuffix']],
    [
      'changes the family name',
      'Ada||Lovelace|of Ockham',
      'Ada|Lovelace of Ockham',
      'Ada|King of Ockham',
      'Ada||King|of Ockham',
      ['familyName'],
    ],
    [
      'changes the given name',
      'Ada|King|Lovelace|',
      'Ada King|Lovelace',
      'Augusta King|Lovelace',
      'Augusta|King|Lovelace|',
      ['givenName'],
    ],
    [
      'changes the middle name',
      'Ada|King|Lovelace|',
      'Ada King|Lovelace',
      'Ada Byron|Lovelace',
      'Ada|Byron|Lovelace|',
      ['middleName'],
    ],
    ['removes the middle name', 'Ada|King|Lovelace|', 'Ada King|Lovelace', 'Ada|Lovelace', 'Ada||Lovelace|', ['middleName']],
    ['adds a second given name', 'Ada||Lovelace|', 'Ada|Lovelace', 'Ada King|Lovelace', 'Ada King||Lovelace|', ['givenName']],
    [
      'clears the name',
      'Ada|King|Lovelace|Jr.',
      'Ada King|Lovelace Jr.',
      '|',
      '|||',
      ['givenName', 'middleName', 'familyName', 'nameSuffix'],
    ],
  ])('%s', (_what, ours, base, theirs, name, changed) => {
    expect(merge({ ours, base: joined(base), theirs: joined(theirs) }, joins)).toEqual({ name, changed });
  });

  it.each([
    ['nobody', '|||', 'Ada|Lovelace Jr.', 'Ada||Lovelace|Jr.'],
    ['the same name', 'Ada|King|Lovelace|Jr.', 'Ada King|Lovelace Jr.', 'Ada|King|Lovelace|Jr.'],
    ['the name with more parts', 'Ada|King|Lovelace|Jr.', 'Ada|Lovelace', 'Ada|King|Lovelace|Jr.'],
    ['the name without the suffix', 'Ada|King|Lovelace|', 'Ada King|Lovelace Jr.', 'Ada|King|Lovelace|Jr.'],
    ['the name as it was stored before the fields existed', 'Ada||Lovelace Jr.|', 'Ada|Lovelace Jr.', 'Ada||Lovelace|Jr.'],
  ])('is read for the first time beside a contact with %s', (_which, ours, theirs, name) => {
    expect(merge({ ours, base: null, theirs: joined(theirs) }, joins).name).toBe(name);
  });
});

describe('a vendor with fields of its own for the parts', () => {
  it.each([
    ['shows what it held', 'Ada|King|Lovelace|Jr.', 'Ada|King|Lovelace|Jr.', 'Ada|King|Lovelace|Jr.', 'Ada|King|Lovelace|Jr.'],
    ['changes the suffix', 'Ada||Lovelace|Jr.', 'Ada||Lovelace|Jr.', 'Ada||Lovelace|Sr.', 'Ada||Lovelace|Sr.'],
    ['moves the middle name', 'Ada King||Lovelace|', 'Ada King||Lovelace|', 'Ada|King|Lovelace|', 'Ada|King|Lovelace|'],
    ['moves it back', 'Ada|King|Lovelace|', 'Ada|King|Lovelace|', 'Ada King||Lovelace|', 'Ada King||Lovelace|'],
    ['shows a middle name that was never read', 'Ada||Lovelace|', 'Ada|?|Lovelace|?', 'Ada|King|Lovelace|', 'Ada|King|Lovelace|'],
    [
      'never showed the middle name that another has',
      'Ada|King|Lovelace|',
      'Ada|?|Lovelace|?',
      'Ada||Lovelace|',
      'Ada|King|Lovelace|',
    ],
    [
      'holds a suffix that is stored in the family name',
      'Ada||Lovelace Jr.|',
      'Ada|?|Lovelace Jr.|?',
      'Ada||Lovelace|Jr.',
      'Ada||Lovelace|Jr.',
    ],
    ['has not got our new name yet', 'Augusta||Lovelace|', 'Ada|?|Lovelace|?', 'Ada|King|Lovelace|', 'Augusta|King|Lovelace|'],
  ])('%s', (_what, ours, base, theirs, name) => {
    expect(merge({ ours, base: base, theirs }, splits).name).toBe(name);
  });

  it.each([
    ['a second given name', 'Ada King||Lovelace|', 'Ada|King|Lovelace|', 'Ada|King|Lovelace|'],
    ['a middle name', 'Ada|King|Lovelace|', 'Ada King||Lovelace|', 'Ada|King|Lovelace|'],
    ['no suffix', 'Ada||Lovelace|', 'Ada||Lovelace|Jr.', 'Ada||Lovelace|Jr.'],
    ['nobody', '|||', 'Ada|King|Lovelace|Jr.', 'Ada|King|Lovelace|Jr.'],
    ['another given name', 'Bob||Lovelace|', 'Robert|King|Lovelace|', 'Bob|King|Lovelace|'],
  ])('is read for the first time beside a contact with %s', (_which, ours, theirs, name) => {
    expect(
      merge(
        { ours, base: null, theirs },
        {
          ...splits,
          provenance: { givenName: { provider: 'square', changedAt: '2026-11-01T00:00:00.000Z' } },
          conflicts: { order: ['square', 'google'], fields: {} },
        },
      ).name,
    ).toBe(name);
  });
});

describe('a conflict about a name', () => {
  const ask = { conflicts: { order: ['google'], fields: { familyName: { mode: 'ask' as const } } } };

  it('is about the whole name, so that no part is taken over twice', () => {
    const sides = { ours: toName('Ada||Lovelace|Jr.'), base: toName('Ada||Lovelace|'), theirs: toName('Ada||King|Sr.') };
    const { fields, changes } = mergeSides(sides, { ...splits, ...ask });
    expect(toText(fields)).toBe('Ada||Lovelace|Jr.');
    expect(changes).toEqual([
      { field: 'familyName', before: 'Lovelace Jr.', after: 'Lovelace Jr.', losing: 'King Sr.', asks: true },
    ]);
  });

  it('gives the winner all parts', () => {
    const sides = { ours: toName('Ada||Lovelace|Jr.'), base: toName('Ada||Lovelace|'), theirs: toName('Ada||King|Sr.') };
    const { fields, provenance } = mergeSides(sides, { ...splits, conflicts: { order: ['google'], fields: {} } });
    expect(toText(fields)).toBe('Ada||King|Sr.');
    expect(provenance.nameSuffix?.provider).toBe('google');
  });
});

it.each([
  ['splits', 'Ada|King|Lovelace|Jr.', names, 'Ada|King|Lovelace|Jr.'],
  ['joins', 'Ada|King|Lovelace|Jr.', [], 'Ada King|?|Lovelace Jr.|?'],
  ['splits a stored suffix', 'Ada||Lovelace Jr.|', names, 'Ada||Lovelace|Jr.'],
  ['reads a stored comma', 'Ada||Lovelace, Jr.|', [], 'Ada|?|Lovelace Jr.|?'],
  ['joins half a name', '|King||Jr.', [], 'King|?|Jr.|?'],
])('%s a name for a vendor', (_what, name, holds, expected) => {
  expect(shapeNames(toName(name), holds)).toEqual(toName(expected));
});
