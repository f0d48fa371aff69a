import type { ContactFields, RecordPatch } from './contact.ts';
import { itemKeys, type SetField } from './equality.ts';
import type { MergeInput } from './merge-input.ts';

type Item<F extends SetField> = ContactFields[F][number];

/**
 * Added by either side is kept, removed by either side is removed. What replaces an item takes its place, for the first of a list
 * is the one that vendors with room for one show.
 */
export function mergeSets<F extends SetField>(field: F, input: MergeInput): Item<F>[] {
  const keyOf = itemKeys[field] as (item: Item<F>) => string;
  const ours = input.fields[field] as Item<F>[];
  const theirs = (input.theirs[field] ?? []) as Item<F>[];
  const theirKeys = new Set(theirs.map(keyOf));
  const baseKeys = baseOf(field, input, theirKeys);
  const kept = ours.map((item) => ({ item, seenAs: keyAt(field, item, input) }));
  const ourKeys = new Set(kept.map(({ seenAs }) => seenAs));

  const added = theirs.filter((item) => !ourKeys.has(keyOf(item)) && !baseKeys.has(keyOf(item)));
  const isRemoved = (seenAs: string) => baseKeys.has(seenAs) && !theirKeys.has(seenAs);
  const place = kept.findIndex(({ seenAs }) => isRemoved(seenAs));
  const result = kept.flatMap(({ item, seenAs }, at) => [...(at === place ? added : []), ...(isRemoved(seenAs) ? [] : [item])]);
  return place === -1 ? [...result, ...added] : result;
}

/** How an item of ours shows at the provider, which may have no room for its extension or its case. */
function keyAt<F extends SetField>(field: F, item: Item<F>, { fitValues }: MergeInput): string {
  const keyOf = itemKeys[field] as (item: Item<F>) => string;
  const [shown] = (fitValues({ [field]: [item] })[field] ?? []) as Item<F>[];
  return keyOf(shown ?? item);
}

/** What the provider held before, with those of our unanswered additions and removals that show. */
function baseOf<F extends SetField>(field: F, { base, attempts }: MergeInput, theirKeys: Set<string>): Set<string> {
  const keyOf = itemKeys[field] as (item: Item<F>) => string;
  const known = new Set(((base?.[field] ?? []) as Item<F>[]).map(keyOf));
  const keys = new Set(known);
  for (const attempt of attempts) {
    const { added, removed } = changesOf(field, attempt, known);
    for (const key of added) if (theirKeys.has(key)) keys.add(key);
    for (const key of removed) if (!theirKeys.has(key)) keys.delete(key);
  }
  return keys;
}

function changesOf(field: SetField, attempt: Pick<RecordPatch, 'set' | 'addTags' | 'removeTags'>, known: Set<string>) {
  const keyOf = itemKeys[field] as (item: unknown) => string;
  if (field === 'tags') return { added: attempt.addTags.map(keyOf), removed: attempt.removeTags.map(keyOf) };
  const sent = attempt.set[field];
  if (sent === undefined) return { added: [], removed: [] };
  const keys = new Set(sent.map(keyOf));
  return { added: [...keys], removed: [...known].filter((key) => !keys.has(key)) };
}
