import { isFieldName, type ProviderValues, type RecordPatch } from '#domain/contact.ts';
import { type ContactSets, isBlank, isDenyWinsField, isSetField, itemKeys, type SetField, sameValue } from '#domain/equality.ts';
import { shapeNames } from '#domain/name-parts.ts';
import { tagKey } from '#domain/normalize/tag.ts';
import type { DoNotContact } from '#domain/values.ts';
import type { Projection } from './projection.ts';

/**
 * By field: a value that we sent, and the different form in which the provider then showed it. Such a difference is neither
 * pulled back as an edit nor pushed again.
 */
export type EchoPairs = Record<string, { sent: unknown; seen: unknown }>;

/** The difference between a projection and the shadow: the change that brings the record in step. */
export function patchBetween(projection: Projection, shadow: ProviderValues | null, echoPairs: EchoPairs = {}): RecordPatch {
  const known = shapeNames(shadow ?? {}, Object.keys(projection.fields).filter(isFieldName));
  return {
    set: findChangedFields(projection, known, echoPairs),
    addTags: projection.hasTags.filter((tag) => !includes(known.tags, tag)),
    removeTags: findSurplusTags(projection, known.tags ?? []),
    addLists: projection.inLists.filter((list) => !includes(known.lists, list)),
    removeLists: projection.notInLists.filter((list) => includes(known.lists, list)),
  };
}

/**
 * The known state of a record, without the values of another custom field: one that was deleted and made again, or that accord.yaml names
 * since. Nobody has emptied the new one, and nothing was ever written to it.
 */
export function withoutRenewed<Known extends { shadow: ProviderValues | null; echoPairs: EchoPairs }>(
  known: Known,
  { customFieldIds = {} }: ProviderValues,
): Known {
  const { shadow, echoPairs } = known;
  // Shadows from before custom fields had ids tell nothing about them.
  if (!shadow?.customFieldIds) return known;
  const { customFieldIds: knownIds } = shadow;
  const renewed = Object.keys(customFieldIds).filter((field) => knownIds[field] !== customFieldIds[field]);
  if (renewed.length === 0) return known;
  const without = <Values extends object>(values: Values): Values => {
    const kept = { ...values };
    for (const field of renewed) Reflect.deleteProperty(kept, field);
    return kept;
  };
  return { ...known, shadow: without(shadow), echoPairs: without(echoPairs) };
}

/** Whether the record is in step already. */
export function isEmptyPatch(patch: RecordPatch): boolean {
  const { set, addTags, removeTags, addLists, removeLists } = patch;
  return Object.keys(set).length + addTags.length + removeTags.length + addLists.length + removeLists.length === 0;
}

/** The names of the fields that a patch changes, for history and logs: never their values. */
export function namesInPatch(patch: RecordPatch): string[] {
  const names = Object.keys(patch.set);
  if (patch.addTags.length + patch.removeTags.length > 0) names.push('tags');
  if (patch.addLists.length + patch.removeLists.length > 0) names.push('lists');
  return names;
}

/** The values that a record that held `shadow` holds once the patch has landed. */
export function applyPatch(shadow: ProviderValues | null, patch: RecordPatch): ProviderValues {
  const known = shadow ?? {};
  return {
    ...known,
    ...patch.set,
    tags: changeList(known.tags, patch.addTags, patch.removeTags),
    lists: changeList(known.lists, patch.addLists, patch.removeLists),
  };
}

function findChangedFields(projection: Projection, known: ProviderValues, echoPairs: EchoPairs): RecordPatch['set'] {
  const set: RecordPatch['set'] = {};
  const wanted: ProviderValues = projection.fields;
  for (const field of Object.keys(wanted).filter(isFieldName)) {
    const value = wanted[field];
    if (isDenyWinsField(field) && !deniesMore(wanted[field], known[field])) continue;
    if (isBlank(value) && isBlank(known[field])) continue;
    if (sameValue(field, value, known[field])) continue;
    if (isSetField(field) && holdsEnough(field, projection, known)) continue;
    const echo = echoPairs[field];
    if (echo && sameValue(field, echo.sent, value) && sameValue(field, echo.seen, known[field])) continue;
    Object.assign(set, { [field]: value });
  }
  return set;
}

/** Whether a record with room for fewer items than the contact has is full of the contact's items: any of them may stay there. */
function holdsEnough<Field extends SetField>(field: Field, { fields, mayHold }: Projection, known: ProviderValues): boolean {
  const { [field]: wanted }: Partial<ContactSets> = fields;
  const { [field]: held }: Partial<ContactSets> = known;
  const { [field]: allowed } = mayHold;
  if (allowed === undefined || held === undefined || held.length !== wanted?.length) return false;
  return held.every((item) => allowed.includes(itemKeys[field](item)));
}

function findSurplusTags({ hasTags, lacksTags }: Projection, known: string[]): string[] {
  return lacksTags === 'others'
    ? known.filter((tag) => !includes(hasTags, tag))
    : lacksTags.filter((tag) => includes(known, tag));
}

/** A push passes refusals on, and never lifts a refusal that was made at the provider. */
function deniesMore(wanted: DoNotContact | undefined, known: DoNotContact | undefined): boolean {
  return Boolean((wanted?.call && !known?.call) || (wanted?.sms && !known?.sms) || (wanted?.email && !known?.email));
}

function changeList(known: string[] | undefined, add: string[], remove: string[]): string[] {
  return [...(known ?? []).filter((item) => !includes(remove, item) && !includes(add, item)), ...add];
}

function includes(list: string[] | undefined, item: string): boolean {
  return (list ?? []).some((other) => tagKey(other) === tagKey(item));
}
