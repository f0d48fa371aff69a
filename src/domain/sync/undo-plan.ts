import { emptyValueOf, isFieldName, type ProviderValues, type RecordPatch, valueNames } from '#domain/contact.ts';
import { isDenyWinsField, sameValue } from '#domain/equality.ts';
import { tagKey } from '#domain/normalize/tag.ts';
import { type EchoPairs, isEmptyPatch } from './patch.ts';

/** A write that landed at a record. */
export interface RecordWrite {
  operation: 'create' | 'update';
  patch: RecordPatch;
  /** The values of the changed fields before an update; null for a create. */
  before: ProviderValues | null;
}

/** A record that Accord wrote to, as it is now. */
export interface WrittenRecord {
  /** The oldest first. */
  writes: readonly RecordWrite[];
  values: ProviderValues;
  echoPairs: EchoPairs;
  /** Somebody else edited it after the first of the writes. */
  isEdited: boolean;
  /** The contact has another record, which this undo leaves. */
  hasOther: boolean;
}

/**
 * Why something stays: `edited`: somebody changed it since. `last-record`: no other record of the person is left. `refusal`: Accord never
 * lifts a refusal. `gone`: somebody deleted the record. `refused`: the vendor refused to take it back.
 */
export const leftReasons = ['edited', 'last-record', 'refusal', 'gone', 'refused'] as const;

export type LeftReason = (typeof leftReasons)[number];

export type UndoStep =
  | { kind: 'remove' }
  /** `left`: fields that stay, with the reason. The patch may be empty: everything is as it was before, or stays. */
  | { kind: 'restore'; patch: RecordPatch; left: { field: string; reason: LeftReason }[] }
  | { kind: 'leave'; reason: LeftReason; fields: string[] };

/**
 * The step that takes the writes back. A record that they created is removed if nobody has edited it; in one that they updated, each
 * field gets its former value if it still holds the written one.
 */
export function planUndo(record: WrittenRecord): UndoStep {
  const changes = listChanges(record);
  if (record.writes[0]?.operation !== 'create') return restore(changes, record);
  const edited = changes.filter(({ isOurs }) => !isOurs).map(({ field }) => field);
  if (record.isEdited || edited.length > 0) return { kind: 'leave', reason: 'edited', fields: edited };
  return record.hasOther ? { kind: 'remove' } : { kind: 'leave', reason: 'last-record', fields: [] };
}

interface Change {
  field: keyof ProviderValues;
  /** The value from before the first write. */
  before: unknown;
  /** The record still holds the value of the last write. */
  isOurs: boolean;
  /** The record holds the former value already. */
  isBack: boolean;
}

function listChanges({ writes, values, echoPairs }: WrittenRecord): Change[] {
  const fields = new Set(writes.flatMap(({ patch }) => valueNames(patch.set)));
  return [...fields].map((field) => {
    const own = writes.filter(({ patch }) => field in patch.set);
    const [first, last] = [own[0], own.at(-1)];
    const sent = sentValue(last, field);
    const echo = echoPairs[field];
    const isEcho = echo !== undefined && sameValue(field, echo.sent, sent) && sameValue(field, echo.seen, values[field]);
    const isOurs = (isEcho || sameValue(field, sent, values[field])) && !wasEditedBetween(own, field);
    const before = first?.before?.[field];
    return { field, before, isOurs, isBack: sameValue(field, before, values[field]) };
  });
}

/** Whether a later update found another value than the one before it had sent. */
function wasEditedBetween(writes: readonly RecordWrite[], field: keyof ProviderValues): boolean {
  return writes.some(({ before }, index) => {
    const earlier = writes[index - 1];
    return earlier?.operation === 'update' && !sameValue(field, before?.[field], sentValue(earlier, field));
  });
}

function sentValue(write: RecordWrite | undefined, field: keyof ProviderValues): unknown {
  const sent: ProviderValues = write?.patch.set ?? {};
  return sent[field];
}

function restore(changes: readonly Change[], { writes, values }: WrittenRecord): UndoStep {
  const set: RecordPatch['set'] = {};
  const left: { field: string; reason: LeftReason }[] = [];
  for (const { field, before, isOurs, isBack } of changes) {
    if (isBack || !isFieldName(field)) continue;
    if (isDenyWinsField(field)) left.push({ field, reason: 'refusal' });
    else if (isOurs) Object.assign(set, { [field]: before ?? emptyValueOf(field) });
    else left.push({ field, reason: 'edited' });
  }
  const tags = takeBack(writes, values.tags, { add: 'addTags', remove: 'removeTags' });
  const lists = takeBack(writes, values.lists, { add: 'addLists', remove: 'removeLists' });
  const patch = { set, addTags: tags.add, removeTags: tags.remove, addLists: lists.add, removeLists: lists.remove };
  if (isEmptyPatch(patch) && left.length > 0 && left.every(({ reason }) => reason === 'edited'))
    return { kind: 'leave', reason: 'edited', fields: left.map(({ field }) => field) };
  return { kind: 'restore', patch, left };
}

type Lists = { add: 'addTags' | 'addLists'; remove: 'removeTags' | 'removeLists' };

/** The items to add and to remove. An item that was added and removed again was there before as often as it is now. */
function takeBack(writes: readonly RecordWrite[], now: readonly string[] = [], names: Lists) {
  const wasThere = new Map<string, { item: string; before: boolean }>();
  for (const { patch } of writes) {
    for (const item of patch[names.add]) if (!wasThere.has(tagKey(item))) wasThere.set(tagKey(item), { item, before: false });
    for (const item of patch[names.remove]) if (!wasThere.has(tagKey(item))) wasThere.set(tagKey(item), { item, before: true });
  }
  const has = (item: string) => now.some((other) => tagKey(other) === tagKey(item));
  const items = [...wasThere.values()];
  return {
    add: items.flatMap(({ item, before }) => (before && !has(item) ? [item] : [])),
    remove: items.flatMap(({ item, before }) => (!before && has(item) ? [item] : [])),
  };
}
