import { describe, expect, it } from '@jest/globals';
import type { ProviderValues } from '#domain/contact.ts';
import { at, attempt, email, mergeSides } from './merging.ts';

/** Google speaks, and what stands here was said by Square, which has more authority. */
const google = {
  provider: 'google',
  provenance: { givenName: { provider: 'square', changedAt: at }, note: { provider: 'square', changedAt: at } },
};

/** As a vendor that keeps five characters of a name and shouts them. */
const shouts = ({ givenName, ...rest }: ProviderValues): ProviderValues => ({
  ...rest,
  ...(givenName != null && { givenName: givenName.slice(0, 5).toUpperCase() }),
});

describe('a write of ours of which no answer came', () => {
  it('that shows in a read is no edit: another provider may have gone on since', () => {
    const sides = { ours: { givenName: 'Grace' }, base: { givenName: 'Ada' }, theirs: { givenName: 'Augusta' } };
    const { fields, changes } = mergeSides(sides, { attempts: [attempt({ givenName: 'Augusta' })] });
    expect([fields.givenName, changes]).toEqual(['Grace', []]);
  });

  it('is known in the form that the vendor gives it', () => {
    const sides = { ours: { givenName: 'Grace' }, base: { givenName: 'Ada' }, theirs: { givenName: 'AUGUS' } };
    const attempts = [attempt({ givenName: 'Augusta' })];
    expect(mergeSides(sides, { attempts, fitValues: shouts }).changes).toEqual([]);
  });

  it('is known among several, the older ones too', () => {
    const sides = { ours: { givenName: 'Grace' }, base: { givenName: 'Ada' }, theirs: { givenName: 'Augusta' } };
    const attempts = [attempt({ givenName: 'Augusta' }), attempt({ givenName: 'Annabella' })];
    expect(mergeSides(sides, { attempts }).changes).toEqual([]);
  });

  it('that somebody edited since is an edit of what we say, and no conflict', () => {
    const sides = { ours: { givenName: 'Augusta' }, base: { givenName: 'Ada' }, theirs: { givenName: 'Byron' } };
    const { fields, changes } = mergeSides(sides, { ...google, attempts: [attempt({ givenName: 'Augusta' })] });
    expect([fields.givenName, changes]).toEqual(['Byron', [{ field: 'givenName', before: 'Augusta', after: 'Byron' }]]);
  });

  it('that somebody edited since is so too where nothing was known of the field before', () => {
    const sides = { ours: { givenName: 'Augusta' }, base: { familyName: 'King' }, theirs: { givenName: 'Byron' } };
    const { changes } = mergeSides(sides, { ...google, attempts: [attempt({ givenName: 'Augusta' })] });
    expect(changes).toEqual([{ field: 'givenName', before: 'Augusta', after: 'Byron' }]);
  });

  it('excuses no edit while ours has gone on: both changed it then', () => {
    const sides = { ours: { givenName: 'Grace' }, base: { givenName: 'Ada' }, theirs: { givenName: 'Byron' } };
    const { changes } = mergeSides(sides, { ...google, attempts: [attempt({ givenName: 'Augusta' })] });
    expect(changes).toEqual([{ field: 'givenName', before: 'Grace', after: 'Grace', losing: 'Byron' }]);
  });

  it('says nothing of the fields that it did not carry', () => {
    const sides = { ours: { note: 'ours' }, base: { note: 'old' }, theirs: { note: 'theirs' } };
    expect(mergeSides(sides, { ...google, attempts: [attempt({ givenName: 'Ada' })] }).changes).toEqual([
      { field: 'note', before: 'ours', after: 'ours', losing: 'theirs' },
    ]);
  });

  it('of a list is known whole, and leaves what others added here since', () => {
    const sides = {
      ours: { emails: [email('a@x.test'), email('b@x.test'), email('c@x.test')] },
      base: { emails: [email('a@x.test')] },
      theirs: { emails: [email('b@x.test'), email('a@x.test')] },
    };
    const attempts = [attempt({ emails: [email('a@x.test'), email('b@x.test')] })];
    expect(mergeSides(sides, { attempts }).changes).toEqual([]);
  });

  it('that emptied a field shows as a blank, which nobody has cleared', () => {
    const sides = { ours: { company: 'Engines Ltd' }, base: { company: 'Old Ltd' }, theirs: { company: null } };
    expect(mergeSides(sides, { attempts: [attempt({ company: null })] }).changes).toEqual([]);
  });
});

