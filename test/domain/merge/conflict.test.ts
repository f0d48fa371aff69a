import { describe, expect, it } from '@jest/globals';
import { type ConflictRules, getConflictRule } from '#domain/merge/conflict.ts';
import type { MergeInput } from '#domain/merge/merge-input.ts';
import { at, email, mergeSides } from './merging.ts';

const order = ['gohighlevel', 'square', 'google'];

/** Settles a conflict over Ada's name: `Ada L.` from Google is ours, `Augusta` from `provider` is theirs. */
function settle(fields: ConflictRules['fields'], rest: Partial<MergeInput> = {}) {
  const sides = { ours: { givenName: 'Ada L.' }, base: { givenName: 'Ada' }, theirs: { givenName: 'Augusta' } };
  const provenance = { givenName: { provider: 'google', changedAt: at } };
  const { changes, ...after } = mergeSides(sides, { provenance, provider: 'square', conflicts: { order, fields }, ...rest });
  return { givenName: after.fields.givenName, by: after.provenance.givenName?.provider, changes };
}

const theirs = { givenName: 'Augusta', by: 'square' };
const ours = { givenName: 'Ada L.', by: 'google' };

describe('a field without a rule', () => {
  it.each([
    ['givenName', 'authority'],
    ['note', 'authority'],
    ['emails', 'keep-both'],
    ['phones', 'keep-both'],
    ['addresses', 'keep-both'],
    ['tags', 'keep-both'],
  ] as const)('%s uses %s with the common order', (field, mode) => {
    expect(getConflictRule(field, { order, fields: {} })).toEqual({ mode, order });
  });
});

describe('authority', () => {
  it.each([
    ['square', 'google', theirs],
    ['google', 'square', { givenName: 'Ada L.', by: 'square' }],
    ['gohighlevel', 'square', { givenName: 'Augusta', by: 'gohighlevel' }],
  ])('%s against a value from %s: the first in the order wins, regardless of arrival', (provider, said, expected) => {
    const provenance = { givenName: { provider: said, changedAt: at } };
    expect(settle({}, { provider, provenance })).toMatchObject(expected);
  });

  it('records the losing value of either side', () => {
    expect(settle({}).changes).toEqual([{ field: 'givenName', before: 'Ada L.', after: 'Augusta', losing: 'Ada L.' }]);
    expect(settle({}, { provider: 'google', provenance: { givenName: { provider: 'square', changedAt: at } } }).changes).toEqual([
      { field: 'givenName', before: 'Ada L.', after: 'Ada L.', losing: 'Augusta' },
    ]);
  });

  it('a provider outside the order loses against all others', () => {
    expect(settle({}, { provider: 'form' })).toMatchObject(ours);
    expect(settle({}, { provenance: { givenName: { provider: 'form', changedAt: at } } })).toMatchObject(theirs);
    expect(settle({}, { provider: 'form', provenance: { givenName: { provider: 'api', changedAt: at } } })).toMatchObject({
      givenName: 'Ada L.',
    });
  });

  it.each([
    ['newer', '2026-01-02T00:00:00Z', '2026-01-01T00:00:00Z', { givenName: 'Augusta' }],
    ['older', '2026-01-01T00:00:00Z', '2026-01-02T00:00:00Z', { givenName: 'Ada L.' }],
    ['not dated, and read later', null, undefined, { givenName: 'Augusta' }],
  ])('of two values of one provider, theirs is %s: the later one wins', (_what, updatedAt, known, expected) => {
    const provenance = { givenName: { provider: 'square', changedAt: at, ...(known !== undefined && { updatedAt: known }) } };
    expect(settle({}, { provider: 'square', updatedAt, provenance })).toMatchObject(expected);
  });

  it('a field may have its own order', () => {
    expect(settle({ givenName: { mode: 'authority', order: ['google', 'square'] } })).toMatchObject(ours);
    expect(settle({ familyName: { mode: 'authority', order: ['google', 'square'] } })).toMatchObject(theirs);
  });
});

