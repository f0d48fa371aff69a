import { readFile } from 'node:fs/promises';
import { type RawRecord, toValues } from './people.ts';
import { permute } from './shuffle.ts';
import { ContactStore } from './store.ts';

/** `same`: merge. `either`: merge or ask. `ask`: a merge is wrong. `different`: a merge is wrong, and a question is needless. */
export type Expectation = 'same' | 'either' | 'ask' | 'different';

export interface Trap {
  group: string;
  what: string;
  /** For all pairs of the records, or for each pair by their places. */
  expect: Expectation | [number, number, Expectation][];
  records: RawRecord[];
}

export interface TrapResult {
  trap: Trap;
  outcome: 'right' | 'wrong-merge' | 'needless-question' | 'missed';
  /** What was found instead, such as `0 and 1: merge`. */
  found: string[];
}

export async function readTraps(file: string): Promise<Trap[]> {
  return JSON.parse(await readFile(file, 'utf8'));
}

/** Plays the records in every order. The worst outcome counts. */
export function playTrap(trap: Trap): TrapResult {
  const found = permute(trap.records.map((_, at) => at)).flatMap((order) => playOnce(trap, order));
  const outcome = (['wrong-merge', 'missed', 'needless-question'] as const).find((each) =>
    found.some((one) => one.outcome === each),
  );
  return { trap, outcome: outcome ?? 'right', found: [...new Set(found.map(({ what }) => what))] };
}

function playOnce(trap: Trap, order: readonly number[]) {
  const store = new ContactStore();
  for (const at of order) store.add({ id: String(at), values: toValues(trap.records[at] ?? {}) });
  return listExpectations(trap).flatMap(([one, other, expected]) => {
    const verdict = store.verdict(String(one), String(other));
    const outcome = judge(expected, verdict);
    return outcome === 'right' ? [] : [{ outcome, what: `${one} and ${other}: ${verdict}` }];
  });
}

function listExpectations({ expect, records }: Trap): [number, number, Expectation][] {
  if (typeof expect !== 'string') return expect;
  return records.flatMap((_, one) =>
    records.slice(one + 1).map((__, at): [number, number, Expectation] => [one, one + 1 + at, expect]),
  );
}

function judge(expected: Expectation, verdict: 'merge' | 'ask' | 'new'): TrapResult['outcome'] {
  const right = { same: ['merge'], either: ['merge', 'ask'], ask: ['ask'], different: ['new'] }[expected];
  if (right.includes(verdict)) return 'right';
  if (verdict === 'merge') return 'wrong-merge';
  return expected === 'different' ? 'needless-question' : 'missed';
}
