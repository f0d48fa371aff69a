import { chmod, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { migrateToLatest } from '../../src/db/migrate.ts';
import { databaseUrl, embeddedPostgres, ensureDatabase } from '../../src/dev/embedded-postgres.ts';
import { freePort } from '../../src/dev/ports.ts';
import { type RunningProcess, startProcess } from '../../src/dev/process.ts';
import { getTemporalExecutable } from '../../src/dev/temporal-executable.ts';
import { temporalServer } from '../../src/dev/temporal-server.ts';
import { testStack } from './test-stack.ts';

/** One real PostgreSQL and one real Temporal server for the whole run. Test files find them through `process.env`. */
export default async function globalSetup(): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'accord-test-'));
  await chmod(directory, 0o711); // PostgreSQL may run as another user, who has to get through
  testStack.directory = directory;
  const [postgres, temporal] = await Promise.all([startPostgres(directory), startTemporal(directory)]);
  process.env.ACCORD_TEST_DATABASE_URL = postgres;
  process.env.ACCORD_TEST_TEMPORAL_ADDRESS = temporal;
}

async function startPostgres(directory: string): Promise<string> {
  const options = {
    dataDirectory: join(directory, 'postgres'),
    logFile: join(directory, 'postgres.log'),
    password: 'test',
    port: await freePort(),
    // What a crash leaves is of no interest here.
    settings: { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off', max_connections: '200' },
  };
  remember(await startProcess(await embeddedPostgres(options)));
  await ensureDatabase(options, 'accord_template');
  await migrateToLatest(databaseUrl(options, 'accord_template'));
  return databaseUrl(options, 'postgres');
}

async function startTemporal(directory: string): Promise<string> {
  const { path } = await getTemporalExecutable({ say: (line) => process.stderr.write(`${line}\n`) });
  const port = await freePort();
  remember(await startProcess(temporalServer({ executable: path, port, logFile: join(directory, 'temporal.log') })));
  return `127.0.0.1:${port}`;
}

function remember(started: RunningProcess): void {
  testStack.processes.push(started);
}
