import { setTimeout as delay } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import {
  DefaultLogger,
  NativeConnection,
  Runtime,
  Worker,
  type WorkerOptions,
  type WorkflowBundleOption,
} from '@temporalio/worker';
import type { Logger } from 'pino';
import { createDeliveryDeps } from './activities/delivery/create-delivery-deps.ts';
import type { ActivityDeps, ConnectedProvider } from './activities/deps.ts';
import { createActivities } from './activities/index.ts';
import { reportStart } from './config/start-report.ts';
import type { Config, ConfigWith } from './config.ts';
import { providerRules } from './contacts/contact-deps.ts';
import { createAccountLock } from './db/account-locks.ts';
import { listRecordIds } from './db/contacts/record-ids.ts';
import { type Database, openDatabase } from './db/database.ts';
import { createTokenStore } from './db/oauth-tokens.ts';
import { findSchemaProblem } from './db/pending-migrations.ts';
import { addAccounts, listUnreadAccounts } from './db/sync/account-modes.ts';
import { createSubmissionStore } from './db/sync/form-submissions.ts';
import { openWorkerLeases, type WorkerLeases } from './db/worker-leases.ts';
import { listManaged } from './domain/audience.ts';
import { createLogger } from './logger.ts';
import { reportMissingFields } from './missing-fields.ts';
import { ensureSchedules, schedulesOf, startFirstPasses } from './schedules.ts';
import { createSearchAttributeCheck, explainMissing, findMissingSearchAttributes } from './search-attributes.ts';
import { createTemporalClient, signalContactChanged, startConfirmation } from './temporal.ts';
import { addressOf, explainConnectionError, findNamespaceProblem } from './temporal-problems.ts';
import { loadWorkflowBundle } from './workflow-bundle.ts';
import { taskQueues } from './workflows/task-queues.ts';

export interface RunningWorker {
  /** Resolves when the workers have ended after `close`; rejects after a fatal error. */
  ended: Promise<void>;
  /** Stops the workers. Running activities have 30 seconds to finish. */
  close(): Promise<void>;
}

/**
 * Starts the workers that run workflows and activities, and creates the schedules. Waits while Temporal does not answer, until `signal`
 * is aborted: then it rejects.
 */
