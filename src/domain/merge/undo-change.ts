import type { ContactFields, FieldName } from '#domain/contact.ts';
import { type ContactSets, isSetField, itemKeys, type SetField, type SetItem, sameValue } from '#domain/equality.ts';
import { setWhole, showWhole } from '#domain/name-parts.ts';

/** A change of a field, as the history has it. `losing` is present when two sides had changed the field. */
export interface PastChange {
  field: FieldName;
  before: unknown;
  after: unknown;
  losing?: unknown;
}

/**
 * The fields without the change. Of a set, only the items that the change added or removed go back. Every other value goes back only where it
 * is still the one that the change made. Null when nothing of the change is left.
 */
export function undoChange(fields: ContactFields, change: PastChange): ContactFields | null {
  const { field, before, after, losing } = change;
  if (isSetField(field)) return undoItems(fields, field, change);
  // The contact kept its value against another one: taking the decision back restores that one.
  const target = losing !== undefined && sameValue(field, before, after) ? losing : before;
  if (sameValue(field, showWhole(field, fields), after)) return setWhole(field, target, fields);
  return sameValue(field, fields[field], after) ? { ...fields, [field]: target } : null;
}

function undoItems<Field extends SetField>(
  fields: ContactFields,
  field: Field,
  { before, after }: Pick<PastChange, 'before' | 'after'>,
): ContactFields | null {
  const keyOf = itemKeys[field];
  const { [field]: now }: ContactSets = fields;
  const [old, made] = [toItems<Field>(before), toItems<Field>(after)];
  const has = (items: readonly SetItem<Field>[], item: SetItem<Field>) => items.some((each) => keyOf(each) === keyOf(item));
  const added = made.filter((item) => !has(old, item));
  const removed = old.filter((item) => !has(made, item));
  const kept = now.filter((item) => !has(added, item));
  const back = removed.filter((item) => !has(now, item));
  return kept.length === now.length && back.length === 0 ? null : { ...fields, [field]: [...kept, ...back] };
}

/** The history has the items of a set as a list. */
function toItems<Field extends SetField>(value: unknown): SetItem<Field>[] {
  return Array.isArray(value) ? value : [];
}
