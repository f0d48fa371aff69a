/** The size and seed of a run of the property tests: `ACCORD_RUNS`, `ACCORD_SEED`, and `ACCORD_PATH` to replay one schedule. */
export const settings = {
  runs: Number(process.env.ACCORD_RUNS ?? 100),
  seed: Number(process.env.ACCORD_SEED ?? Math.floor(Math.random() * 1_000_000_000)),
  path: process.env.ACCORD_PATH ?? null,
};

/** A generous timeout for `runs` schedules on a busy machine. */
export const timeoutFor = (runs: number): number => 60_000 + runs * 2_000;
