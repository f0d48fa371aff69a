import { describe, expect, it } from '@jest/globals';
import type { ProviderValues } from '#domain/contact.ts';
import { at, attempt, email, mergeSides } from './merging.ts';

/** Google is read; our values come from Square, which has more authority. */
const google = {
  provider: 'google',
  provenance: { givenName: { provider: 'square', changedAt: at }, note: { provider: 'square', changedAt: at } },
};

/** A vendor that stores five characters of a name in capitals. */
const shouts = ({ givenName, ...rest }: ProviderValues): ProviderValues => ({
  ...rest,
  ...(givenName != null && { givenName: givenName.slice(0, 5).toUpperCase() }),
});

describe('our write without an answer', () => {
  it('is no edit when it shows in a read', () => {
    const sides = { ours: { givenName: 'Grace' }, base: { givenName: 'Ada' }, theirs: { givenName: 'Augusta' } };
    const { fields, changes } = mergeSides(sides, { attempts: [attempt({ givenName: 'Augusta' })] });
    expect([fields.givenName, changes]).toEqual(['Grace', []]);
  });

  it('is recognised in the vendor’s form', () => {
    const sides = { ours: { givenName: 'Grace' }, base: { givenName: 'Ada' }, theirs: { givenName: 'AUGUS' } };
    const attempts = [attempt({ givenName: 'Augusta' })];
    expect(mergeSides(sides, { attempts, fitValues: shouts }).changes).toEqual([]);
  });

  it('is recognised among several writes', () => {
    const sides = { ours: { givenName: 'Grace' }, base: { givenName: 'Ada' }, theirs: { givenName: 'Augusta' } };
    const attempts = [attempt({ givenName: 'Augusta' }), attempt({ givenName: 'Annabella' })];
    expect(mergeSides(sides, { attempts }).changes).toEqual([]);
  });

  it('does not turn a later edit of the written value into a conflict', () => {
    const sides = { ours: { givenName: 'Augusta' }, base: { givenName: 'Ada' }, theirs: { givenName: 'Byron' } };
    const { fields, changes } = mergeSides(sides, { ...google, attempts: [attempt({ givenName: 'Augusta' })] });
    expect([fields.givenName, changes]).toEqual(['Byron', [{ field: 'givenName', before: 'Augusta', after: 'Byron' }]]);
  });

  it('does not turn a later edit into a conflict when the field was unknown before', () => {
    const sides = { ours: { givenName: 'Augusta' }, base: { familyName: 'King' }, theirs: { givenName: 'Byron' } };
    const { changes } = mergeSides(sides, { ...google, attempts: [attempt({ givenName: 'Augusta' })] });
    expect(changes).toEqual([{ field: 'givenName', before: 'Augusta', after: 'Byron' }]);
  });

  it('leaves a conflict when our value has changed again since', () => {
    const sides = { ours: { givenName: 'Grace' }, base: { givenName: 'Ada' }, theirs: { givenName: 'Byron' } };
    const { changes } = mergeSides(sides, { ...google, attempts: [attempt({ givenName: 'Augusta' })] });
    expect(changes).toEqual([{ field: 'givenName', before: 'Grace', after: 'Grace', losing: 'Byron' }]);
  });

  it('does not affect fields that it did not carry', () => {
    const sides = { ours: { note: 'ours' }, base: { note: 'old' }, theirs: { note: 'theirs' } };
    expect(mergeSides(sides, { ...google, attempts: [attempt({ givenName: 'Ada' })] }).changes).toEqual([
      { field: 'note', before: 'ours', after: 'ours', losing: 'theirs' },
    ]);
  });

  it('of a set is recognised as a whole, and keeps items added here since', () => {
    const sides = {
      ours: { emails: [email('a@x.test'), email('b@x.test'), email('c@x.test')] },
      base: { emails: [email('a@x.test')] },
      theirs: { emails: [email('b@x.test'), email('a@x.test')] },
    };
    const attempts = [attempt({ emails: [email('a@x.test'), email('b@x.test')] })];
    expect(mergeSides(sides, { attempts }).changes).toEqual([]);
  });

  it('that cleared a field is recognised by the blank value', () => {
    const sides = { ours: { company: 'Engines Ltd' }, base: { company: 'Old Ltd' }, theirs: { company: null } };
    expect(mergeSides(sides, { attempts: [attempt({ company: null })] }).changes).toEqual([]);
  });
});