export async function startWorker(
  config: ConfigWith<'database' | 'encryptionKey'>,
  signal: AbortSignal = new AbortController().signal,
): Promise<RunningWorker> {
  const logger = createLogger({ level: config.logLevel });
  logger.info(reportStart(config), 'The worker starts');
  // First, because it refuses settings that cannot be used.
  const client = createTemporalClient();
  Runtime.install({
    logger: toTemporalLogger(logger),
    shutdownSignals: [],
    // Otherwise the SDK's core writes lines of its own to standard output, which are no JSON.
    telemetryOptions: { logging: { forward: {}, filter: { core: 'WARN', other: 'ERROR' } } },
  });
  const db = openDatabase({
    ...config.database,
    role: 'worker',
    // In a batch, a hundred pushes share a few connections.
    connectTimeoutMs: 20_000,
    onError: (error) => logger.warn({ err: error }, 'An idle database connection broke'),
  });
  const connection = await waitForServers({ db, client, logger, signal }).catch(async (error) => {
    await Promise.all([client.connection.close(), db.destroy()]);
    throw error;
  });
  const { namespace } = client.options;
  const isWanted = (role: string) => config.workerRoles === null || config.workerRoles.includes(role);
  const leases = openWorkerLeases(db, { providers: Object.keys(config.accounts).filter(isWanted) });
  const { taskQueuePrefix } = config.temporal;
  const delivery = createDeliveryDeps({
    ...{ db, databaseUrl: config.database.url, timeouts: config.database.timeouts },
    ...{ encryptionKey: config.encryptionKey, log: logger },
    ...config.webhooks,
  });
  const deps: ActivityDeps = {
    db,
    delivery,
    log: logger,
    providers: connectProviders(config, db, leases),
    audiences: config.audiences,
    sharing: config.sharing,
    conflicts: config.conflicts,
    ownAddresses: config.matching.ownAddresses,
    matching: config.matching,
    exportDirectory: config.webhooks.exportDirectory,
    now: () => new Date(),
    signalContact: async (contactId, changed) =>
      signalContactChanged(client, {
        ...{ contactId, changed, taskQueuePrefix },
        externalIds: await listRecordIds(db, contactId),
      }),
    startConfirmation: (submissionId) => startConfirmation(client, { submissionId, taskQueuePrefix }),
    listable: createSearchAttributeCheck(client),
  };
  const wantedSchedules = schedulesOf(config);
  const providerIds = wantedSchedules.providers.map(({ id }) => id);
  await addAccounts(db, providerIds, config.newAccounts);
  const missing = await findMissingSearchAttributes(client);
  if (missing.length > 0) logger.warn(explainMissing(missing, namespace));
  await ensureSchedules(client, { ...wantedSchedules, logger });
  const unread = (await listUnreadAccounts(db)).filter((id) => providerIds.includes(id));
  await startFirstPasses(client, { providers: unread, taskQueuePrefix, logger });
  const workers = await createWorkers({
    connection,
    namespace,
    taskQueuePrefix,
    deps,
    bundle: await loadWorkflowBundle(config.workflowBundle),
    roles: config.workerRoles,
  });
  const wanted = [...deps.providers].filter(([id]) => isWanted(id));
  // In the background: a vendor that does not answer must not delay the start.
  void reportMissingFields(new Map(wanted.map(([id, { client }]) => [id, client])), logger);
  logger.info({ queues: workers.map(({ options }) => options.taskQueue) }, 'Worker ready');
  return run(workers, async () => {
    await Promise.all([delivery.close(), leases.close()]);
    await Promise.all([connection.close(), client.connection.close(), db.destroy()]);
  });
}

/** Connects every account that has its settings and secrets in the configuration, by account id. Without `leases` this process uses the whole rates. */
export function connectProviders(
  config: Pick<Config, 'providers' | 'accounts' | 'audiences' | 'encryptionKey'>,
  db: Database,
  leases?: Pick<WorkerLeases, 'shareOf'>,
): Map<string, ConnectedProvider> {
  const tokens = createTokenStore(db, config.encryptionKey);
  const submissions = createSubmissionStore(db);
  const lockAccount = createAccountLock(db);
  return new Map(
    config.providers.flatMap((provider) => {
      const settings = config.accounts[provider.id];
      if (!settings) return [];
      const { lists } = listManaged(provider.id, config.audiences);
      const client = provider.connect({
        ...settings,
        tokens,
        submissions,
        lockAccount,
        lists,
        ...(leases ? { share: leases.shareOf(provider.id) } : {}),
      });
      return [[provider.id, { ...providerRules(provider, settings.account), client }] as const];
    }),
  );
}

interface Servers {
  db: Database;
  client: Client;
  logger: Logger;
  signal: AbortSignal;
}

const longestDelaySeconds = 30;

/** Connects the workers of this process once Temporal, its namespace and the tables are there. Rejects when `signal` is aborted. */
async function waitForServers({ db, client, logger, signal }: Servers): Promise<NativeConnection> {
  for (let delaySeconds = 1; ; delaySeconds = Math.min(2 * delaySeconds, longestDelaySeconds)) {
    const { connection, problem } = await tryConnect(client, db);
    if (connection) return connection;
    logger.warn({ problem, delaySeconds }, 'The worker cannot start yet, and tries again');
    await delay(delaySeconds * 1_000, undefined, { signal });
  }
}

async function tryConnect(
  client: Client,
  db: Database,
): Promise<{ connection: NativeConnection; problem: null } | { connection: null; problem: string }> {
  const { connectionOptions } = loadClientConnectConfig();
  let connection: NativeConnection;
  try {
    connection = await NativeConnection.connect(connectionOptions);
  } catch (error) {
    return { connection: null, problem: explainConnectionError(error, addressOf(client)) };
  }
  const problem = (await findNamespaceProblem(client, 10_000)) ?? (await findSchemaProblem(db));
  if (problem === null) return { connection, problem };
  await connection.close();
  return { connection: null, problem };
}

