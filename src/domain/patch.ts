import type { ContactFields, DoNotContact, ProviderValues, RecordPatch } from './contact.ts';
import { isBlank, sameValue } from './equality.ts';
import { tagKey } from './normalize/tag.ts';
import type { Projection } from './projection.ts';

/** What a provider made of a value that we sent: neither pulled back as an edit nor pushed again. */
export type EchoPairs = Record<string, { sent: unknown; seen: unknown }>;

/** What differs between how a provider should see the contact and what it is known to hold. */
export function patchBetween(projection: Projection, shadow: ProviderValues | null, echoPairs: EchoPairs = {}): RecordPatch {
  const known = shadow ?? {};
  return {
    set: changedFields(projection.fields, known, echoPairs),
    addTags: projection.hasTags.filter((tag) => !includes(known.tags, tag)),
    removeTags: projection.lacksTags.filter((tag) => includes(known.tags, tag)),
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

/**
 * What to take for known of a record that others made, when it is taken over: where the contact says nothing, as if the record
 * said nothing there either. So no push ever erases what they wrote, until the contact says something of its own.
 */
export function adoptedValues(values: ProviderValues, { fields }: Projection): ProviderValues {
  const unsaid = Object.entries(fields).filter(([field, value]) => field !== 'doNotContact' && isBlank(value));
  return { ...values, ...Object.fromEntries(unsaid) };
}

function changedFields(wanted: Projection['fields'], known: ProviderValues, echoPairs: EchoPairs): RecordPatch['set'] {
  const set: Partial<ContactFields> = {};
  for (const [field, value] of Object.entries(wanted) as [keyof Projection['fields'], unknown][]) {
    if (field === 'doNotContact' && !deniesMore(value as DoNotContact, known.doNotContact)) continue;
    if (isBlank(value) && isBlank(known[field])) continue;
    if (sameValue(field, value, known[field])) continue;
    const echo = echoPairs[field];
    if (echo && sameValue(field, echo.sent, value) && sameValue(field, echo.seen, known[field])) continue;
    Object.assign(set, { [field]: value });
  }
  return set;
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
