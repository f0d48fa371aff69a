/** Each mostly waits for PostgreSQL. */
const lanes = 4;

/** Plays `runs` in several lanes at once, each with a seed of its own. Returns what the first of them found; null when none found anything. */
export async function inLanes<Found>(
  { runs, seed }: { runs: number; seed: number },
  find: (lane: { runs: number; seed: number }) => Promise<Found | null>,
): Promise<Found | null> {
  const each = Math.ceil(runs / lanes);
  const found = await Promise.all(Array.from({ length: lanes }, (_, lane) => find({ runs: each, seed: seed + lane })));
  return found.find((one) => one !== null) ?? null;
}
