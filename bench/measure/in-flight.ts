import { setTimeout as delay } from 'node:timers/promises';
import { percentile, sum } from './statistics.ts';
import { type CpuUse, cpuDuring } from './usage.ts';

/** The rate and the cost of repeated work. */
export interface Timed {
  perSecond: number;
  /** CPU per repetition. */
  cpu: CpuUse[];
}

/** Runs `work`, which does `total` repetitions, and measures the CPU of `processes` meanwhile. */
export async function timed(
  processes: Parameters<typeof cpuDuring>[0],
  total: number,
  work: () => Promise<void>,
): Promise<Timed> {
  const startedAt = performance.now();
  const cpu = await cpuDuring(processes, work);
  const perSecond = total / ((performance.now() - startedAt) / 1_000);
  return { perSecond, cpu: cpu.map(({ name, ms }) => ({ name, ms: ms / total })) };
}

export interface Flight {
  total: number;
  /** The maximum in flight at any time. */
  inFlight: number;
}

/** For work without a promise for its end: starts the next one whenever `countDone` grows. Throws after a minute. */
export async function startAndCount(
  { total, inFlight }: Flight,
  { start, countDone }: { start: (index: number) => Promise<unknown>; countDone: () => Promise<number> },
): Promise<void> {
  const deadline = performance.now() + 60_000;
  for (let started = 0, done = 0; done < total; done = await countDone()) {
    const free = Math.min(inFlight - (started - done), total - started);
    const from = started;
    started += free;
    await Promise.all(Array.from({ length: free }, (_, index) => start(from + index)));
    await delay(20);
    if (performance.now() > deadline) throw new Error(`${done} of ${started} were done in a minute`);
  }
}

/** For work that ends with its promise. */
export async function startAndWait({ total, inFlight }: Flight, start: () => Promise<unknown>): Promise<void> {
  let left = total;
  const work = async () => {
    for (; left > 0; await start()) left -= 1;
  };
  await Promise.all(Array.from({ length: inFlight }, work));
}

/** The median of each process, as text; processes below 0.5 ms are left out. */
export function formatCpu(rounds: readonly Timed[]): string {
  const names = rounds[0]?.cpu.map(({ name }) => name) ?? [];
  const use = (name: string) =>
    percentile(
      rounds.map(({ cpu }) => cpu.find((each) => each.name === name)?.ms ?? 0),
      50,
    );
  const parts = names.map((name) => ({ name, ms: use(name) })).filter(({ ms }) => ms >= 0.5);
  return `${sum(parts.map(({ ms }) => ms)).toFixed(0)} ms (${parts.map(({ name, ms }) => `${name} ${ms.toFixed(1)}`).join(', ')})`;
}
