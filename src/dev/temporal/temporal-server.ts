import type { Connection } from '@temporalio/client';
import type { ProcessSpec } from '#dev/processes/process.ts';
import { waitUntil } from '#dev/wait-until.ts';
import { searchAttributes } from '#workflows/search-attributes.ts';

export interface TemporalServerOptions {
  /** The `temporal` executable; see `getTemporalExecutable`. */
  executable: string;
  port: number;
  /** Port of the Web UI, which does not run without one. */
  uiPort?: number;
  /** File of the workflows; they live in memory when it is absent. */
  databaseFile?: string;
  logFile: string;
  namespace?: string;
}

/** A Temporal dev server on the loopback address, for `startProcess` or `supervise`. */
export function temporalServer(options: TemporalServerOptions): ProcessSpec {
  const { executable, port, logFile, namespace = 'default' } = options;
  return {
    name: 'temporal',
    command: executable,
    args: serverArguments(options),
    logFile,
    ready: (_process, signal) => waitForNamespace({ address: `127.0.0.1:${port}`, namespace, signal }),
  };
}

function serverArguments({ port, uiPort, databaseFile, namespace = 'default' }: TemporalServerOptions): string[] {
  return [
    ...['server', 'start-dev', '--ip', '127.0.0.1', '--port', String(port), '--namespace', namespace],
    ...(uiPort ? ['--ui-port', String(uiPort), '--ui-disable-news-fetch'] : ['--headless']),
    ...(databaseFile ? ['--db-filename', databaseFile, ...pragmas] : []),
    // A dev server has one history shard. With the default of 20 it dispatches tasks in ticks of 50 ms.
    ...['--dynamic-config-value', 'history.transferProcessorMaxPollRPS=1000'],
    ...Object.values(searchAttributes).flatMap(({ name, type }) => ['--search-attribute', `${name}=${attributeTypes[type]}`]),
    ...['--log-level', 'error', '--log-format', 'json'],
  ];
}

/** They raise the rate of workflows two to three times: a plain file waits for the disk at every commit. */
const pragmas = ['--sqlite-pragma', 'journal_mode=WAL', '--sqlite-pragma', 'synchronous=NORMAL'];

const attributeTypes = { KEYWORD: 'Keyword', KEYWORD_LIST: 'KeywordList' } as const;

/** Waits until the server answers for its namespace over gRPC, as clients use it. */
export async function waitForNamespace(options: { address: string; namespace: string; signal?: AbortSignal }): Promise<void> {
  const { address, namespace, signal } = options;
  const { Connection } = await import('@temporalio/client');
  // By default gRPC waits a second after a refused connection. A server starts in half of that.
  const channelArgs = { 'grpc.initial_reconnect_backoff_ms': 100, 'grpc.min_reconnect_backoff_ms': 100 };
  const connection = Connection.lazy({ address, channelArgs });
  try {
    await waitUntil(`Temporal to answer at ${address}`, () => describe(connection, namespace), { ...(signal && { signal }) });
  } finally {
    await connection.close();
  }
}

function describe(connection: Connection, namespace: string): Promise<unknown> {
  return connection.withDeadline(Date.now() + 1_000, () => connection.workflowService.describeNamespace({ namespace }));
}
