import { join } from 'node:path';
import { databaseUrl, embeddedPostgres, ensureDatabase } from '#dev/postgres/embedded-postgres.ts';
import { prepareDatabase } from '#dev/postgres/prepare-database.ts';
import { nodeProcess } from '#dev/processes/node-process.ts';
import type { ProcessSpec } from '#dev/processes/process.ts';
import { getTemporalExecutable } from '#dev/temporal/temporal-executable.ts';
import { temporalServer } from '#dev/temporal/temporal-server.ts';
import { waitUntil } from '#dev/wait-until.ts';
import { readSandboxAccounts, type SandboxAccounts, sandboxEnvironment } from './sandboxes.ts';
import { stackPaths } from './stack-folder.ts';
import type { StackState } from './stack-state.ts';

/** What the parts of a stack have in common. */
export interface PartContext {
  /** Where data and logs are kept. */
  directory: string;
  state: StackState;
  /** Starts a process and keeps it running. */
  launch(spec: ProcessSpec): Promise<void>;
  /** Told what a person should know, in one line. */
  say(line: string): void;
}

/** Each part says in `detail` what a person may want to know of it. */
interface Part {
  detail: string;
}

export async function startDatabase({
  directory,
  state,
  launch,
}: PartContext): Promise<Part & { database: string; apiKey: string }> {
  const server = { port: state.ports.postgres, password: state.postgresPassword };
  const { postgres: dataDirectory } = stackPaths(directory);
  await launch(await embeddedPostgres({ ...server, dataDirectory, logFile: logFile(directory, 'postgres') }));
  await ensureDatabase(server, 'accord');
  const database = databaseUrl(server, 'accord');
  return { database, apiKey: await prepareDatabase(database, state.apiKey), detail: `127.0.0.1:${server.port}` };
}

export async function startTemporal({ directory, state, launch, say }: PartContext): Promise<Part> {
  const { path, source } = await getTemporalExecutable({ say });
  const { temporal: port, temporalUi: uiPort } = state.ports;
  const { temporalDatabase: databaseFile } = stackPaths(directory);
  await launch(temporalServer({ executable: path, port, uiPort, databaseFile, logFile: logFile(directory, 'temporal') }));
  return { detail: `127.0.0.1:${port}, from ${source}` };
}

export async function startSandboxes({ directory, state, launch }: PartContext): Promise<Part & { sandboxes: SandboxAccounts }> {
  const { ports } = state;
  const { sandboxes: dataDirectory } = stackPaths(directory);
  const api = `http://127.0.0.1:${ports.api}`;
  await launch(
    nodeProcess({
      name: 'sandboxes',
      script: 'sandbox/main.ts',
      env: sandboxEnvironment({ ports, api, dataDirectory }),
      logFile: logFile(directory, 'sandboxes'),
      ready: (_process, signal) => waitUntil("The sandboxes' answer", () => readSandboxAccounts({ ports }), { signal }),
    }),
  );
  return { sandboxes: await readSandboxAccounts({ ports }), detail: 'GoHighLevel, CallTools, Square, Google' };
}

/** One of Accord's own processes, run as in production: by its command. */
export async function startOurs(
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
