import type { Row } from '#bench/measure/figure.ts';
import { percentile } from '#bench/measure/statistics.ts';

/** A store whose api is asked by path. */
export interface AskedStore {
  /** Milliseconds until the whole answer. Throws for an answer that is no success. */
  time(path: string): Promise<number>;
}

export interface Asked {
  /** Rows are made by kind. */
  kind: string;
  path: string;
}

/** Asks a small and a large store the same in turns. Returns the times of both by kind. */
export async function compareStores<Store extends AskedStore>(
  { small, large }: { small: Store; large: Store },
  { rounds, makeQueries }: { rounds: number; makeQueries: (store: Store, round: number) => readonly Asked[] },
): Promise<{ small: Times; large: Times }> {
  const times = { small: new Times(), large: new Times() };
  const play = async (round: number, isMeasured: boolean) => {
    const both = [
      ['small', small],
      ['large', large],
    ] as const;
    // The second one finds warm code, so they swap places.
    for (const [size, store] of round % 2 === 0 ? both : both.toReversed())
      for (const { kind, path } of makeQueries(store, round)) {
        const ms = await store.time(path);
        if (isMeasured) times[size].add(kind, ms);
      }
  };
  for (let round = 0; round < 10; round += 1) await play(round, false);
  for (let round = 0; round < rounds; round += 1) await play(round, true);
  return times;
}

export class Times {
  readonly #all = new Map<string, number[]>();

  add(kind: string, ms: number): void {
    this.#all.set(kind, [...(this.#all.get(kind) ?? []), ms]);
  }

  p95(kind: string): number {
    return percentile(this.#all.get(kind) ?? [], 95);
  }
}

/** The time in the large store, beside its bound, and beside the time in the small one. */
export function toRows(kind: string, { small, large }: { small: Times; large: Times }, few: number): Row[] {
  const shared = { ours: large.p95(kind), unit: 'ms' as const };
  const floor = { label: `${few.toLocaleString('en')} contacts`, value: small.p95(kind) };
  return [
    { label: `${kind}, p95`, ...shared, goal: { max: 50 } },
    { label: `${kind}, p95, by store`, ...shared, floor, goal: { max: 3 } },
  ];
}
