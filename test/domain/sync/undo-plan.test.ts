import { describe, expect, it } from '@jest/globals';
import type { ProviderValues, RecordPatch } from '#domain/contact.ts';
import { planUndo, type RecordWrite, type WrittenRecord } from '#domain/sync/undo-plan.ts';

const patch = (change: Partial<RecordPatch>): RecordPatch => ({
  ...{ set: {}, addTags: [], removeTags: [], addLists: [], removeLists: [] },
  ...change,
});
const create = (change: Partial<RecordPatch>): RecordWrite => ({ operation: 'create', patch: patch(change), before: null });
const update = (change: Partial<RecordPatch>, before: ProviderValues = {}): RecordWrite => ({
  ...{ operation: 'update', patch: patch(change), before },
});
const plan = (values: ProviderValues, writes: RecordWrite[], others: Partial<WrittenRecord> = {}) =>
  planUndo({ ...{ writes, values, echoPairs: {}, isEdited: false, hasOther: true }, ...others });

const ada = { givenName: 'Ada', familyName: 'King' };

describe('a record that the go-live created', () => {
  it('is removed while it holds what was written', () => {
    expect(plan({ ...ada, note: 'of the vendor' }, [create({ set: ada })])).toEqual({ kind: 'remove' });
  });

  it('is removed when its vendor shows a written value in its own form', () => {
    const echoPairs = { givenName: { sent: 'ada', seen: 'Ada' } };
    expect(plan(ada, [create({ set: { ...ada, givenName: 'ada' } })], { echoPairs })).toEqual({ kind: 'remove' });
  });

  it('is removed after Accord itself has updated it', () => {
    const writes = [create({ set: { ...ada, givenName: 'A.' } }), update({ set: { givenName: 'Ada' } }, { givenName: 'A.' })];
    expect(plan(ada, writes)).toEqual({ kind: 'remove' });
  });

  it.each<[string, ProviderValues, Partial<WrittenRecord>, string[]]>([
    ['a written value was changed', { ...ada, familyName: 'Byron' }, {}, ['familyName']],
    ['somebody changed something else', ada, { isEdited: true }, []],
  ])('stays when %s', (_case, values, others, fields) => {
    expect(plan(values, [create({ set: ada })], others)).toEqual({ kind: 'leave', reason: 'edited', fields });
  });

  it('stays when it is the last record of the person', () => {
    expect(plan(ada, [create({ set: ada })], { hasOther: false })).toMatchObject({ kind: 'leave', reason: 'last-record' });
  });
});

describe('a record that the go-live updated', () => {
  const married = update({ set: { familyName: 'King' } }, { familyName: 'Lovelace' });

  it('gets its former values', () => {
    const twice = update({ set: { familyName: 'Byron' } }, { familyName: 'King' });
    expect(plan({ familyName: 'Byron' }, [married, twice])).toEqual({
      kind: 'restore',
      patch: patch({ set: { familyName: 'Lovelace' } }),
      left: [],
    });
  });

  it('loses a value that it did not have', () => {
    const added = update(
      { set: { company: 'Engines', emails: [{ address: 'ada@example.com', label: null }] } },
      { company: null },
    );
    const values = { company: 'Engines', emails: [{ address: 'ada@example.com', label: null }] };
    expect(plan(values, [added])).toMatchObject({ patch: { set: { company: null, emails: [] } } });
  });

  it('loses the tags and lists that were added, and gets those that were removed', () => {
    const tagged = update({ addTags: ['vip', 'gone'], removeTags: ['cold lead'], addLists: ['Hot'], removeLists: ['Cold'] });
    expect(plan({ tags: ['VIP', 'own'], lists: ['Hot'] }, [tagged])).toMatchObject({
      patch: { addTags: ['cold lead'], removeTags: ['vip'], addLists: ['Cold'], removeLists: ['Hot'] },
    });
  });

  it('keeps tags that were added and removed again', () => {
    const writes = [update({ removeTags: ['vip'] }), update({ addTags: ['vip'] })];
    expect(plan({ tags: ['vip'] }, writes)).toMatchObject({ kind: 'restore', patch: { addTags: [], removeTags: [] } });
  });

  it('is left when the field was edited since, also when Accord wrote it again after that', () => {
    const left = { kind: 'leave', reason: 'edited', fields: ['familyName'] };
    expect(plan({ familyName: 'Turing' }, [married])).toEqual(left);
    const after = update({ set: { familyName: 'Turing' } }, { familyName: 'Byron' });
    expect(plan({ familyName: 'Turing' }, [married, after])).toEqual(left);
  });

  it('gets the fields that nobody edited, and keeps the others', () => {
    const both = update({ set: { ...ada } }, { givenName: 'A.', familyName: 'Lovelace' });
    expect(plan({ givenName: 'Ada', familyName: 'Turing' }, [both])).toEqual({
      kind: 'restore',
      patch: patch({ set: { givenName: 'A.' } }),
      left: [{ field: 'familyName', reason: 'edited' }],
    });
  });

  it('keeps a refusal that was written', () => {
    const refused = { call: true, sms: false, email: false };
    const written = update({ set: { doNotContact: refused } }, { doNotContact: { ...refused, call: false } });
    expect(plan({ doNotContact: refused }, [written])).toMatchObject({ patch: { set: {} }, left: [{ reason: 'refusal' }] });
  });

  it('needs nothing when it holds its former values already', () => {
    expect(plan({ familyName: 'Lovelace' }, [married])).toEqual({ kind: 'restore', patch: patch({}), left: [] });
  });
});
