import { parseArgs } from 'node:util';
import fc from 'fast-check';
import { type Database, openDatabase } from '#db/database.ts';
import type { Invariant } from './judge.ts';
import { findBrokenLife, judgeLife, tellBroken } from './lives/find-broken-life.ts';
import { startPostgres } from './postgres.ts';
import { runSchedule } from './run-schedule.ts';
import { schedules, tell } from './schedule.ts';
import { minimise, type SweepOptions, sweep } from './sweep.ts';
import { findMistake } from './take-apart.ts';

/**
 * Runs the property tests outside Jest, to examine a failure:
 * `node test/properties/explore.ts --runs 2000`, or `--seed 1 --path 92:0 --trace` to see one schedule step by step.
 */
const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '300' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000_000) },
    steps: { type: 'string', default: '24' },
    path: { type: 'string' },
    /** Only faults of people and webhooks. */
    calm: { type: 'boolean', default: false },
    trace: { type: 'boolean', default: false },
    shrink: { type: 'boolean', default: false },
    /** Stops at the first violation. */
    stop: { type: 'boolean', default: false },
    /** Plays merges that are undone (I13) instead of schedules. */
    apart: { type: 'boolean', default: false },
    /** Plays the lives of several people instead of schedules. */
    lives: { type: 'boolean', default: false },
    /** A migrated database to use. Default: starts a PostgreSQL. */
    database: { type: 'string' },
  },
});

const options: SweepOptions = {
  runs: Number(values.runs),
  seed: Number(values.seed),
  maxSteps: Number(values.steps),
  faults: !values.calm,
  path: values.path ?? null,
  stopAtFirst: values.stop,
};

if (values.database) process.exitCode = await explore(values.database);
else {
  const postgres = await startPostgres();
  try {
    process.exitCode = await explore(await postgres.createDatabase('explore'));
  } finally {
    await postgres.stop();
  }
}

/** Returns the exit code: 1 when an invariant was broken. */
async function explore(url: string): Promise<number> {
  const db = openDatabase({ url, poolSize: 20 });
  if (values.apart) return exploreMistakes(db);
  if (values.lives) return exploreLives(db);
  if (values.trace && values.path) await replay(db, values.path);
  const result = await sweep(db, options);
  const rate = (result.runs / result.seconds).toFixed(1);
  console.log(`${result.runs} schedules, ${result.activities} activities in ${result.seconds.toFixed(1)} s: ${rate} schedules/s`);
  for (const [invariant, found] of result.found) {
    console.log(`${label(invariant, result.counts)} --seed ${found.seed} --path ${found.path}: ${found.what}`);
    if (values.shrink) console.log(await minimise(db, options, found));
  }
  await db.destroy();
  return result.found.size === 0 ? 0 : 1;
}

async function exploreMistakes(db: Database): Promise<number> {
  const found = await findMistake(db, options);
  console.log(`${found?.runs ?? options.runs} schedules`);
  if (found) console.log(`I13 broken by 1: ${found.what} ${JSON.stringify(found.counterexample)}`);
  await db.destroy();
  return found ? 1 : 0;
}

async function exploreLives(db: Database): Promise<number> {
  const startedAt = performance.now();
  const found = await findBrokenLife(db, { ...options, shrinks: values.shrink });
  const seconds = (performance.now() - startedAt) / 1_000;
  console.log(`${found?.runs ?? options.runs} schedules in ${seconds.toFixed(1)} s`);
  if (found) console.log(`${found.invariant} broken by 1: ${values.trace ? tellBroken(found) : found.what}`);
  if (found && values.trace) await judgeLife(db, found.schedule, console.log);
  await db.destroy();
  return found ? 1 : 0;
}

async function replay(db: Database, path: string): Promise<void> {
  const property = fc.asyncProperty(schedules(options), async (schedule) => {
    console.log(tell(schedule));
    await runSchedule(db, schedule, console.log);
  });
  await fc.assert(property, { seed: options.seed, path, numRuns: 1 });
}

function label(invariant: Invariant, counts: ReadonlyMap<Invariant, number>): string {
  return `${invariant} broken by ${counts.get(invariant)}:`;
}
