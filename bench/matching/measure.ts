import type { LabelledRecord } from './people.ts';
import { shuffle } from './shuffle.ts';
import { ContactStore } from './store.ts';

export interface SetFigures {
  /** The mean of the shuffles, and the worst one. */
  precision: { mean: number; worst: number };
  recall: number;
  /** With every open question about one person answered. */
  recallWithSuggestions: number;
  questionsPerThousand: number;
  /** The smallest overlap of the merged pairs of two shuffles: what both merged, of what either merged. */
  overlap: number;
  /** Pairs of records of two people that a shuffle merged. */
  wrong: [LabelledRecord, LabelledRecord][];
}

interface Run {
  merged: Set<string>;
  right: number;
  suggested: number;
  questions: number;
}

/** Plays the records in several orders. */
export function measureSet(people: readonly LabelledRecord[], { shuffles }: { shuffles: number }): SetFigures {
  const truth = new Map(people.map(({ id, truth: person }) => [id, person]));
  const runs = Array.from({ length: shuffles }, (_, at) => play(people, truth, at + 1));
  const pairs = countTruePairs(people);
  const byId = new Map(people.map((record) => [record.id, record]));
  const precisions = runs.map(({ merged, right }) => (merged.size === 0 ? 1 : right / merged.size));
  const wrong = new Set(runs.flatMap(({ merged }) => [...merged].filter((pair) => !isTrue(pair, truth))));
  return {
    precision: { mean: mean(precisions), worst: Math.min(...precisions) },
    recall: mean(runs.map(({ right }) => right / pairs)),
    recallWithSuggestions: mean(runs.map(({ suggested }) => suggested / pairs)),
    questionsPerThousand: mean(runs.map(({ questions }) => (1_000 * questions) / people.length)),
    overlap: Math.min(1, ...runs.flatMap((run, at) => runs.slice(at + 1).map((other) => toOverlap(run.merged, other.merged)))),
    wrong: [...wrong].map((pair) => pair.split('|').map((id) => byId.get(id)) as [LabelledRecord, LabelledRecord]),
  };
}

function play(people: readonly LabelledRecord[], truth: ReadonlyMap<string, string>, seed: number): Run {
  const store = new ContactStore();
  for (const { id, values } of shuffle(people, seed)) store.add({ id, values });
  const groups = [...store.contacts.values()].map(({ records }) => records.map(({ id }) => id));
  const merged = groups.flatMap(toPairs);
  const suggested = joinAnswered(store, truth).flatMap(toPairs);
  return {
    merged: new Set(merged),
    right: merged.filter((pair) => isTrue(pair, truth)).length,
    suggested: suggested.filter((pair) => isTrue(pair, truth)).length,
    questions: store.questions.size,
  };
}

/** The groups of records once every question about one person is answered by yes. */
function joinAnswered({ contacts, questions }: ContactStore, truth: ReadonlyMap<string, string>): string[][] {
  const groups = new Map([...contacts].map(([id, { records }]) => [id, records.map((record) => record.id)]));
  const rootOf = new Map([...contacts.keys()].map((id) => [id, id]));
  const find = (id: string): string => (rootOf.get(id) === id ? id : find(rootOf.get(id) ?? id));
  for (const pair of questions.keys()) {
    const [one = '', other = ''] = pair.split('/');
    const [a, b] = [find(one), find(other)];
    const people = new Set(contacts.get(one)?.records.map(({ id }) => truth.get(id)));
    if (a === b || !contacts.get(other)?.records.some(({ id }) => people.has(truth.get(id)))) continue;
    rootOf.set(b, a);
    groups.set(a, [...(groups.get(a) ?? []), ...(groups.get(b) ?? [])]);
    groups.delete(b);
  }
  return [...groups.values()];
}

export function toPairs(ids: readonly string[]): string[] {
  return ids.flatMap((id, at) => ids.slice(at + 1).map((other) => [id, other].toSorted().join('|')));
}

export function countTruePairs(people: readonly LabelledRecord[]): number {
  const sizes = [...Map.groupBy(people, ({ truth }) => truth).values()].map(({ length }) => length);
  return sizes.reduce((sum, size) => sum + (size * (size - 1)) / 2, 0);
}

export function isTrue(pair: string, truth: ReadonlyMap<string, string>): boolean {
  const [one = '', other = ''] = pair.split('|');
  return truth.get(one) === truth.get(other);
}

function toOverlap(one: ReadonlySet<string>, other: ReadonlySet<string>): number {
  const common = one.intersection(other).size;
  const all = one.size + other.size - common;
  return all === 0 ? 1 : common / all;
}

const mean = (numbers: readonly number[]): number => numbers.reduce((sum, each) => sum + each, 0) / numbers.length;
