import { createServer, type Server } from 'node:http';
import { withTimeout } from '#concurrency/with-timeout.ts';
import type { Lifecycle } from './monitoring/health.ts';
import { routeByWorkspace } from './workspaces/route-by-workspace.ts';
import { type AccountDeps, createWorkspaceApi, type WorkspaceOptions } from './workspaces/workspace-api.ts';

export interface ServeOptions extends WorkspaceOptions {
  host: string;
  /** 0 for any free port. */
  port: number;
  requestLimits?: Partial<typeof defaultRequestLimits>;
  /** The workspaces below `/w/<name>`, by name. */
  workspaces?: ReadonlyMap<string, WorkspaceOptions>;
}

export interface RunningApi {
  /** Such as `http://127.0.0.1:8080`. */
  url: string;
  /**
   * Serves every request from now on with other accounts, in a workspace or in the default one. Requests under way end with those that
   * they began with.
   */
  replaceAccounts(accounts: AccountDeps, workspace?: string): void;
  /** Reports not ready, closes the port and finishes requests in flight. The caller closes its database and Temporal client. */
  close(): Promise<void>;
}

/** No vendor takes longer to send 256 KB. Node looks for late requests every 30 seconds unless told otherwise. */
const defaultRequestLimits = {
  requestTimeout: 15_000,
  headersTimeout: 10_000,
  keepAliveTimeout: 65_000,
  connectionsCheckingInterval: 1_000,
  /** Below the usual limit of 4,096 open files. A client above it is disconnected and tries again. */
  maxConnections: 2_000,
};

/** The time for requests in flight and for queued changes when the api stops. */
const drainMs = 10_000;

/** Listens, dispatches and sweeps until `close`. Rejects when the port is taken. */
export async function serveApi(options: ServeOptions): Promise<RunningApi> {
  const { host, port, requestLimits, workspaces = new Map(), ...main } = options;
  const lifecycle: Lifecycle = { stopping: false };
  const served = createWorkspaceApi(main, lifecycle);
  const others = new Map(
    [...workspaces].map(([name, each]) => [name, createWorkspaceApi({ ...each, workspace: name }, lifecycle)]),
  );
  const all = [served, ...others.values()];
  const { maxConnections, ...times } = { ...defaultRequestLimits, ...requestLimits };
  const server = createServer(times, routeByWorkspace(served, others));
  server.maxConnections = maxConnections;
  await listen(server, port, host);
  for (const each of all) each.start();

  async function close(): Promise<void> {
    lifecycle.stopping = true;
    await Promise.all([closeServer(server), ...all.map((each) => each.stop())]);
    await Promise.all(all.map((each) => each.drain(drainMs)));
  }

  function replaceAccounts(accounts: AccountDeps, workspace?: string): void {
    (workspace === undefined ? served : others.get(workspace))?.replaceAccounts(accounts);
  }

  return { url: urlOf(server, host), replaceAccounts, close };
}

async function listen(server: Server, port: number, host: string): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once('error', reject).listen(port, host, resolve);
  await promise;
  server.off('error', reject);
}

/** Answers requests in flight, closes idle connections, and cuts the rest after `drainMs`. */
async function closeServer(server: Server): Promise<void> {
  const { promise: closed, resolve } = Promise.withResolvers<void>();
  server.close(() => resolve());
  const closeIdle = setInterval(() => server.closeIdleConnections(), 50);
  await withTimeout(closed, { ms: drainMs }).catch(() => {});
  clearInterval(closeIdle);
  server.closeAllConnections();
}

function urlOf(server: Server, host: string): string {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The server does not listen on a TCP port.');
  return `http://${host.includes(':') ? `[${host}]` : host}:${address.port}`;
}
