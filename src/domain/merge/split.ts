import {
  type ContactFields,
  type FieldName,
  listFields,
  type Provenance,
  type ProviderValues,
  type Refusers,
} from '#domain/contact.ts';
import {
  type ContactSets,
  isBlank,
  isDenyWinsField,
  isSetField,
  itemKeys,
  type SetField,
  type SetItem,
  sameValue,
} from '#domain/equality.ts';
import { nameParts } from '#domain/fields.ts';
import { showWhole } from '#domain/name-parts.ts';
import { changeRefusers, refusersOf } from './consent.ts';
import { mergeRecord } from './merge-record.ts';

/** The values of one contact, with their sources. */
export interface Values {
  fields: ContactFields;
  provenance: Provenance;
}

/** A change of one field that a record made to its contact, as the history has it. */
export interface RecordEdit {
  field: FieldName;
  before: unknown;
  after: unknown;
  /** Present when both sides had changed: the value that did not survive. */
  losing?: unknown;
  provider: string;
  /** ISO 8601. */
  at: string;
}

export interface SplitInput {
  /** The two sides of the merge just before it, and the contact just after it. */
  survivor: Values;
  other: Values;
  merged: Values;
  /** The contact as it is now. */
  now: Values;
  /** The edits since the merge by the records that leave, the oldest first. */
  edits: readonly RecordEdit[];
  /** Those by the records that stay. */
  stayingEdits?: readonly RecordEdit[];
  /** The other sides of later merges, which stay with the contact. */
  later: readonly Values[];
}

/** The sides of a merge after it is undone. Every later edit goes with the record that made it. */
export function splitValues(input: SplitInput): { stays: Values; leaves: Values } {
  const { survivor, other, merged, now, edits, stayingEdits = [], later } = input;
  let stays = now;
  for (const edit of edits.toReversed()) stays = withChange(stays, edit.field, { from: edit.after, to: edit.before });
  stays = withoutMerge(stays, { survivor, merged });
  const written = stayingEdits.filter((edit) => !hasLost(edit)).map(toWritten);
  stays = withLater(withSources(stays, [now, ...written.toReversed(), survivor, merged]), now, later);
  stays = stayingEdits.reduce((values, edit) => withLost(values, input, edit), stays);
  return { stays, leaves: edits.reduce(withEdit, other) };
}

/**
 * A record that stays keeps its last edit also where it had lost against one that leaves, unless somebody else changed the field since: a later
 * edit of the one that leaves goes with it.
 */
function withLost(stays: Values, { now, edits, stayingEdits = [] }: SplitInput, edit: RecordEdit): Values {
  const { field, after } = edit;
  const leaving = edits.filter((each) => each.field === field);
  const isLast = stayingEdits.findLast((each) => each.field === field) === edit;
  const lostToLeaving = hasLost(edit) && leaving.some((each) => sameValue(field, each.after, after));
  const isLeft = [after, leaving.at(-1)?.after].some((value) => sameValue(field, now.fields[field], value));
  const isUnchanged = isLeft || !sameValue(field, stays.fields[field], now.fields[field]);
  return isLast && lostToLeaving && isUnchanged ? withEdit(stays, edit) : stays;
}

/** Reverses the changes of a merge. A field that was edited since keeps its edit; of a set, only the items of the merge go. */
export function withoutMerge(values: Values, { survivor, merged }: Pick<SplitInput, 'survivor' | 'merged'>): Values {
  const undone = listFields(merged.fields, survivor.fields).reduce(
    (result, field) => withChange(result, field, { from: toComparable(field, merged), to: toComparable(field, survivor) }),
    values,
  );
  return withSources(undone, [values, survivor, merged]);
}

/** The values of some fields. */
type SomeValues = Pick<Values, 'provenance'> & { fields: Partial<ContactFields> };

const toWritten = ({ field, after, provider, at }: RecordEdit): SomeValues => ({
  fields: { [field]: after },
  provenance: { [field]: { provider, changedAt: at } },
});

/** With the source of each value from the first of the states that has the value. The source of refusals changes with them. */
function withSources({ fields, provenance }: Values, states: readonly SomeValues[]): Values {
  const sources = { ...provenance };
  for (const field of listFields(fields, sources)) {
    const state = states.find((each) => field in each.fields && sameValue(field, each.fields[field], fields[field]));
    if (!state || isDenyWinsField(field)) continue;
    if (state.provenance[field]) Object.assign(sources, { [field]: state.provenance[field] });
    else delete sources[field];
  }
  return { fields, provenance: sources };
}

