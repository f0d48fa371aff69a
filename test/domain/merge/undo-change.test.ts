import { describe, expect, it } from '@jest/globals';
import { type ContactFields, emptyFields } from '#domain/contact.ts';
import { undoChange } from '#domain/merge/undo-change.ts';

const fields: ContactFields = { ...emptyFields, givenName: 'Ada', familyName: 'Lovelace', company: 'Engines', tags: ['a', 'c'] };

describe('undoChange', () => {
  it.each([
    ['the old value', { field: 'company', before: 'Looms', after: 'Engines' }, { company: 'Looms' }],
    ['no value', { field: 'company', before: null, after: 'Engines' }, { company: null }],
    [
      'the value that the contact kept out',
      { field: 'company', before: 'Engines', after: 'Engines', losing: 'Acme' },
      { company: 'Acme' },
    ],
    [
      'the value that lost against a record',
      { field: 'company', before: 'Looms', after: 'Engines', losing: 'Looms' },
      { company: 'Looms' },
    ],
    ['a whole name', { field: 'familyName', before: 'King Jr.', after: 'Lovelace' }, { familyName: 'King', nameSuffix: 'Jr.' }],
    ['only the items of the change', { field: 'tags', before: ['b'], after: ['b', 'a'] }, { tags: ['c'] }],
    ['removed items', { field: 'tags', before: ['A', 'b'], after: ['a'] }, { tags: ['a', 'c', 'b'] }],
  ] as const)('restores %s', (_, change, expected) => {
    expect(undoChange(fields, change)).toEqual({ ...fields, ...expected });
  });

  it.each([
    ['a value that was changed again', { field: 'company', before: 'Looms', after: 'Mills' }],
    ['an item that is gone already', { field: 'tags', before: [], after: ['b'] }],
    ['an item that is back already', { field: 'tags', before: ['a'], after: [] }],
  ] as const)('leaves %s alone', (_, change) => {
    expect(undoChange(fields, change)).toBeNull();
  });
});
