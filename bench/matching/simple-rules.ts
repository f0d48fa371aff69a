import { toProfile } from '#domain/matching/profile.ts';
import { countTruePairs, isTrue, toPairs } from './measure.ts';
import type { LabelledRecord } from './people.ts';

/** What a rule would merge that asks for nothing but a key in common, for comparison. */
export function measureSimpleRule(
  people: readonly LabelledRecord[],
  kinds: readonly ('emails' | 'phones')[],
): { precision: number; recall: number } {
  const truth = new Map(people.map(({ id, truth: person }) => [id, person]));
  const rootOf = new Map<string, string>();
  const find = (id: string): string => {
    const root = rootOf.get(id) ?? id;
    return root === id ? id : find(root);
  };
  const holders = new Map<string, string>();
  for (const { id, values } of people) {
    const profile = toProfile([values]);
    const keys = kinds.flatMap((kind) => profile[kind].map(({ key }) => `${kind}/${key}`));
    for (const key of keys) {
      const holder = holders.get(key);
      if (holder === undefined) holders.set(key, id);
      else rootOf.set(find(id), find(holder));
    }
  }
  const groups = Map.groupBy(people, ({ id }) => find(id)).values();
  const merged = [...groups].flatMap((group) => toPairs(group.map(({ id }) => id)));
  const right = merged.filter((pair) => isTrue(pair, truth)).length;
  return { precision: right / merged.length, recall: right / countTruePairs(people) };
}
