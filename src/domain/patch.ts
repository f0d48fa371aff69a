import type { ContactFields, DoNotContact, FieldName, ProviderValues, RecordPatch } from './contact.ts';
import { isBlank, isSetField, itemKeys, sameValue } from './equality.ts';
import { tagKey } from './normalize/tag.ts';
import type { Projection } from './projection.ts';

/** What a provider made of a value that we sent: neither pulled back as an edit nor pushed again. */
export type EchoPairs = Record<string, { sent: unknown; seen: unknown }>;

/** What differs between how a provider should see the contact and what it is known to hold. */
export function patchBetween(projection: Projection, shadow: ProviderValues | null, echoPairs: EchoPairs = {}): RecordPatch {
  const known = shadow ?? {};
  return {
    set: changedFields(projection, known, echoPairs),
    addTags: projection.hasTags.filter((tag) => !includes(known.tags, tag)),
    removeTags: surplusTags(projection, known.tags ?? []),
    addLists: projection.inLists.filter((list) => !includes(known.lists, list)),
    removeLists: projection.notInLists.filter((list) => includes(known.lists, list)),
  };
}

export function isEmptyPatch(patch: RecordPatch): boolean {
  const { set, addTags, removeTags, addLists, removeLists } = patch;
  return Object.keys(set).length + addTags.length + removeTags.length + addLists.length + removeLists.length === 0;
}

/** The names of what a patch changes, for history and logs: never its values. */
export function namesInPatch(patch: RecordPatch): string[] {
  const names = Object.keys(patch.set);
  if (patch.addTags.length + patch.removeTags.length > 0) names.push('tags');
  if (patch.addLists.length + patch.removeLists.length > 0) names.push('lists');
  return names;
}

/** The values that a provider will hold once the patch has landed on a record that held `shadow`. */
export function applyPatch(shadow: ProviderValues | null, patch: RecordPatch): ProviderValues {
  const known = shadow ?? {};
  return {
    ...known,
    ...patch.set,
    tags: changedList(known.tags, patch.addTags, patch.removeTags),
    lists: changedList(known.lists, patch.addLists, patch.removeLists),
  };
}

function changedFields(projection: Projection, known: ProviderValues, echoPairs: EchoPairs): RecordPatch['set'] {
  const set: Partial<ContactFields> = {};
  for (const [field, value] of Object.entries(projection.fields) as [keyof Projection['fields'], unknown][]) {
    if (field === 'doNotContact' && !deniesMore(value as DoNotContact, known.doNotContact)) continue;
    if (isBlank(value) && isBlank(known[field])) continue;
    if (sameValue(field, value, known[field]) || holdsSome(field, value, projection, known)) continue;
    const echo = echoPairs[field];
    if (echo && sameValue(field, echo.sent, value) && sameValue(field, echo.seen, known[field])) continue;
    Object.assign(set, { [field]: value });
  }
  return set;
}

/** Where there is room for fewer items than the contact has, those that stand there already are as good as any other. */
function holdsSome(field: FieldName, wanted: unknown, { mayHold }: Projection, known: ProviderValues): boolean {
  if (!isSetField(field)) return false;
  const [allowed, held] = [mayHold[field], known[field]];
  if (allowed === undefined || held === undefined || held.length !== (wanted as unknown[]).length) return false;
  const keyOf = itemKeys[field] as (item: unknown) => string;
  return held.every((item) => allowed.includes(keyOf(item)));
}

function surplusTags({ hasTags, lacksTags }: Projection, known: string[]): string[] {
  return lacksTags === 'others'
    ? known.filter((tag) => !includes(hasTags, tag))
    : lacksTags.filter((tag) => includes(known, tag));
}

/** Consent goes one way by push: a refusal is passed on, a permission never overrides a refusal made there. */
function deniesMore(wanted: DoNotContact, known: DoNotContact | undefined): boolean {
  return (wanted.call && !known?.call) || (wanted.sms && !known?.sms) || (wanted.email && !known?.email);
}

function changedList(known: string[] | undefined, add: string[], remove: string[]): string[] {
  return [...(known ?? []).filter((item) => !includes(remove, item) && !includes(add, item)), ...add];
}

function includes(list: string[] | undefined, item: string): boolean {
  return (list ?? []).some((other) => tagKey(other) === tagKey(item));
}