describe('newest', () => {
  const newest: ConflictRules['fields'] = { givenName: { mode: 'newest' } };
  const minutes = (count: number) => new Date(Date.parse(at) + count * 60_000).toISOString();
  /** Our change is of `at`; theirs is `count` minutes later. */
  const later = (count: number | null, provider: string) =>
    settle(newest, {
      provider,
      updatedAt: count === null ? null : minutes(count),
      provenance: { givenName: { provider: 'square', changedAt: minutes(60), updatedAt: at } },
    }).givenName;

  it.each([
    [6, 'google', 'Augusta'],
    [-6, 'gohighlevel', 'Ada L.'],
  ])('%d minutes apart: the later change wins, against the order', (apart, provider, name) => {
    expect(later(apart, provider)).toBe(name);
  });

  it.each([
    [5, 'google', 'Ada L.'],
    [5, 'gohighlevel', 'Augusta'],
    [-5, 'google', 'Ada L.'],
    [-5, 'gohighlevel', 'Augusta'],
    [0, 'gohighlevel', 'Augusta'],
  ])('%d minutes apart is within the clock skew: %s is ranked by the order', (apart, provider, name) => {
    expect(later(apart, provider)).toBe(name);
  });

  it('falls back to the order when their record has no time', () => {
    expect([later(null, 'google'), later(null, 'gohighlevel')]).toEqual(['Ada L.', 'Augusta']);
  });

  it('falls back to the order when our value has no vendor time, because its arrival time does not tell', () => {
    const provenance = { givenName: { provider: 'square', changedAt: minutes(-600) } };
    expect(settle(newest, { provider: 'google', updatedAt: at, provenance }).givenName).toBe('Ada L.');
  });

  it('stores the vendor time of the winner', () => {
    const { provenance } = mergeSides(
      { ours: { note: 'b' }, base: { note: 'b' }, theirs: { note: 'c' } },
      { updatedAt: minutes(1) },
    );
    expect(provenance.note).toEqual({ provider: 'gohighlevel', changedAt: at, updatedAt: minutes(1) });
  });
});

describe('keep-both', () => {
  it('keeps the items of both sides', () => {
    const sides = {
      ours: { emails: [email('a@x.test'), email('ours@x.test')] },
      base: { emails: [email('a@x.test')] },
      theirs: { emails: [email('a@x.test'), email('theirs@x.test')] },
    };
    const { fields, changes } = mergeSides(sides);
    expect(fields.emails.map(({ address }) => address)).toEqual(['a@x.test', 'ours@x.test', 'theirs@x.test']);
    expect(changes).toEqual([expect.not.objectContaining({ losing: expect.anything() })]);
  });

  it('is off under authority: the whole set of one side wins', () => {
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

  it('keeps our value, records theirs, and asks a person', () => {
    expect(settle(ask, { provider: 'gohighlevel' })).toEqual({
      ...ours,
      changes: [{ field: 'givenName', before: 'Ada L.', after: 'Ada L.', losing: 'Augusta', asks: true }],
    });
  });

  it('does not ask when only one side changed', () => {
    const sides = { ours: { givenName: 'Ada' }, base: { givenName: 'Ada' }, theirs: { givenName: 'Augusta' } };
    const { fields, changes } = mergeSides(sides, { conflicts: { order, fields: ask } });
    expect([fields.givenName, changes]).toEqual(['Augusta', [expect.not.objectContaining({ asks: true })]]);
  });

  it('does not ask about a value that was blank before', () => {
    const sides = { ours: { givenName: 'Ada' }, base: { givenName: null }, theirs: { givenName: '' } };
    expect(mergeSides(sides, { conflicts: { order, fields: ask } }).changes).toEqual([]);
  });
});

describe('owner', () => {
  const owner: ConflictRules['fields'] = { givenName: { mode: 'owner', order: ['square'] } };

  it('wins even when it is last in the common order', () => {
    const provenance = { givenName: { provider: 'gohighlevel', changedAt: at } };
    expect(settle({ givenName: { mode: 'owner', order: ['google'] } }, { provider: 'google', provenance })).toMatchObject({
      givenName: 'Augusta',
    });
  });

  it.each(['gohighlevel', 'google'])('reverts an edit by %s, even when no other side changed the field', (provider) => {
    const sides = { ours: { givenName: 'Ada' }, base: { givenName: 'Ada' }, theirs: { givenName: 'Augusta' } };
    const { fields, changes } = mergeSides(sides, { provider, conflicts: { order, fields: owner } });
    expect(fields.givenName).toBe('Ada');
    expect(changes).toEqual([{ field: 'givenName', before: 'Ada', after: 'Ada', losing: 'Augusta' }]);
  });

  it('accepts values of others while it has none', () => {
    const sides = { base: null, theirs: { givenName: 'Augusta' } };
    expect(mergeSides(sides, { conflicts: { order, fields: owner } }).fields.givenName).toBe('Augusta');
  });

  it('reverts additions of others to a set', () => {
    const sides = { ours: { tags: ['vip'] }, base: { tags: ['vip'] }, theirs: { tags: ['vip', 'new'] } };
    const rules: ConflictRules['fields'] = { tags: { mode: 'owner', order: ['square'] } };
    expect(mergeSides(sides, { conflicts: { order, fields: rules } }).fields.tags).toEqual(['vip']);
  });
});
