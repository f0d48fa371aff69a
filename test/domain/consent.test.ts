import { describe, expect, it } from '@jest/globals';
import type { ProviderValues, Refusers } from '#domain/contact.ts';
import type { MergeInput } from '#domain/merge-input.ts';
import type { DoNotContact } from '#domain/values.ts';
import { at, attempt, deny, mergeSides } from './merging.ts';

interface Said {
  /** Who refused which channel before. */
  by?: Refusers;
  base: DoNotContact | null;
  theirs: DoNotContact;
}

function say({ by = {}, base, theirs }: Said, rest: Partial<MergeInput> = {}) {
  const provenance = { doNotContact: { provider: 'somebody', changedAt: at, by } };
  const ours = deny(...(Object.keys(by) as (keyof DoNotContact)[]));
  const sides = { ours: { doNotContact: ours }, base: base && { doNotContact: base }, theirs: { doNotContact: theirs } };
  const { fields, changes, provenance: after } = mergeSides(sides, { provenance, ...rest });
  return { denied: fields.doNotContact, by: after.doNotContact?.by, changes };
}

/** A dialer has one flag: who must not be called is not contacted at all. */
const oneFlag = ({ doNotContact, ...rest }: ProviderValues): ProviderValues => ({
  ...rest,
  ...(doNotContact && { doNotContact: doNotContact.call ? deny('call', 'sms', 'email') : deny() }),
});
const dialer = { provider: 'calltools', fitValues: oneFlag };
const all = deny('call', 'sms', 'email');

describe('a refusal', () => {
  it.each(['call', 'sms', 'email'] as const)(
    'of %s is taken over, with who said it, and leaves the other channels',
    (channel) => {
      expect(say({ base: deny(), theirs: deny(channel) })).toMatchObject({
        denied: deny(channel),
        by: { [channel]: ['gohighlevel'] },
      });
    },
  );

  it('is taken over on the first read too', () => {
    expect(say({ base: null, theirs: deny('sms') }).denied).toEqual(deny('sms'));
  });

  it('joins those of others, each with its own author', () => {
    expect(say({ by: { call: ['square'] }, base: deny(), theirs: deny('email') })).toMatchObject({
      denied: deny('call', 'email'),
      by: { call: ['square'], email: ['gohighlevel'] },
    });
  });

  it.each([
    ['by the order', { order: ['square', 'gohighlevel'], fields: {} }],
    ['by an owner', { order: ['square'], fields: { doNotContact: { mode: 'owner' as const } } }],
    ['by a person who is asked', { order: ['square'], fields: { doNotContact: { mode: 'ask' as const } } }],
  ])('wins however conflicts are settled: %s', (_what, conflicts) => {
    expect(say({ base: deny(), theirs: deny('call') }, { conflicts })).toMatchObject({
      denied: deny('call'),
      changes: [expect.not.objectContaining({ asks: true })],
    });
  });

  it('that was made twice, by two of their own, has both as its authors', () => {
    const by = { call: ['gohighlevel', 'square'] };
    expect(say({ by: { call: ['gohighlevel'] }, base: null, theirs: deny('call') }, { provider: 'square' })).toMatchObject({
      by,
    });
    expect(say({ by: { call: ['gohighlevel'] }, base: deny(), theirs: deny('call') }, { provider: 'square' })).toMatchObject({
      by,
    });
  });

  it('that is repeated has one author still', () => {
    expect(say({ by: { call: ['gohighlevel'] }, base: deny('call'), theirs: deny('call') }).changes).toEqual([]);
    expect(say({ by: { call: ['gohighlevel'] }, base: deny(), theirs: deny('call') }).changes).toEqual([]);
  });
});