describe('a value that a vendor gives another form', () => {
  const echoPairs = { givenName: { sent: 'Augusta', seen: 'AUGUSTE' } };

  it('is ours as it was sent: what it is changed to now is an edit, and no conflict', () => {
    const sides = { ours: { givenName: 'Augusta' }, base: { givenName: 'AUGUSTE' }, theirs: { givenName: 'Byron' } };
    expect(mergeSides(sides, { ...google, echoPairs }).changes).toEqual([
      { field: 'givenName', before: 'Augusta', after: 'Byron' },
    ]);
  });

  it('is not pulled back as an edit', () => {
    const sides = { ours: { givenName: 'Augusta' }, base: { givenName: 'AUGUSTE' }, theirs: { givenName: 'AUGUSTE' } };
    expect(mergeSides(sides, { echoPairs }).changes).toEqual([]);
  });

  it('is a conflict when ours has gone on since it was sent', () => {
    const sides = { ours: { givenName: 'Grace' }, base: { givenName: 'AUGUSTE' }, theirs: { givenName: 'Byron' } };
    expect(mergeSides(sides, { ...google, echoPairs }).changes).toMatchObject([{ after: 'Grace', losing: 'Byron' }]);
  });

  it('is no news where fitting tells beforehand what becomes of it', () => {
    const sides = { ours: { givenName: 'Augusta' }, base: null, theirs: { givenName: 'AUGUS' } };
    expect(mergeSides(sides, { fitValues: shouts }).changes).toEqual([]);
  });
});

describe('a blank', () => {
  it.each([
    ['that was blank before never beats a value of ours', { company: '' }, 'Engines Ltd'],
    ['that was never said never beats a value of ours', {}, 'Engines Ltd'],
    ['where there was a value that we changed meanwhile goes by the rule of conflicts', { company: 'Old Ltd' }, null],
    ['where our value stood was cleared on purpose', { company: 'Engines Ltd' }, null],
  ])('%s', (_what, base, company) => {
    expect(mergeSides({ ours: { company: 'Engines Ltd' }, base, theirs: { company: null } }).fields.company).toBe(company);
  });

  it('at a first read takes nothing away', () => {
    const ours = { givenName: 'Ada', company: 'Engines Ltd', emails: [email('a@x.test')] };
    const { fields, changes } = mergeSides({ ours, base: null, theirs: { givenName: 'Ada', company: '', emails: [] } });
    expect([fields, changes]).toMatchObject([ours, []]);
  });

  it('of ours that nobody meant yields at a first read, without a conflict', () => {
    expect(mergeSides({ base: null, theirs: { company: 'Engines Ltd' } }, { provider: 'google' }).changes).toEqual([
      { field: 'company', before: null, after: 'Engines Ltd' },
    ]);
  });

  it('of ours that we meant goes by the rule of conflicts', () => {
    const sides = { ours: { company: null }, base: { company: 'Old Ltd' }, theirs: { company: 'Engines Ltd' } };
    const provenance = { company: { provider: 'square', changedAt: at } };
    expect(mergeSides(sides, { provenance, provider: 'google' }).changes).toEqual([
      { field: 'company', before: null, after: null, losing: 'Engines Ltd' },
    ]);
  });

  it('in another form is the same blank', () => {
    const sides = { ours: { company: 'Engines Ltd' }, base: { company: null }, theirs: { company: '' } };
    expect(mergeSides(sides).changes).toEqual([]);
  });
});

it('fields that a provider does not speak of stay as they are', () => {
  const ours = { givenName: 'Ada', note: 'Likes tea', tags: ['vip'] };
  expect(mergeSides({ ours, base: { givenName: 'Ada' }, theirs: { givenName: 'Augusta' } }).fields).toMatchObject({
    ...ours,
    givenName: 'Augusta',
  });
});
