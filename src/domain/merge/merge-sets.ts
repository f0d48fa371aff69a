import type { RecordPatch } from '#domain/contact.ts';
import { type ContactSets, itemKeys, type SetField, type SetItem } from '#domain/equality.ts';
import { fullnessOf, isSamePlace } from '#domain/normalize/address.ts';
import type { PostalAddress } from '#domain/values.ts';
import type { MergeInput } from './merge-input.ts';

/**
 * Keeps the items that either side added and drops those that either side removed. A replacement takes the place of the item that
 * it replaces, because vendors with room for one item show the first.
 */
export function mergeSets<Field extends SetField>(field: Field, input: MergeInput): SetItem<Field>[] {
  if (field === 'addresses' && input.base === null) return joinPlaces(input) as SetItem<Field>[];
  const keyOf = itemKeys[field];
  const { [field]: ours }: ContactSets = input.fields;
  const { [field]: theirs = [] }: Partial<ContactSets> = input.theirs;
  const theirKeys = new Set(theirs.map(keyOf));
  const baseKeys = findBaseKeys(field, input, theirKeys);
  const kept = ours.map((item) => ({ item, seenAs: keyAtProvider(field, item, input) }));
  const ourKeys = new Set(kept.map(({ seenAs }) => seenAs));

  const added = theirs.filter((item) => !ourKeys.has(keyOf(item)) && !baseKeys.has(keyOf(item)));
  const isRemoved = (seenAs: string) => baseKeys.has(seenAs) && !theirKeys.has(seenAs);
  const place = kept.findIndex(({ seenAs }) => isRemoved(seenAs));
  const result = kept.flatMap(({ item, seenAs }, at) => [...(at === place ? added : []), ...(isRemoved(seenAs) ? [] : [item])]);
  return place === -1 ? [...result, ...added] : result;
}

/** The addresses of two records that turn out to be of one person: of two forms of one place, the fuller one stays. */
function joinPlaces({ fields, theirs }: MergeInput): PostalAddress[] {
  const joined = [...fields.addresses];
  for (const address of theirs.addresses ?? []) {
    const at = joined.findIndex((known) => isSamePlace(known, address));
    const known = joined[at];
    if (known === undefined) joined.push(address);
    else if (fullnessOf(address) > fullnessOf(known)) joined[at] = address;
  }
  return joined;
}

/** The key that one of our items has at the provider, which may drop its extension or change its case. */
function keyAtProvider<Field extends SetField>(field: Field, item: SetItem<Field>, { fitValues }: MergeInput): string {
  const fitted: Partial<ContactSets> = fitValues({ [field]: [item] });
  return itemKeys[field](fitted[field]?.[0] ?? item);
}

/** The keys that the provider held before, changed by those additions and removals of our unanswered writes that have landed. */
function findBaseKeys<Field extends SetField>(field: Field, { base, attempts }: MergeInput, theirKeys: Set<string>): Set<string> {
  const { [field]: held = [] }: Partial<ContactSets> = base ?? {};
  const known = new Set(held.map(itemKeys[field]));
  const keys = new Set(known);
  for (const attempt of attempts) {
    const { added, removed } = findChangedKeys(field, attempt, known);
    for (const key of added) if (theirKeys.has(key)) keys.add(key);
    for (const key of removed) if (!theirKeys.has(key)) keys.delete(key);
  }
  return keys;
}

type Attempt = Pick<RecordPatch, 'set' | 'addTags' | 'removeTags'>;

/** A patch sets whole sets, but adds and removes tags one by one. */
function findChangedKeys<Field extends SetField>(field: Field, { set, addTags, removeTags }: Attempt, known: Set<string>) {
  if (field === 'tags') return { added: addTags.map(itemKeys.tags), removed: removeTags.map(itemKeys.tags) };
  const { [field]: sent }: Partial<ContactSets> = set;
  if (sent === undefined) return { added: [], removed: [] };
  const keys = new Set(sent.map(itemKeys[field]));
  return { added: [...keys], removed: [...known].filter((key) => !keys.has(key)) };
}
