import { chmod, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { openDatabase } from '#db/database.ts';
import { migrateToLatest } from '#db/migrate.ts';
import { addAccounts } from '#db/sync/account-modes.ts';
import { ensureDatabase } from '#dev/postgres/databases.ts';
import { databaseUrl, embeddedPostgres } from '#dev/postgres/embedded-postgres.ts';
import { type RunningProcess, startProcess } from '#dev/processes/process.ts';
import { supervise } from '#dev/processes/supervisor.ts';
import { getTemporalExecutable } from '#dev/temporal/temporal-executable.ts';
import { findTemporalPrograms, temporalOnPostgres } from '#dev/temporal/temporal-on-postgres.ts';
import { temporalServer } from '#dev/temporal/temporal-server.ts';
import { freePort } from '#free-port.ts';
import { providers } from '#providers/index.ts';
import { buildWorkflowBundle } from '#workflow-bundle.ts';
import { bundlePackage } from './bundle-package.ts';
import { testStack } from './test-stack.ts';

/** `npm run test:production-shape`: Temporal keeps its workflows in PostgreSQL, as `docker-compose.yml` sets it up. */
const isProductionShape = process.env.ACCORD_PRODUCTION_SHAPE === 'postgres';

/** Starts one PostgreSQL and one Temporal server for the whole run. Test files find their addresses in `process.env`. */
export default async function globalSetup(): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'accord-test-'));
  await chmod(directory, 0o711); // PostgreSQL may run as another user, which must be able to enter.
  testStack.directory = directory;
  bundlePackage('square', resolve('node_modules/.cache/accord/square.cjs'));
  const postgres = startPostgres(directory);
  const [database, temporal, bundle] = await Promise.all([
    postgres.then(({ url }) => url),
    isProductionShape ? postgres.then((server) => startTemporalOnPostgres(directory, server)) : startTemporal(directory),
    writeBundle(join(directory, 'workflow-bundle.js')),
  ]);
  process.env.ACCORD_TEST_DATABASE_URL = database;
  process.env.ACCORD_TEST_TEMPORAL_ADDRESS = temporal;
  process.env.ACCORD_TEST_WORKFLOW_BUNDLE = bundle;
  // Compiling takes half of the start of a process. The processes that tests start share the compiled code.
  process.env.NODE_COMPILE_CACHE = join(directory, 'compile-cache');
}

/** Bundles the workflows once for all workers of the run. */
async function writeBundle(path: string): Promise<string> {
  const { code } = await buildWorkflowBundle();
  await writeFile(path, code);
  return path;
}

async function startPostgres(directory: string): Promise<{ url: string; port: number; password: string }> {
  const options = {
    dataDirectory: join(directory, 'postgres'),
    logFile: join(directory, 'postgres.log'),
    password: 'test',
    port: await freePort(),
    settings: { max_connections: '200', ...(!isProductionShape && forgetful) },
  };
  remember(await startProcess(await embeddedPostgres(options)));
  await ensureDatabase(options, 'accord_template');
  await fillTemplate(databaseUrl(options, 'accord_template'));
  return { ...options, url: databaseUrl(options, 'postgres') };
}

/** The database of a test run need not survive a crash. */
const forgetful = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' };

/** The accounts of the vendors are live: a test of another mode sets it. */
async function fillTemplate(url: string): Promise<void> {
  await migrateToLatest(url);
  const db = openDatabase({ url, poolSize: 1 });
  const vendors = providers.filter(({ isSourceOnly }) => !isSourceOnly).map(({ id }) => id);
  await addAccounts(db, vendors, 'live');
  // A database with a connection cannot be copied.
  await db.destroy();
}

async function startTemporal(directory: string): Promise<string> {
  const { path } = await getTemporalExecutable({ say: (line) => process.stderr.write(`${line}\n`) });
  const port = await freePort();
  remember(await startProcess(temporalServer({ executable: path, port, logFile: join(directory, 'temporal.log') })));
  return `127.0.0.1:${port}`;
}

async function startTemporalOnPostgres(directory: string, postgres: { port: number; password: string }): Promise<string> {
  const programs = findTemporalPrograms();
  if (!programs) throw new Error('The programs of the Temporal server are missing: see docs/operating.md');
  const port = await freePort();
  const logFile = join(directory, 'temporal.log');
  const supervised = await supervise(await temporalOnPostgres({ programs, postgres, port, logFile }), { say: () => {} });
  remember(supervised);
  // A test may kill it.
  process.env.ACCORD_TEST_TEMPORAL_PID = String(supervised.pid);
  return `127.0.0.1:${port}`;
}

function remember(started: Pick<RunningProcess, 'stop'>): void {
  testStack.processes.push(started);
}
