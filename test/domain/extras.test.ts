import { describe, expect, it } from '@jest/globals';
import { emptyFields, isExtraField, listFields, type ProviderValues } from '#domain/contact.ts';
import type { MergeInput } from '#domain/merge/merge-input.ts';
import { mergeRecord } from '#domain/merge/merge-record.ts';
import { undoChange } from '#domain/merge/undo-change.ts';
import { toSearchText } from '#domain/search/search-text.ts';
import { patchBetween, withoutRenewed } from '#domain/sync/patch.ts';
import { projectContact } from '#domain/sync/projection.ts';

const field = 'extras.membership';

function merge(
  sides: { ours?: string | null; base?: ProviderValues | null; theirs: ProviderValues },
  more: Partial<MergeInput> = {},
) {
  const { ours, base = null, theirs } = sides;
  return mergeRecord({
    fields: { ...emptyFields, ...(ours !== undefined && { [field]: ours }) },
    provenance: ours == null ? {} : { [field]: { provider: 'square', changedAt: '2026-01-01T00:00:00.000Z' } },
    ...{ base, theirs, fitValues: (values) => values, echoPairs: {}, attempts: [] },
    ...{ provider: 'gohighlevel', at: '2026-02-01T00:00:00.000Z', updatedAt: null },
    conflicts: { order: ['gohighlevel', 'square'], fields: {} },
    ...more,
  });
}

describe('an extra', () => {
  it('has a name that needs no quotes', () => {
    const names = [
      'extras.membership',
      'extras.t_shirt2',
      'extras.',
      'extras.Membership',
      'extras.a b',
      'membership',
      'extras.__proto__',
    ];
    expect(names.filter(isExtraField)).toEqual(['extras.membership', 'extras.t_shirt2']);
    expect(listFields({ [field]: null }, { 'extras.age': '3' }).slice(-2)).toEqual(['extras.age', field]);
  });

  it.each([
    ['a first value is taken over', { theirs: { [field]: 'Gold' } }, { after: 'Gold' }],
    ['the same value changes nothing', { ours: 'Gold', theirs: { [field]: 'Gold' } }, null],
    ['a blank value of a record that never had one changes nothing', { ours: 'Gold', theirs: { [field]: null } }, null],
    ['an edit is taken over', { ours: 'Gold', base: { [field]: 'Gold' }, theirs: { [field]: 'Silver' } }, { after: 'Silver' }],
    ['a cleared value clears it', { ours: 'Gold', base: { [field]: 'Gold' }, theirs: { [field]: null } }, { after: null }],
    ['what was not read is not empty', { ours: 'Gold', base: { [field]: 'Gold' }, theirs: { givenName: null } }, null],
    [
      'two first values are decided by rank, and the other one is kept',
      { ours: 'Gold', base: {}, theirs: { [field]: 'Silver' } },
      { after: 'Silver', losing: 'Gold' },
    ],
  ])('%s', (_, sides, expected) => {
    const change = merge(sides).changes.find((each) => each.field === field);
    expect(change ?? null).toEqual(expected && expect.objectContaining(expected));
  });

  it('keeps where its value came from, by extra', () => {
    const { provenance } = merge({ theirs: { [field]: 'Gold' } });
    expect(provenance).toEqual({ [field]: { provider: 'gohighlevel', changedAt: '2026-02-01T00:00:00.000Z' } });
  });

  it('follows a rule of its own', () => {
    const conflicts = { order: ['gohighlevel', 'square'], fields: { [field]: { mode: 'ask' as const } } };
    const sides = { ours: 'Gold', base: { [field]: 'Bronze' }, theirs: { [field]: 'Silver' } };
    expect(merge(sides, { conflicts }).changes).toEqual([
      expect.objectContaining({ after: 'Gold', losing: 'Silver', asks: true }),
    ]);
  });

  it('is taken back by an undo', () => {
    const { fields, changes } = merge({ theirs: { [field]: 'Gold' } });
    const [change] = changes;
    const undone = change && undoChange(fields, change);
    expect([change, undone && patchBetween(projectionOf(undone), { [field]: 'Gold' })]).toMatchObject([
      { field },
      { set: { [field]: null } },
    ]);
  });

  it('is written only where it is mapped', () => {
    const fields = { ...emptyFields, [field]: 'Gold', 'extras.other': 'x' };
    expect(patchBetween(projectionOf(fields), {}).set).toEqual({ [field]: 'Gold' });
    expect(toSearchText(fields)).not.toContain('gold');
  });

  it('of another custom field than before was never read: nobody has emptied it', () => {
    const known = {
      shadow: { [field]: 'Gold', givenName: 'Ada', customFieldIds: { [field]: 'one' } },
      echoPairs: { [field]: { sent: 'gold', seen: 'Gold' } },
    };
    expect(withoutRenewed(known, { customFieldIds: { [field]: 'one' } })).toBe(known);
    expect(withoutRenewed(known, { customFieldIds: {} })).toBe(known);
    const { shadow, echoPairs } = withoutRenewed(known, { customFieldIds: { [field]: 'two' } });
    expect([Object.keys(shadow), echoPairs]).toEqual([['givenName', 'customFieldIds'], {}]);
  });
});

function projectionOf(fields: typeof emptyFields) {
  const holds = [field] as const;
  const fitValues = (values: ProviderValues) => ({ ...(field in values && { [field]: values[field] }) });
  return projectContact({
    target: { provider: 'gohighlevel', role: 'everyone', holds, fitValues },
    subject: { fields, isCustomer: false, isDeleted: false },
    ...{ placement: null, managed: { lists: [], tags: [] }, held: null },
  });
}