describe('a refusal is lifted', () => {
  const refused = { by: { call: ['gohighlevel'] } };

  it('where it was made', () => {
    expect(say({ ...refused, base: deny('call'), theirs: deny() })).toMatchObject({ denied: deny(), by: {} });
  });

  it('for the channel that was allowed, and no other', () => {
    const by = { call: ['gohighlevel'], sms: ['gohighlevel'] };
    expect(say({ by, base: deny('call', 'sms'), theirs: deny('sms') })).toMatchObject({
      denied: deny('sms'),
      by: { sms: ['gohighlevel'] },
    });
  });

  it('when all who made it have taken it back, and not before', () => {
    const first = say({ by: { call: ['gohighlevel', 'square'] }, base: deny('call'), theirs: deny() });
    expect(first).toMatchObject({ denied: deny('call'), by: { call: ['square'] } });
    const { by = {} } = first;
    expect(say({ by, base: deny('call'), theirs: deny() }, { provider: 'square' })).toMatchObject({ denied: deny(), by: {} });
  });

  it('by nobody else, though it held it as a copy', () => {
    expect(say({ ...refused, base: deny('call'), theirs: deny() }, { provider: 'square' })).toMatchObject({
      denied: deny('call'),
      changes: [],
    });
  });

  it('not by a first read that says nothing of it', () => {
    expect(say({ ...refused, base: null, theirs: deny() })).toMatchObject({ denied: deny('call'), changes: [] });
  });

  it('also where its author is known only as that of the whole field', () => {
    const provenance = { doNotContact: { provider: 'gohighlevel', changedAt: at } };
    expect(say({ ...refused, base: deny('call'), theirs: deny() }, { provenance }).denied).toEqual(deny());
    expect(say({ ...refused, base: deny('call'), theirs: deny() }, { provenance, provider: 'square' }).denied).toEqual(
      deny('call'),
    );
  });
});

describe('a permission of the person, with proof', () => {
  const form = { provider: 'webform', grants: ['email', 'sms'] as const };

  it('lifts a refusal that others made, for the channels that it names', () => {
    const by = { call: ['square'], sms: ['square', 'gohighlevel'], email: ['square'] };
    expect(say({ by, base: null, theirs: deny() }, form)).toMatchObject({ denied: deny('call'), by: { call: ['square'] } });
  });

  it('counts where the form says nothing else of refusals', () => {
    const provenance = { doNotContact: { provider: 'square', changedAt: at, by: { sms: ['square'] } } };
    const sides = { ours: { doNotContact: deny('sms') }, base: null, theirs: { givenName: 'Ada' } };
    expect(mergeSides(sides, { provenance, ...form }).fields.doNotContact).toEqual(deny());
  });

  it('that changes nothing is no change', () => {
    expect(say({ base: null, theirs: deny() }, form).changes).toEqual([]);
  });

  it('is not taken back by a provider that merely repeats its old refusal, also beside a new one', () => {
    expect(say({ base: deny('call'), theirs: deny('call') }).changes).toEqual([]);
    expect(say({ base: deny('call'), theirs: deny('call', 'sms') }).denied).toEqual(deny('sms'));
  });

  it('is taken back by a refusal that comes after it', () => {
    expect(say({ base: deny(), theirs: deny('email') }).denied).toEqual(deny('email'));
  });
});

describe('a dialer with one flag', () => {
  const byGhl = { by: { call: ['gohighlevel'] } };
  const attempts = [attempt({ doNotContact: deny('call') })];

  it('that shows our refusal of calls as one of everything has refused nothing', () => {
    expect(say({ ...byGhl, base: deny(), theirs: all }, { ...dialer, attempts })).toMatchObject({
      denied: deny('call'),
      changes: [],
    });
    expect(say({ ...byGhl, base: all, theirs: all }, dialer).changes).toEqual([]);
  });

  it('that shows a write of ours landing has refused nothing, though the person allows it again by now', () => {
    expect(say({ base: deny(), theirs: all }, { ...dialer, attempts }).changes).toEqual([]);
  });

  it('whose agent sets the flag refuses everything, and may lift it again', () => {
    const set = say({ base: deny(), theirs: all }, dialer);
    const author = ['calltools'];
    expect(set).toMatchObject({ denied: all, by: { call: author, sms: author, email: author } });
    expect(say({ by: set.by ?? {}, base: all, theirs: deny() }, dialer).denied).toEqual(deny());
  });

  it('whose agent takes the flag away does not lift what was refused elsewhere', () => {
    expect(say({ ...byGhl, base: all, theirs: deny() }, dialer)).toMatchObject({ denied: deny('call'), changes: [] });
  });
});
