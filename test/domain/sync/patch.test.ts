import { describe, expect, it } from '@jest/globals';
import type { ProviderValues } from '#domain/contact.ts';
import { applyPatch, type EchoPairs, isEmptyPatch, namesInPatch, patchBetween } from '#domain/sync/patch.ts';
import type { Projection } from '#domain/sync/projection.ts';
import { deny, email, phone } from '#test/domain/merge/merging.ts';

function between(change: Partial<Projection>, shadow: ProviderValues | null, echoPairs: EchoPairs = {}) {
  const nothing: Projection = {
    ...{ wanted: true, fields: {}, mayHold: {}, hasTags: [], lacksTags: [], inLists: [], notInLists: [] },
  };
  return patchBetween({ ...nothing, ...change }, shadow, echoPairs);
}

describe('a patch', () => {
  it('has only the differences', () => {
    const fields = { givenName: 'Ada', familyName: 'King', note: null };
    expect(between({ fields }, { givenName: 'Ada', familyName: 'Lovelace', note: 'Old' }).set).toEqual({
      familyName: 'King',
      note: null,
    });
  });

  it('is empty when the record is in step, in another form too', () => {
    const fields = { company: null, phones: [phone('+15125550143', { raw: '(512) 555-0143', label: 'home' })] };
    const patch = between({ fields }, { company: '', phones: [phone('+15125550143')] });
    expect([isEmptyPatch(patch), namesInPatch(patch)]).toEqual([true, []]);
  });

  it('of a new record has all values that are not blank', () => {
    expect(between({ fields: { givenName: 'Ada', company: null, emails: [] } }, null).set).toEqual({ givenName: 'Ada' });
  });

  it('names the changed fields without their values', () => {
    const patch = between(
      { fields: { emails: [email('a@x.test')] }, hasTags: ['vip'], notInLists: ['Cold'] },
      { lists: ['cold'] },
    );
    expect(namesInPatch(patch)).toEqual(['emails', 'tags', 'lists']);
  });

  it.each([
    ['passes a refusal on', deny('call'), deny(), { doNotContact: deny('call') }],
    ['adds a channel to a refusal', deny('call', 'sms'), deny('call'), { doNotContact: deny('call', 'sms') }],
    ['does not lift a refusal made there', deny(), deny('call'), {}],
    ['does not lift one channel of several', deny('sms'), deny('call', 'sms'), {}],
  ])('%s', (_what, wanted, known, set) => {
    expect(between({ fields: { doNotContact: wanted } }, { doNotContact: known }).set).toEqual(set);
  });

  it('skips a value in the vendor’s own form until one side changes it', () => {
    const echo = { givenName: { sent: 'Ada', seen: 'ADA' } };
    expect(between({ fields: { givenName: 'Ada' } }, { givenName: 'ADA' }, echo).set).toEqual({});
    expect(between({ fields: { givenName: 'Augusta' } }, { givenName: 'ADA' }, echo).set).toEqual({ givenName: 'Augusta' });
    expect(between({ fields: { givenName: 'Ada' } }, { givenName: 'AUGUSTA' }, echo).set).toEqual({ givenName: 'Ada' });
  });

  it('removes other tags only when all others are unwanted', () => {
    const shadow = { tags: ['vip', 'Agent tag'] };
    expect(between({ hasTags: ['VIP'], lacksTags: 'others' }, shadow).removeTags).toEqual(['Agent tag']);
    expect(between({ hasTags: ['VIP'], lacksTags: ['agent TAG', 'cold'] }, shadow).removeTags).toEqual(['agent TAG']);
    expect(between({ hasTags: ['VIP'], lacksTags: [] }, shadow).removeTags).toEqual([]);
  });
});

it('applyPatch changes only the values of the patch', () => {
  const shadow = { givenName: 'Ada', note: 'Likes tea', tags: ['VIP', 'old'], lists: ['Cold'] };
  const patch = between(
    { fields: { givenName: 'Augusta' }, hasTags: ['new'], lacksTags: ['OLD'], inLists: ['Warm'], notInLists: ['cold'] },
    shadow,
  );
  expect(applyPatch(shadow, patch)).toEqual({
    ...{ givenName: 'Augusta', note: 'Likes tea', tags: ['VIP', 'new'], lists: ['Warm'] },
  });
  expect(isEmptyPatch(between({ fields: { givenName: 'Augusta' }, hasTags: ['new'] }, applyPatch(shadow, patch)))).toBe(true);
});
