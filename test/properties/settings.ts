/** How much a run of the property tests does, and where it begins: `ACCORD_RUNS`, `ACCORD_SEED`, and `ACCORD_PATH` to play one schedule again. */
export const settings = {
  runs: Number(process.env.ACCORD_RUNS ?? 300),
  seed: Number(process.env.ACCORD_SEED ?? Math.floor(Math.random() * 1_000_000_000)),
  path: process.env.ACCORD_PATH ?? null,
};

/** Generous: how long `runs` schedules may take on a busy machine. */
export const timeoutFor = (runs: number): number => 60_000 + runs * 2_000;
