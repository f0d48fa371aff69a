import { describe, expect, it } from '@jest/globals';
import { type ConflictRules, getConflictRule } from '#domain/conflict.ts';
import type { MergeInput } from '#domain/merge-input.ts';
import { at, email, mergeSides } from './merging.ts';

const order = ['gohighlevel', 'square', 'google'];

/** Ada's name after our side, by Google, said `Ada L.` and `provider` said `Augusta`. */
function settle(fields: ConflictRules['fields'], rest: Partial<MergeInput> = {}) {
  const sides = { ours: { givenName: 'Ada L.' }, base: { givenName: 'Ada' }, theirs: { givenName: 'Augusta' } };
  const provenance = { givenName: { provider: 'google', changedAt: at } };
  const { changes, ...after } = mergeSides(sides, { provenance, provider: 'square', conflicts: { order, fields }, ...rest });
  return { givenName: after.fields.givenName, by: after.provenance.givenName?.provider, changes };
}

const theirs = { givenName: 'Augusta', by: 'square' };
const ours = { givenName: 'Ada L.', by: 'google' };

describe('a field without a rule of its own', () => {
  it.each([
    ['givenName', 'authority'],
    ['note', 'authority'],
    ['emails', 'keep-both'],
    ['phones', 'keep-both'],
    ['addresses', 'keep-both'],
    ['tags', 'keep-both'],
  ] as const)('%s goes by %s, in the order of all', (field, mode) => {
    expect(getConflictRule(field, { order, fields: {} })).toEqual({ mode, order });
  });
});

describe('by authority', () => {
  it.each([
    ['square', 'google', theirs],
    ['google', 'square', { givenName: 'Ada L.', by: 'square' }],
    ['gohighlevel', 'square', { givenName: 'Augusta', by: 'gohighlevel' }],
  ])('%s against what %s said: the one that stands first in the order wins, whoever came first', (provider, said, expected) => {
    const provenance = { givenName: { provider: said, changedAt: at } };
    expect(settle({}, { provider, provenance })).toMatchObject(expected);
  });

  it('the losing value is kept with the change, whichever side it was', () => {
    expect(settle({}).changes).toEqual([{ field: 'givenName', before: 'Ada L.', after: 'Augusta', losing: 'Ada L.' }]);
    expect(settle({}, { provider: 'google', provenance: { givenName: { provider: 'square', changedAt: at } } }).changes).toEqual([
      { field: 'givenName', before: 'Ada L.', after: 'Ada L.', losing: 'Augusta' },
    ]);
  });

  it('a provider that stands in no order loses against one that does, and wins against nobody', () => {
    expect(settle({}, { provider: 'form' })).toMatchObject(ours);
    expect(settle({}, { provenance: { givenName: { provider: 'form', changedAt: at } } })).toMatchObject(theirs);
    expect(settle({}, { provider: 'form', provenance: { givenName: { provider: 'api', changedAt: at } } })).toMatchObject({
      givenName: 'Ada L.',
    });
  });

  it('a field with an order of its own goes by that one', () => {
    expect(settle({ givenName: { mode: 'authority', order: ['google', 'square'] } })).toMatchObject(ours);
    expect(settle({ familyName: { mode: 'authority', order: ['google', 'square'] } })).toMatchObject(theirs);
  });
});

describe('by the newest change', () => {
  const newest: ConflictRules['fields'] = { givenName: { mode: 'newest' } };
  const minutes = (count: number) => new Date(Date.parse(at) + count * 60_000).toISOString();
  /** The change of ours is of `at`; that of theirs of so many minutes later. */
  const later = (count: number | null, provider: string) =>
    settle(newest, {
      provider,
      updatedAt: count === null ? null : minutes(count),
      provenance: { givenName: { provider: 'square', changedAt: minutes(60), updatedAt: at } },
    }).givenName;

  it.each([
    [6, 'google', 'Augusta'],
    [-6, 'gohighlevel', 'Ada L.'],
  ])('%d minutes apart, the later one wins against the order', (apart, provider, name) => {
    expect(later(apart, provider)).toBe(name);
  });

  it.each([
    [5, 'google', 'Ada L.'],
    [5, 'gohighlevel', 'Augusta'],
    [-5, 'google', 'Ada L.'],
    [-5, 'gohighlevel', 'Augusta'],
    [0, 'gohighlevel', 'Augusta'],
  ])('%d minutes apart is too close for two clocks: %s goes by the order', (apart, provider, name) => {
    expect(later(apart, provider)).toBe(name);
  });

  it('goes by the order where theirs has no clock', () => {
    expect([later(null, 'google'), later(null, 'gohighlevel')]).toEqual(['Ada L.', 'Augusta']);
  });

  it('goes by the order where ours was said without a clock: when it reached us says nothing of when it was made', () => {
    const provenance = { givenName: { provider: 'square', changedAt: minutes(-600) } };
    expect(settle(newest, { provider: 'google', updatedAt: at, provenance }).givenName).toBe('Ada L.');
  });

  it('remembers the clock of the winner for the next one', () => {
    const { provenance } = mergeSides(
      { ours: { note: 'b' }, base: { note: 'b' }, theirs: { note: 'c' } },
      { updatedAt: minutes(1) },
    );
    expect(provenance.note).toEqual({ provider: 'gohighlevel', changedAt: at, updatedAt: minutes(1) });
  });
});