export interface WorkersInput {
  connection: NativeConnection;
  namespace: string;
  taskQueuePrefix: string;
  deps: ActivityDeps;
  bundle: WorkflowBundleOption;
  /** Any of `workflows`, `delivery` and provider ids; null for all. */
  roles: readonly string[] | null;
}

/** Creates a worker per task queue: one for workflows and database activities, one for deliveries, and one per provider. */
export function createWorkers({ connection, namespace, taskQueuePrefix, deps, bundle, roles }: WorkersInput): Promise<Worker[]> {
  const activities = createActivities(deps);
  const queues = taskQueues(taskQueuePrefix);
  const common = {
    connection,
    namespace,
    shutdownGraceTime: '30 seconds',
    shutdownForceTime: '60 seconds',
  } satisfies Partial<WorkerOptions>;
  const wanted = (role: string) => roles === null || roles.includes(role);
  const options: WorkerOptions[] = [];
  if (wanted('workflows')) {
    // The cache counts workflow runs, not bytes. A parked contact that was evicted costs one replay when it wakes.
    options.push({
      ...common,
      taskQueue: queues.main,
      workflowBundle: bundle,
      activities: { ...activities.store },
      maxCachedWorkflows: 1_000,
    });
  }
  if (wanted('delivery') && activities.delivery) {
    options.push({
      ...common,
      ...deliveryOptions,
      taskQueue: queues.delivery,
      activities: { ...activities.delivery },
    });
  }
  for (const [id, { client }] of deps.providers) {
    if (!wanted(id)) continue;
    const maxConcurrentActivityTaskExecutions = concurrentActivities(client.requestsPerSecond);
    options.push({
      ...common,
      taskQueue: queues.provider(id),
      activities: { ...activities.provider },
      maxConcurrentActivityTaskExecutions,
    });
  }
  return Promise.all(options.map((each) => Worker.create(each)));
}

/** A drain mostly waits, so that many run at once. Without a grace time it is cancelled on shutdown, and finishes its requests. */
const deliveryOptions = {
  maxConcurrentActivityTaskExecutions: 1_000,
  shutdownGraceTime: 0,
} satisfies Partial<WorkerOptions>;

/**
 * As many activities as a fifth of the rate serves within their 30 seconds, at about three calls each, because up to five workers may
 * share it. Further ones wait in the task queue, by priority, and not in the worker, where they would time out.
 */
function concurrentActivities(requestsPerSecond: number): number {
  return Math.min(100, Math.max(2, Math.round(requestsPerSecond * 2)));
}

function run(workers: Worker[], closeConnections: () => Promise<void>): RunningWorker {
  const ended = Promise.all(workers.map((worker) => worker.run()))
    .then(() => {})
    .finally(closeConnections);
  return {
    ended,
    async close() {
      for (const worker of workers) {
        if (worker.getState() === 'RUNNING') worker.shutdown();
      }
      await ended;
    },
  };
}

/** Writes Temporal's log lines to the logger, with their metadata as fields. JSON has no bigint: those become strings. */
function toTemporalLogger(logger: Logger): DefaultLogger {
  return new DefaultLogger('WARN', ({ level, message, meta }) => {
    if (message === ofActivityWorkers) return;
    const facts = Object.fromEntries(
      Object.entries(meta ?? {}).map(([key, value]) => [key, typeof value === 'bigint' ? String(value) : value]),
    );
    logger[logMethods[level]](facts, message);
  });
}

/** The queues of providers and deliveries have activities only. */
const ofActivityWorkers = 'No workflows registered, not polling for workflow tasks';

const logMethods = { TRACE: 'trace', DEBUG: 'debug', INFO: 'info', WARN: 'warn', ERROR: 'error' } as const;
