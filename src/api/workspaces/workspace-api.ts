import type { RequestListener } from 'node:http';
import { type AppOptions, createApp } from '#api/app.ts';
import type { ApiDeps } from '#api/deps.ts';
import { startDeliveryDispatcher } from '#api/dispatch/delivery-dispatcher.ts';
import { createDispatcher } from '#api/dispatch/dispatcher.ts';
import { sweepErasures } from '#api/dispatch/start-erasures.ts';
import { type SweeperOptions, startSweeper } from '#api/dispatch/sweeper.ts';
import type { Lifecycle } from '#api/monitoring/health.ts';
import { createMetrics } from '#api/monitoring/metrics.ts';
import { addProcessMetrics } from '#api/monitoring/process-metrics.ts';
import type { DeliveryTiming } from '#workflows/delivery/messages.ts';

export interface WorkspaceOptions extends Omit<ApiDeps, 'dispatcher' | 'metrics'> {
  limits?: AppOptions['limits'];
  trustedProxies?: AppOptions['trustedProxies'];
  sweep?: Pick<SweeperOptions, 'everyMs' | 'olderThanSeconds' | 'signalLostAfterSeconds'>;
  /** For a connection that listens for due deliveries. Without it they are only polled for. */
  databaseUrl?: string;
  deliveryTiming?: Partial<DeliveryTiming>;
  /** Whether its metrics include those of the process. */
  showsProcess?: boolean;
}

/** The dependencies that change when an account is connected. */
export type AccountDeps = Pick<ApiDeps, 'providers' | 'contacts'> & Partial<Pick<ApiDeps, 'scheduleIds'>>;

/** The api of one workspace: its routes, its queue of changes, and its sweepers. It shares nothing with that of another one. */
export interface WorkspaceApi {
  handle: RequestListener;
  /** Begins to sweep and to listen for due deliveries. */
  start(): void;
  replaceAccounts(accounts: AccountDeps): void;
  stop(): Promise<void>;
  /** Waits for queued changes. */
  drain(ms: number): Promise<void>;
}

/** `workspace` is the label of its metrics; without one they have none. */
export function createWorkspaceApi(options: WorkspaceOptions & { workspace?: string }, lifecycle: Lifecycle): WorkspaceApi {
  const { limits, trustedProxies, sweep, databaseUrl = null, deliveryTiming, workspace, showsProcess = false, ...deps } = options;
  const metrics = createMetrics(deps);
  if (workspace !== undefined) metrics.registry.setDefaultLabels({ workspace });
  if (showsProcess) addProcessMetrics(metrics.registry);
  const dispatcher = createDispatcher({ ...deps, metrics });
  const appOptions = { lifecycle, ...(limits ? { limits } : {}), ...(trustedProxies ? { trustedProxies } : {}) };
  let app = createApp({ ...deps, metrics, dispatcher }, appOptions);
  const background: { stop(): Promise<void> }[] = [];

  return {
    handle: (req, res) => app(req, res),
    start() {
      const { db, temporal, taskQueuePrefix, log } = deps;
      const stopSweeper = startSweeper({ ...deps, ...sweep, dispatcher });
      const timing = deliveryTiming ? { timing: deliveryTiming } : {};
      const deliveries = startDeliveryDispatcher({ db, databaseUrl, temporal, taskQueuePrefix, log, ...timing });
      background.push({ stop: stopSweeper }, { stop: sweepErasures(deps) }, { stop: deliveries.close });
    },
    replaceAccounts(accounts) {
      app = createApp({ ...deps, ...accounts, metrics, dispatcher }, appOptions);
    },
    async stop() {
      await Promise.all(background.map((each) => each.stop()));
    },
    drain: (ms) => dispatcher.drain(ms),
  };
}
