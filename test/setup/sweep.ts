const isFull = process.env.ACCORD_SWEEP === 'full';

/** For one test that kills processes. A full sweep starts hundreds of them. */
export const sweepTimeoutMs = isFull ? 3_600_000 : 240_000;

/**
 * Each third item (or each `step`th), beginning at random, so that runs cover all of them together. All of them with
 * `ACCORD_SWEEP=full`. `what` names the items in the output, for a run that fails.
 */
export function sampleOf<Item>(items: readonly Item[], what: string, step = 3): Item[] {
  if (isFull) return [...items];
  const first = Math.floor(Math.random() * step);
  const chosen = items.filter((_, at) => at % step === first);
  console.info(`${chosen.length} of ${items.length} ${what}, from number ${first + 1}`);
  return chosen;
}

/** The points, counted from 1, at which a process with this number of them is killed. Each costs a start of the process. */
export function chooseKillPoints(points: number, step = 20): number[] {
  const all = Array.from({ length: points }, (_, at) => at + 1);
  return sampleOf(all, 'points at which a process may end', step);
}
