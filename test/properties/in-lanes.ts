/** A schedule mostly waits for PostgreSQL. */
export const defaultLanes = 6;

interface Runs {
  runs: number;
  seed: number;
}

/** Plays `runs` in several lanes at once, each with a seed of its own. Returns the result of each lane. */
export function inLanes<Result>(
  { runs, seed, lanes = defaultLanes }: Runs & { lanes?: number },
  play: (lane: Runs) => Promise<Result>,
): Promise<Result[]> {
  const each = Math.ceil(runs / lanes);
  return Promise.all(Array.from({ length: lanes }, (_, lane) => play({ runs: each, seed: seed + lane })));
}

/** What the first lane found that found anything; null when none did. */
export async function findInLanes<Found>(all: Runs, find: (lane: Runs) => Promise<Found | null>): Promise<Found | null> {
  const found = await inLanes(all, find);
  return found.find((each) => each !== null) ?? null;
}