describe('keep both', () => {
  it('is for lists: items of both sides stay', () => {
    const sides = {
      ours: { emails: [email('a@x.test'), email('ours@x.test')] },
      base: { emails: [email('a@x.test')] },
      theirs: { emails: [email('a@x.test'), email('theirs@x.test')] },
    };
    const { fields, changes } = mergeSides(sides);
    expect(fields.emails.map(({ address }) => address)).toEqual(['a@x.test', 'ours@x.test', 'theirs@x.test']);
    expect(changes).toEqual([expect.not.objectContaining({ losing: expect.anything() })]);
  });

  it('is given up where a list goes by authority: one side or the other, whole', () => {
    const sides = {
      ours: { emails: [email('ours@x.test')] },
      base: { emails: [email('a@x.test')] },
      theirs: { emails: [email('theirs@x.test')] },
    };
    const provenance = { emails: { provider: 'google', changedAt: at } };
    const fields: ConflictRules['fields'] = { emails: { mode: 'authority' } };
    expect(mergeSides(sides, { provenance, conflicts: { order, fields } })).toMatchObject({
      fields: { emails: sides.theirs.emails },
      changes: [{ losing: sides.ours.emails }],
    });
  });
});

describe('ask', () => {
  const ask: ConflictRules['fields'] = { givenName: { mode: 'ask' } };

  it('leaves our value, keeps theirs, and says that somebody must decide', () => {
    expect(settle(ask, { provider: 'gohighlevel' })).toEqual({
      ...ours,
      changes: [{ field: 'givenName', before: 'Ada L.', after: 'Ada L.', losing: 'Augusta', asks: true }],
    });
  });

  it('asks nobody about what only one side changed', () => {
    const sides = { ours: { givenName: 'Ada' }, base: { givenName: 'Ada' }, theirs: { givenName: 'Augusta' } };
    const { fields, changes } = mergeSides(sides, { conflicts: { order, fields: ask } });
    expect([fields.givenName, changes]).toEqual(['Augusta', [expect.not.objectContaining({ asks: true })]]);
  });

  it('asks nobody about a blank that was blank before', () => {
    const sides = { ours: { givenName: 'Ada' }, base: { givenName: null }, theirs: { givenName: '' } };
    expect(mergeSides(sides, { conflicts: { order, fields: ask } }).changes).toEqual([]);
  });
});

describe('an owner', () => {
  const owner: ConflictRules['fields'] = { givenName: { mode: 'owner', order: ['square'] } };

  it('has its way also where it stands last in the order of all', () => {
    const provenance = { givenName: { provider: 'gohighlevel', changedAt: at } };
    expect(settle({ givenName: { mode: 'owner', order: ['google'] } }, { provider: 'google', provenance })).toMatchObject({
      givenName: 'Augusta',
    });
  });

  it.each(['gohighlevel', 'google'])('has the edit of %s undone, though nobody else changed the field', (provider) => {
    const sides = { ours: { givenName: 'Ada' }, base: { givenName: 'Ada' }, theirs: { givenName: 'Augusta' } };
    const { fields, changes } = mergeSides(sides, { provider, conflicts: { order, fields: owner } });
    expect(fields.givenName).toBe('Ada');
    expect(changes).toEqual([{ field: 'givenName', before: 'Ada', after: 'Ada', losing: 'Augusta' }]);
  });

  it('that has said nothing yet lets others speak', () => {
    const sides = { base: null, theirs: { givenName: 'Augusta' } };
    expect(mergeSides(sides, { conflicts: { order, fields: owner } }).fields.givenName).toBe('Augusta');
  });

  it('of a list has additions of others undone', () => {
    const sides = { ours: { tags: ['vip'] }, base: { tags: ['vip'] }, theirs: { tags: ['vip', 'new'] } };
    const rules: ConflictRules['fields'] = { tags: { mode: 'owner', order: ['square'] } };
    expect(mergeSides(sides, { conflicts: { order, fields: rules } }).fields.tags).toEqual(['vip']);
  });
});
