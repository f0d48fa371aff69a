import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import fc from 'fast-check';
import type { Database } from '../../src/db/database.ts';
import { openDatabase } from '../../src/db/database.ts';
import { migrateToLatest } from '../../src/db/migrate.ts';
import { databaseUrl, embeddedPostgres, ensureDatabase } from '../../src/dev/embedded-postgres.ts';
import { freePort } from '../../src/dev/ports.ts';
import { startProcess } from '../../src/dev/process.ts';
import { runSchedule } from './run-schedule.ts';
import { type ScheduleOptions, schedules, tell } from './schedule.ts';
import { minimise, sweep } from './sweep.ts';

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '300' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000_000) },
    lanes: { type: 'string', default: '6' },
    steps: { type: 'string', default: '16' },
    path: { type: 'string' },
    calm: { type: 'boolean', default: false },
    trace: { type: 'boolean', default: false },
    shrink: { type: 'boolean', default: false },
  },
});

async function replay(db: Database, options: ScheduleOptions & { seed: number }, path: string): Promise<void> {
  const property = fc.asyncProperty(schedules(options), async (schedule) => {
    console.log(tell(schedule));
    await runSchedule(db, schedule, console.log);
  });
  await fc.assert(property, { seed: options.seed, path, numRuns: 1 });
}

const directory = await mkdtemp(join(tmpdir(), 'accord-properties-'));
await chmod(directory, 0o711);
const options = {
  dataDirectory: join(directory, 'postgres'),
  logFile: join(directory, 'postgres.log'),
  password: 'test',
  port: await freePort(),
  settings: { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off', max_connections: '100' },
};
const postgres = await startProcess(await embeddedPostgres(options));
try {
  await ensureDatabase(options, 'accord');
  await migrateToLatest(databaseUrl(options, 'accord'));
  const db = openDatabase({ url: databaseUrl(options, 'accord'), poolSize: 20 });
  const sweepOptions = {
    runs: Number(values.runs),
    seed: Number(values.seed),
    lanes: Number(values.lanes),
    maxSteps: Number(values.steps),
    faults: !values.calm,
    path: values.path ?? null,
  };
  if (values.path && values.trace) await replay(db, sweepOptions, values.path);
  const result = await sweep(db, sweepOptions);
  const rate = (result.runs / result.seconds).toFixed(1);
  console.log(`${result.runs} runs, ${result.activities} activities in ${result.seconds.toFixed(1)} s: ${rate} runs/s`);
  for (const [invariant, found] of result.found) {
    console.log(`${invariant} ×${result.counts.get(invariant)} seed ${found.seed} path ${found.path}: ${found.what}`);
    if (values.shrink) console.log(await minimise(db, sweepOptions, found));
  }
  await db.destroy();
} finally {
  await postgres.stop();
  await rm(directory, { recursive: true, force: true });
}
