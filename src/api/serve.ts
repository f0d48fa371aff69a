import { createServer, type Server } from 'node:http';
import { withTimeout } from '#concurrency/with-timeout.ts';
import type { DeliveryTiming } from '#workflows/delivery/messages.ts';
import { type AppOptions, createApp } from './app.ts';
import type { ApiDeps } from './deps.ts';
import { startDeliveryDispatcher } from './dispatch/delivery-dispatcher.ts';
import { createDispatcher } from './dispatch/dispatcher.ts';
import { sweepErasures } from './dispatch/start-erasures.ts';
import { type SweeperOptions, startSweeper } from './dispatch/sweeper.ts';
import type { Lifecycle } from './monitoring/health.ts';
import { createMetrics } from './monitoring/metrics.ts';

export interface ServeOptions extends Omit<ApiDeps, 'dispatcher' | 'metrics'> {
  host: string;
  /** 0 for any free port. */
  port: number;
  limits?: AppOptions['limits'];
  trustedProxies?: AppOptions['trustedProxies'];
  sweep?: Pick<SweeperOptions, 'everyMs' | 'olderThanSeconds' | 'signalLostAfterSeconds'>;
  /** For a connection that listens for due deliveries. Without it they are only polled for. */
  databaseUrl?: string;
  deliveryTiming?: Partial<DeliveryTiming>;
  requestLimits?: Partial<typeof defaultRequestLimits>;
}

export interface RunningApi {
  /** Such as `http://127.0.0.1:8080`. */
  url: string;
  /** Serves every request from now on with other accounts. Requests under way end with those that they began with. */
  replaceAccounts(accounts: AccountDeps): void;
  /** Reports not ready, closes the port and finishes requests in flight. The caller closes its database and Temporal client. */
  close(): Promise<void>;
}

/** The dependencies that change when an account is connected. */
export type AccountDeps = Pick<ApiDeps, 'providers' | 'contacts'> & Partial<Pick<ApiDeps, 'scheduleIds'>>;

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
  const { host, port, limits, trustedProxies, sweep, databaseUrl = null, deliveryTiming, requestLimits, ...deps } = options;
  const metrics = createMetrics(deps);
  const dispatcher = createDispatcher({ ...deps, metrics });
  const lifecycle: Lifecycle = { stopping: false };
  const appOptions = { lifecycle, ...(limits ? { limits } : {}), ...(trustedProxies ? { trustedProxies } : {}) };
  let app = createApp({ ...deps, metrics, dispatcher }, appOptions);
  const { maxConnections, ...times } = { ...defaultRequestLimits, ...requestLimits };
  const server = createServer(times, (req, res) => app(req, res));
  server.maxConnections = maxConnections;
  await listen(server, port, host);
  const stopSweeper = startSweeper({ ...deps, ...sweep, dispatcher });
  const { db, temporal, taskQueuePrefix, log } = deps;
  const stopErasures = sweepErasures(deps);
  const timing = deliveryTiming ? { timing: deliveryTiming } : {};
  const deliveries = startDeliveryDispatcher({ db, databaseUrl, temporal, taskQueuePrefix, log, ...timing });

  async function close(): Promise<void> {
    lifecycle.stopping = true;
    await Promise.all([closeServer(server), stopSweeper(), stopErasures(), deliveries.close()]);
    await dispatcher.drain(drainMs);
  }

  function replaceAccounts(accounts: AccountDeps): void {
    app = createApp({ ...deps, ...accounts, metrics, dispatcher }, appOptions);
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
