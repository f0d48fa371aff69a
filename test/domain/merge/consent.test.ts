import { describe, expect, it } from '@jest/globals';
import type { ProviderValues, Refusers } from '#domain/contact.ts';
import type { MergeInput } from '#domain/merge/merge-input.ts';
import type { DoNotContact } from '#domain/values.ts';
import { at, attempt, deny, mergeSides } from './merging.ts';

interface Sides {
  /** The earlier refusals. */
  by?: Refusers;
  base: DoNotContact | null;
  theirs: DoNotContact;
}

function mergeRefusals({ by = {}, base, theirs }: Sides, rest: Partial<MergeInput> = {}) {
  const provenance = { doNotContact: { provider: 'somebody', changedAt: at, by } };
  const ours = deny(...(Object.keys(by) as (keyof DoNotContact)[]));
  const sides = { ours: { doNotContact: ours }, base: base && { doNotContact: base }, theirs: { doNotContact: theirs } };
  const { fields, changes, provenance: after } = mergeSides(sides, { provenance, ...rest });
  return { denied: fields.doNotContact, by: after.doNotContact?.by, changes };
}

/** A dialer has one flag for all channels. */
const oneFlag = ({ doNotContact, ...rest }: ProviderValues): ProviderValues => ({
  ...rest,
  ...(doNotContact && { doNotContact: doNotContact.call ? deny('call', 'sms', 'email') : deny() }),
});
const dialer = { provider: 'calltools', fitValues: oneFlag };
const all = deny('call', 'sms', 'email');

describe('a refusal', () => {
  it.each(['call', 'sms', 'email'] as const)(
    'of %s is stored with its provider, and leaves the other channels open',
    (channel) => {
      expect(mergeRefusals({ base: deny(), theirs: deny(channel) })).toMatchObject({
        denied: deny(channel),
        by: { [channel]: ['gohighlevel'] },
      });
    },
  );

  it('is stored on the first read too', () => {
    expect(mergeRefusals({ base: null, theirs: deny('sms') }).denied).toEqual(deny('sms'));
  });

  it('adds to the refusals of other providers', () => {
    expect(mergeRefusals({ by: { call: ['square'] }, base: deny(), theirs: deny('email') })).toMatchObject({
      denied: deny('call', 'email'),
      by: { call: ['square'], email: ['gohighlevel'] },
    });
  });

  it.each([
    ['authority', { order: ['square', 'gohighlevel'], fields: {} }],
    ['owner', { order: ['square'], fields: { doNotContact: { mode: 'owner' as const } } }],
    ['ask', { order: ['square'], fields: { doNotContact: { mode: 'ask' as const } } }],
  ])('wins under every conflict rule: %s', (_what, conflicts) => {
    expect(mergeRefusals({ base: deny(), theirs: deny('call') }, { conflicts })).toMatchObject({
      denied: deny('call'),
      changes: [expect.not.objectContaining({ asks: true })],
    });
  });

  it('made by two providers belongs to both', () => {
    const by = { call: ['gohighlevel', 'square'] };
    expect(
      mergeRefusals({ by: { call: ['gohighlevel'] }, base: null, theirs: deny('call') }, { provider: 'square' }),
    ).toMatchObject({
      by,
    });
    expect(
      mergeRefusals({ by: { call: ['gohighlevel'] }, base: deny(), theirs: deny('call') }, { provider: 'square' }),
    ).toMatchObject({
      by,
    });
  });

  it('repeated by one provider belongs to it once', () => {
    expect(mergeRefusals({ by: { call: ['gohighlevel'] }, base: deny('call'), theirs: deny('call') }).changes).toEqual([]);
    expect(mergeRefusals({ by: { call: ['gohighlevel'] }, base: deny(), theirs: deny('call') }).changes).toEqual([]);
  });
});

describe('lifting a refusal', () => {
  const refused = { by: { call: ['gohighlevel'] } };

  it('works at the provider that made it', () => {
    expect(mergeRefusals({ ...refused, base: deny('call'), theirs: deny() })).toMatchObject({ denied: deny(), by: {} });
  });

  it('opens only the channel that was allowed', () => {
    const by = { call: ['gohighlevel'], sms: ['gohighlevel'] };
    expect(mergeRefusals({ by, base: deny('call', 'sms'), theirs: deny('sms') })).toMatchObject({
      denied: deny('sms'),
      by: { sms: ['gohighlevel'] },
    });
  });

  it('requires all providers that made it', () => {
    const first = mergeRefusals({ by: { call: ['gohighlevel', 'square'] }, base: deny('call'), theirs: deny() });
    expect(first).toMatchObject({ denied: deny('call'), by: { call: ['square'] } });
    const { by = {} } = first;
    expect(mergeRefusals({ by, base: deny('call'), theirs: deny() }, { provider: 'square' })).toMatchObject({
      denied: deny(),
      by: {},
    });
  });

  it('does not work at a provider that only held a copy', () => {
    expect(mergeRefusals({ ...refused, base: deny('call'), theirs: deny() }, { provider: 'square' })).toMatchObject({
      denied: deny('call'),
      changes: [],
    });
  });

  it('does not happen by a first read without it', () => {
    expect(mergeRefusals({ ...refused, base: null, theirs: deny() })).toMatchObject({ denied: deny('call'), changes: [] });
  });

  it('works when only the provider of the whole field is known', () => {
    const provenance = { doNotContact: { provider: 'gohighlevel', changedAt: at } };
    expect(mergeRefusals({ ...refused, base: deny('call'), theirs: deny() }, { provenance }).denied).toEqual(deny());
    expect(mergeRefusals({ ...refused, base: deny('call'), theirs: deny() }, { provenance, provider: 'square' }).denied).toEqual(
      deny('call'),
    );
  });
});

