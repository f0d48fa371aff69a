import { join } from 'node:path';
import { ensureOwnedDatabase } from '#dev/postgres/databases.ts';
import { embeddedPostgres } from '#dev/postgres/embedded-postgres.ts';
import { prepareDatabase } from '#dev/postgres/prepare-database.ts';
import { nodeProcess } from '#dev/processes/node-process.ts';
import type { ProcessSpec } from '#dev/processes/process.ts';
import { getTemporalExecutable } from '#dev/temporal/temporal-executable.ts';
import { temporalServer } from '#dev/temporal/temporal-server.ts';
import { waitUntil } from '#dev/wait-until.ts';
import { sandboxes } from '#sandbox/index.ts';
import { readSandboxAccounts, type SandboxAccounts, sandboxEnvironment } from './sandboxes.ts';
import { stackPaths } from './stack-folder.ts';
import type { StackState } from './stack-state.ts';

/** Shared by all parts of a stack. */
export interface PartContext {
  /** Data and logs are kept here. */
  directory: string;
  state: StackState;
  /** False when people connect the sandboxes. Default: true. */
  isConnected?: boolean;
  /** Starts a process and keeps it running. */
  launch(spec: ProcessSpec): Promise<void>;
  /** Reports one line to the person in front of the terminal. */
  say(line: string): void;
}

interface Part {
  /** Printed beside the part's name: an address, a source. */
  detail: string;
}

/** Starts PostgreSQL and migrates the database. Returns its URL and an API key that it knows. */
export async function startDatabase(context: PartContext): Promise<Part & { database: string; apiKey: string }> {
  const { directory, state, launch } = context;
  const server = { port: state.ports.postgres, password: state.postgresPassword };
  const { postgres: dataDirectory } = stackPaths(directory);
  await launch(await embeddedPostgres({ ...server, dataDirectory, logFile: logFile(directory, 'postgres') }));
  const database = await ensureOwnedDatabase(server, 'accord');
  return { database, apiKey: await prepareDatabase(database, state.apiKey), detail: `127.0.0.1:${server.port}` };
}

/** Starts a Temporal dev server, and downloads it first where it is not installed. */
export async function startTemporal({ directory, state, launch, say }: PartContext): Promise<Part> {
  const { path, source } = await getTemporalExecutable({ say });
  const { temporal: port, temporalUi: uiPort } = state.ports;
  const { temporalDatabase: databaseFile } = stackPaths(directory);
  await launch(temporalServer({ executable: path, port, uiPort, databaseFile, logFile: logFile(directory, 'temporal') }));
  return { detail: `127.0.0.1:${port}, from ${source}` };
}

/** Starts the process of all sandboxes. Returns the account of each. */
export async function startSandboxes({
  directory,
  state,
  isConnected = true,
  launch,
}: PartContext): Promise<Part & { sandboxes: SandboxAccounts }> {
  const { ports } = state;
  const { sandboxes: dataDirectory } = stackPaths(directory);
  const api = `http://127.0.0.1:${ports.api}`;
  await launch(
    nodeProcess({
      name: 'sandboxes',
      script: 'sandbox/main.ts',
      env: sandboxEnvironment({ ports, api, dataDirectory, isConnected }),
      logFile: logFile(directory, 'sandboxes'),
      ready: (_process, signal) => waitUntil('the sandboxes to answer', () => readSandboxAccounts(ports, sandboxes), { signal }),
    }),
  );
  return {
    sandboxes: await readSandboxAccounts(ports, sandboxes),
    detail: sandboxes.map(({ title }) => title).join(', '),
  };
}

/** Starts the API or the worker by its command, as in production. */
export async function startAccordProcess(
  name: 'api' | 'worker',
  env: NodeJS.ProcessEnv,
  { directory, launch }: PartContext,
): Promise<Part> {
  const script = 'cli/accord.ts';
  await launch(nodeProcess({ name, script, args: ['--no-env-file', name], env, logFile: logFile(directory, name) }));
  return { detail: '' };
}

function logFile(directory: string, name: string): string {
  return join(stackPaths(directory).logs, `${name}.log`);
}