/** Items that a later merge brought as well stay. */
function withLater(stays: Values, now: Values, later: readonly Values[]): Values {
  let result = stays;
  for (const side of later)
    for (const field of listFields(side.fields)) {
      if (sameValue(field, result.fields[field], now.fields[field]) || isDenyWinsField(field)) continue;
      const theirs = isSetField(field) ? commonItems(field, side.fields, now.fields) : side.fields[field];
      const isFree = isSetField(field) || isBlank(result.fields[field]);
      if (!isFree || isBlank(theirs)) continue;
      const source = side.provenance[field];
      result = withChange(result, field, { from: isSetField(field) ? [] : result.fields[field], to: theirs }, source);
    }
  return result;
}

function commonItems<Field extends SetField>(field: Field, one: ContactSets, other: ContactSets): SetItem<Field>[] {
  const { [field]: kept }: ContactSets = other;
  const { [field]: items }: ContactSets = one;
  const keys = new Set(kept.map(itemKeys[field]));
  return items.filter((item) => keys.has(itemKeys[field](item)));
}

/** A record's edit on its own contact. The record's value counts, also where it lost against a value of the merged contact. */
function withEdit(values: Values, edit: RecordEdit): Values {
  const { field, before, after, provider, at } = edit;
  const to = hasLost(edit) ? edit.losing : after;
  const from = isSetField(field) || isDenyWinsField(field) ? before : toComparable(field, values);
  return withChange(values, field, { from, to }, { provider, changedAt: at });
}

function hasLost({ field, before, after, losing }: RecordEdit): boolean {
  return losing !== undefined && sameValue(field, before, after);
}

/**
 * Applies the difference between two values to a field, by the rules that merge a record: items are added to and removed from sets,
 * every other value changes only where it is `from`.
 */
function withChange(
  values: Values,
  field: FieldName,
  { from, to }: { from: unknown; to: unknown },
  source?: Provenance[FieldName],
): Values {
  if (isDenyWinsField(field)) return withRefusers(values, { from: toRefusers(from), to: toRefusers(to) });
  const { fields, provenance, changes } = mergeRecord({
    ...values,
    ...{ base: toBase(values, field, from), theirs: { [field]: to }, provider: 'split', at: '', updatedAt: null },
    ...{ fitValues: (fitted) => fitted, echoPairs: {}, attempts: [], conflicts: { order: [], fields: {} } },
  });
  if (changes.every((change) => sameValue(field, change.before, change.after))) return values;
  const sources = { ...provenance };
  for (const name of new Set([field, ...changes.map((change) => change.field)])) {
    const kept = source ?? values.provenance[name];
    if (kept) Object.assign(sources, { [name]: kept });
    else delete sources[name];
  }
  return { fields, provenance: sources };
}

/** Of a name, the history has the whole name or only one field of it. The other field is known to be as it is. */
function toBase({ fields }: Values, field: FieldName, from: unknown): ProviderValues {
  const group = nameParts.find(({ whole }) => whole === field);
  if (!group) return { [field]: from };
  const { [group.whole]: whole, [group.part]: part } = fields;
  return { [group.whole]: from === showWhole(field, fields) ? whole : from, [group.part]: part };
}

function withRefusers(values: Values, change: { from: Refusers; to: Refusers }): Values {
  const { doNotContact, by } = changeRefusers(values, change);
  if (JSON.stringify(by) === JSON.stringify(refusersOf(values))) return values;
  const { doNotContact: known, ...others } = values.provenance;
  const [provider = 'unknown'] = Object.values(by).flat();
  const source = known ?? { provider, changedAt: '' };
  return {
    fields: { ...values.fields, doNotContact },
    provenance: Object.keys(by).length > 0 ? { ...others, doNotContact: { ...source, by } } : others,
  };
}

/** Refusals are compared by the providers that made them. */
function toComparable(field: FieldName, values: Values): unknown {
  return isDenyWinsField(field) ? { by: refusersOf(values) } : values.fields[field];
}

/** The history keeps them beside the flags. */
function toRefusers(value: unknown): Refusers {
  if (typeof value !== 'object' || value === null || !('by' in value)) return {};
  return value.by as Refusers; // Written by `applyRecord`.
}