describe('two records of one person at one provider', () => {
  const primary = { linkId: 'primary', otherLinkIds: ['double'] };
  const double = { linkId: 'double', otherLinkIds: ['primary'] };
  const lift = (by: Refusers, record: Partial<MergeInput>) => mergeRefusals({ by, base: deny('call'), theirs: deny() }, record);

  it('refuse each for itself', () => {
    const first = mergeRefusals({ base: deny(), theirs: deny('call') }, double);
    expect(first.by).toEqual({ call: ['gohighlevel:double'] });
    expect(mergeRefusals({ by: first.by ?? {}, base: deny(), theirs: deny('call') }, primary).by).toEqual({
      call: ['gohighlevel:double', 'gohighlevel:primary'],
    });
  });

  it('lift only their own refusal', () => {
    const by = { call: ['gohighlevel:double'] };
    expect(lift(by, primary)).toMatchObject({ denied: deny('call'), changes: [] });
    expect(lift(by, double)).toMatchObject({ denied: deny(), by: {} });
    expect(lift({ call: ['gohighlevel:double', 'gohighlevel:primary'] }, double)).toMatchObject({
      denied: deny('call'),
      by: { call: ['gohighlevel:primary'] },
    });
  });

  it('lift the refusal of a record that is gone, and one that is only known to be of the provider', () => {
    const by = { call: ['gohighlevel:gone', 'gohighlevel'] };
    expect(lift(by, primary)).toMatchObject({ denied: deny(), by: {} });
    expect(lift(by, { ...primary, provider: 'square' }).denied).toEqual(deny('call'));
  });
});

describe('the permission of the person, with proof', () => {
  const form = { provider: 'webform', grants: ['email', 'sms'] as const };

  it('lifts the refusals of all providers for its channels', () => {
    const by = { call: ['square'], sms: ['square', 'gohighlevel'], email: ['square'] };
    expect(mergeRefusals({ by, base: null, theirs: deny() }, form)).toMatchObject({
      denied: deny('call'),
      by: { call: ['square'] },
    });
  });

  it('counts even when the form has no refusals', () => {
    const provenance = { doNotContact: { provider: 'square', changedAt: at, by: { sms: ['square'] } } };
    const sides = { ours: { doNotContact: deny('sms') }, base: null, theirs: { givenName: 'Ada' } };
    expect(mergeSides(sides, { provenance, ...form }).fields.doNotContact).toEqual(deny());
  });

  it('changes nothing without a refusal', () => {
    expect(mergeRefusals({ base: null, theirs: deny() }, form).changes).toEqual([]);
  });

  it('is not withdrawn by a provider that repeats its old refusal', () => {
    expect(mergeRefusals({ base: deny('call'), theirs: deny('call') }).changes).toEqual([]);
    expect(mergeRefusals({ base: deny('call'), theirs: deny('call', 'sms') }).denied).toEqual(deny('sms'));
  });

  it('is withdrawn by a later refusal', () => {
    expect(mergeRefusals({ base: deny(), theirs: deny('email') }).denied).toEqual(deny('email'));
  });
});

describe('a dialer with one flag', () => {
  const byGhl = { by: { call: ['gohighlevel'] } };
  const attempts = [attempt({ doNotContact: deny('call') })];

  it('does not refuse by showing our refusal of calls as a refusal of all channels', () => {
    expect(mergeRefusals({ ...byGhl, base: deny(), theirs: all }, { ...dialer, attempts })).toMatchObject({
      denied: deny('call'),
      changes: [],
    });
    expect(mergeRefusals({ ...byGhl, base: all, theirs: all }, dialer).changes).toEqual([]);
  });

  it('does not refuse when our write lands after the person has allowed the channel again', () => {
    expect(mergeRefusals({ base: deny(), theirs: all }, { ...dialer, attempts }).changes).toEqual([]);
  });

  it('refuses all channels when an agent sets the flag, and lifts them again', () => {
    const set = mergeRefusals({ base: deny(), theirs: all }, dialer);
    const author = ['calltools'];
    expect(set).toMatchObject({ denied: all, by: { call: author, sms: author, email: author } });
    expect(mergeRefusals({ by: set.by ?? {}, base: all, theirs: deny() }, dialer).denied).toEqual(deny());
  });

  it('does not lift refusals of other providers when an agent clears the flag', () => {
    expect(mergeRefusals({ ...byGhl, base: all, theirs: deny() }, dialer)).toMatchObject({ denied: deny('call'), changes: [] });
  });
});
