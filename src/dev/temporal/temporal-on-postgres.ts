import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { delimiter, dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { parse } from 'yaml';
import { ensureOwnedDatabase } from '#dev/postgres/databases.ts';
import { findProgram } from '#dev/processes/find-program.ts';
import type { ProcessSpec } from '#dev/processes/process.ts';
import { waitUntil } from '#dev/wait-until.ts';
import { freePort } from '#free-port.ts';

/** The programs of a Temporal server, which no package of npm has: docs/operating.md says how to build them. */
export interface TemporalPrograms {
  server: string;
  /** Named `temporal-sql-tool`: `deploy/temporal-schema.sh` finds it by that name. */
  sqlTool: string;
}

export interface TemporalOnPostgresOptions {
  programs: TemporalPrograms;
  /** On the loopback address. The server's roles have the same password. */
  postgres: { port: number; password: string };
  port: number;
  logFile: string;
  namespace?: string;
}

const root = new URL('../../../', import.meta.url);
const inRoot = (path: string) => fileURLToPath(new URL(path, root));

/** Looks in the folder `TEMPORAL_SERVER_BIN`, then on PATH. Null when a program is missing. */
export function findTemporalPrograms(env: NodeJS.ProcessEnv = process.env): TemporalPrograms | null {
  const [server, sqlTool] = ['temporal-server', 'temporal-sql-tool'].map((name) =>
    findProgram(name, env.TEMPORAL_SERVER_BIN, env),
  );
  return server && sqlTool ? { server, sqlTool } : null;
}

/**
 * A Temporal server on PostgreSQL with the settings of `docker-compose.yml`, on the loopback address, for `startProcess` or `supervise`.
 * Creates its databases, role and schema first; its namespace and the search attributes of Accord as soon as it answers.
 */
export async function temporalOnPostgres(options: TemporalOnPostgresOptions): Promise<ProcessSpec> {
  const { programs, postgres, port, logFile, namespace = 'default' } = options;
  await createDatabases(programs, postgres);
  return {
    name: 'temporal',
    command: programs.server,
    args: ['--allow-no-auth', 'start'],
    env: {
      PATH: process.env.PATH,
      ...(await readEnvironment('temporal')),
      ...{ POSTGRES_SEEDS: '127.0.0.1', DB_PORT: String(postgres.port), POSTGRES_PWD: postgres.password },
      ...{ BIND_ON_IP: '127.0.0.1', DYNAMIC_CONFIG_FILE_PATH: inRoot('deploy/temporal-dynamic-config.yaml'), LOG_LEVEL: 'warn' },
      ...(await choosePorts(port)),
    },
    logFile,
    ready: (_process, signal) => prepareNamespace({ address: `127.0.0.1:${port}`, namespace, signal }),
  };
}

/** The environment of a service of `docker-compose.yml`, with its references to variables as they are. */
async function readEnvironment(service: string): Promise<Record<string, string>> {
  const { services } = parse(await readFile(inRoot('docker-compose.yml'), 'utf8'), { merge: true });
  const variables: [string, unknown][] = Object.entries(services[service].environment);
  return Object.fromEntries(variables.map(([name, value]) => [name, String(value)]));
}

/** By the scripts that `docker-compose.yml` runs. Existing databases are migrated to the schema of the release. */
async function createDatabases({ sqlTool }: TemporalPrograms, postgres: TemporalOnPostgresOptions['postgres']): Promise<void> {
  for (const name of ['temporal', 'temporal_visibility']) await ensureOwnedDatabase(postgres, name, 'temporal');
  const env = {
    PATH: `${dirname(sqlTool)}${delimiter}${process.env.PATH}`,
    ...(await readEnvironment('temporal-schema')),
    ...{ SQL_HOST: '127.0.0.1', SQL_PORT: String(postgres.port), SQL_PASSWORD: postgres.password },
  };
  await promisify(execFile)('/bin/sh', [inRoot('deploy/temporal-schema.sh')], { env });
}

/**
 * Each of the server's four services listens on ports of its own. Temporal's schema for PostgreSQL has them in a
 * `smallint`, into which those of `freePort` fit.
 */
async function choosePorts(frontend: number): Promise<Record<string, string>> {
  const names = [
    ...['FRONTEND_HTTP_PORT', 'FRONTEND_MEMBERSHIP_PORT', 'HISTORY_GRPC_PORT', 'HISTORY_MEMBERSHIP_PORT'],
    ...['MATCHING_GRPC_PORT', 'MATCHING_MEMBERSHIP_PORT', 'WORKER_GRPC_PORT', 'WORKER_MEMBERSHIP_PORT'],
  ];
  const ports = new Set<number>();
  while (ports.size < names.length) ports.add(await freePort());
  return {
    FRONTEND_GRPC_PORT: String(frontend),
    ...Object.fromEntries([...ports].map((port, index) => [names[index], String(port)])),
  };
}

/** Waits until the server answers and everything exists that `accord migrate` and `deploy/temporal-namespace.sh` create. */
async function prepareNamespace(options: { address: string; namespace: string; signal: AbortSignal }): Promise<void> {
  const { address, namespace, signal } = options;
  const { Client, Connection } = await import('@temporalio/client');
  const { findMissingSearchAttributes, registerSearchAttributes } = await import('#search-attributes.ts');
  const { ensureNamespace } = await import('#temporal-namespace.ts');
  const connection = Connection.lazy({ address });
  const client = new Client({ connection, namespace });
  const within = <T>(call: () => Promise<T>) => client.withDeadline(Date.now() + 2_000, call);
  try {
    const waiting = { signal, timeoutMs: 60_000, everyMs: 200 };
    await waitUntil(
      `Temporal to answer at ${address}`,
      () => within(() => connection.workflowService.getSystemInfo({})),
      waiting,
    );
    await ensureNamespace(client);
    await waitUntil(
      'the search attributes',
      async () => {
        await within(() => registerSearchAttributes(client));
        const missing = await within(() => findMissingSearchAttributes(client));
        if (missing.length > 0) throw new Error(`${missing.join(', ')} are missing`);
      },
      waiting,
    );
  } finally {
    await connection.close();
  }
}