describe('a value that a vendor stores in another form', () => {
  const echoPairs = { givenName: { sent: 'Augusta', seen: 'AUGUSTE' } };

  it('counts as ours: a later change there is an edit, not a conflict', () => {
    const sides = { ours: { givenName: 'Augusta' }, base: { givenName: 'AUGUSTE' }, theirs: { givenName: 'Byron' } };
    expect(mergeSides(sides, { ...google, echoPairs }).changes).toEqual([
      { field: 'givenName', before: 'Augusta', after: 'Byron' },
    ]);
  });

  it('is not pulled back as an edit', () => {
    const sides = { ours: { givenName: 'Augusta' }, base: { givenName: 'AUGUSTE' }, theirs: { givenName: 'AUGUSTE' } };
    expect(mergeSides(sides, { echoPairs }).changes).toEqual([]);
  });

  it('is a conflict when our value has changed since it was sent', () => {
    const sides = { ours: { givenName: 'Grace' }, base: { givenName: 'AUGUSTE' }, theirs: { givenName: 'Byron' } };
    expect(mergeSides(sides, { ...google, echoPairs }).changes).toMatchObject([{ after: 'Grace', losing: 'Byron' }]);
  });

  it('is no change when fitValues predicts the form', () => {
    const sides = { ours: { givenName: 'Augusta' }, base: null, theirs: { givenName: 'AUGUS' } };
    expect(mergeSides(sides, { fitValues: shouts }).changes).toEqual([]);
  });
});

describe('a blank value', () => {
  it.each([
    ['never wins over ours when it was blank before', { company: '' }, 'Engines Ltd'],
    ['never wins over ours when the field was unknown before', {}, 'Engines Ltd'],
    ['follows the conflict rule when we changed the former value', { company: 'Old Ltd' }, null],
    ['wins where the provider cleared our value', { company: 'Engines Ltd' }, null],
  ])('%s', (_what, base, company) => {
    expect(mergeSides({ ours: { company: 'Engines Ltd' }, base, theirs: { company: null } }).fields.company).toBe(company);
  });

  it('removes nothing on a first read', () => {
    const ours = { givenName: 'Ada', company: 'Engines Ltd', emails: [email('a@x.test')] };
    const { fields, changes } = mergeSides({ ours, base: null, theirs: { givenName: 'Ada', company: '', emails: [] } });
    expect([fields, changes]).toMatchObject([ours, []]);
  });

  it('of ours yields to their value on a first read, without a conflict', () => {
    expect(mergeSides({ base: null, theirs: { company: 'Engines Ltd' } }, { provider: 'google' }).changes).toEqual([
      { field: 'company', before: null, after: 'Engines Ltd' },
    ]);
  });

  it('of ours follows the conflict rule when we cleared the field', () => {
    const sides = { ours: { company: null }, base: { company: 'Old Ltd' }, theirs: { company: 'Engines Ltd' } };
    const provenance = { company: { provider: 'square', changedAt: at } };
    expect(mergeSides(sides, { provenance, provider: 'google' }).changes).toEqual([
      { field: 'company', before: null, after: null, losing: 'Engines Ltd' },
    ]);
  });

  it('is the same in every form', () => {
    const sides = { ours: { company: 'Engines Ltd' }, base: { company: null }, theirs: { company: '' } };
    expect(mergeSides(sides).changes).toEqual([]);
  });
});

it('keeps fields that the provider does not hold', () => {
  const ours = { givenName: 'Ada', note: 'Likes tea', tags: ['vip'] };
  expect(mergeSides({ ours, base: { givenName: 'Ada' }, theirs: { givenName: 'Augusta' } }).fields).toMatchObject({
    ...ours,
    givenName: 'Augusta',
  });
});
