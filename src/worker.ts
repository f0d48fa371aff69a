import type { Client } from '@temporalio/client';
import { type NativeConnection, Runtime, Worker, type WorkerOptions, type WorkflowBundleOption } from '@temporalio/worker';
import type { Logger } from 'pino';
import { createDeliveryDeps } from './activities/delivery/create-delivery-deps.ts';
import type { ActivityDeps, ConnectedProvider } from './activities/deps.ts';
import { createActivities } from './activities/index.ts';
import { type CallReports, createCallReports, reportCalls } from './call-reports.ts';
import { withConnections } from './config/connections.ts';
import { reportStart } from './config/start-report.ts';
import type { Config, ConfigWith } from './config.ts';
import { readStoredConnections, type StoredConnections, watchConnections } from './connections.ts';
import { providerRules } from './contacts/contact-deps.ts';
import { createAccountLock } from './db/account-locks.ts';
import { listConnections } from './db/connections/connections.ts';
import { markRefusedDirty } from './db/contacts/dirty-links.ts';
import { listRecordIds } from './db/contacts/record-ids.ts';
import { type Database, openDatabase } from './db/database.ts';
import { openErasureSecret } from './db/erasure/erasure-secret.ts';
import { createTokenStore } from './db/oauth-tokens.ts';
import { addAccounts, listUnreadAccounts } from './db/sync/account-modes.ts';
import { createSubmissionStore } from './db/sync/form-submissions.ts';
import { openWorkerLeases, type WorkerLeases } from './db/worker-leases.ts';
import { listManaged } from './domain/audience.ts';
import { createLogger, forWorkspace } from './logger.ts';
import { reportMissingFields } from './missing-fields.ts';
import { type Generation, runReplaceable } from './replaceable.ts';
import { ensureSchedules, removeSchedules, schedulesOf, startFirstPasses } from './schedules.ts';
import { createSearchAttributeCheck, explainMissing, findMissingSearchAttributes } from './search-attributes.ts';
import { createTemporalClient, signalContactChanged, startConfirmation } from './temporal.ts';
import { toTemporalLogger } from './temporal-logger.ts';
import { waitForServers } from './wait-for-servers.ts';
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
 * is aborted: then it rejects. The further `workspaces` start in the background: one whose database is away delays no other.
 */
export async function startWorker(
  config: WorkerConfig,
  signal: AbortSignal = new AbortController().signal,
  workspaces: readonly WorkerConfig[] = [],
): Promise<RunningWorker> {
  const logger = createLogger({ level: config.logLevel });
  // First, because it refuses settings that cannot be used.
  const client = createTemporalClient(config.workspace?.temporal);
  const further = workspaces.map((each) => ({ config: each, client: createTemporalClient(each.workspace?.temporal) }));
  Runtime.install({
    logger: toTemporalLogger(logger),
    shutdownSignals: [],
    // Otherwise the SDK's core writes lines of its own to standard output, which are no JSON.
    telemetryOptions: { logging: { forward: {}, filter: { core: 'WARN', other: 'ERROR' } } },
  });
  let bundle: Promise<WorkflowBundleOption> | undefined;
  const loadBundle = () => (bundle ??= loadWorkflowBundle(config.workflowBundle));
  const others = startOthers(further, { logger, loadBundle });
  try {
    const main = await startWorkspace(config, { client, logger, loadBundle, signal });
    return {
      ended: workspaces.length === 0 ? main.ended : Promise.race([main.ended, others.ended]),
      async close() {
        await Promise.all([main.close(), others.close()]);
      },
    };
  } catch (error) {
    await others.close();
    throw error;
  }
}

/** Starts the workers of further workspaces in the background. `ended` rejects after a fatal error of one of them. */
function startOthers(
  workspaces: readonly { config: WorkerConfig; client: Client }[],
  { logger, loadBundle }: Pick<WorkspaceContext, 'logger' | 'loadBundle'>,
): RunningWorker {
  const closing = new AbortController();
  const { promise: ended, resolve, reject } = Promise.withResolvers<void>();
  const starts = workspaces.map(async ({ config, client }) => {
    const log = forWorkspace(logger, config.workspace);
    try {
      const worker = await startWorkspace(config, { client, logger: log, loadBundle, signal: closing.signal });
      worker.ended.catch(reject);
      return worker;
    } catch (error) {
      if (!closing.signal.aborted) reject(error);
      return null;
    }
  });
  return {
    ended,
    async close() {
      closing.abort();
      await Promise.all(starts.map(async (starting) => (await starting)?.close()));
      resolve();
    },
  };
}

interface WorkspaceContext {
  client: Client;
  logger: Logger;
  loadBundle(): Promise<WorkflowBundleOption>;
  signal: AbortSignal;
}

/** Everything that works for one workspace. */
async function startWorkspace(config: WorkerConfig, context: WorkspaceContext): Promise<RunningWorker> {
  const { client, logger, loadBundle, signal } = context;
  const db = openDatabase({
    ...config.database,
    role: 'worker',
    // In a batch, a hundred pushes share a few connections.
    connectTimeoutMs: 20_000,
    onError: (error) => logger.warn({ err: error }, 'An idle database connection broke'),
  });
  const variables = config.workspace?.temporal;
  const connection = await waitForServers({ db, client, logger, signal, variables }).catch(async (error) => {
    await Promise.all([client.connection.close(), db.destroy()]);
    throw error;
  });
  const delivery = createDeliveryDeps({
    ...{ db, databaseUrl: config.database.url, timeouts: config.database.timeouts },
    ...{ encryptionKey: config.encryptionKey, log: logger },
    ...config.webhooks,
  });
  const bundle = await loadBundle();
  const missing = await findMissingSearchAttributes(client);
  if (missing.length > 0) logger.warn(explainMissing(missing, client.options.namespace));
  const shared: Shared = { db, client, connection, delivery, bundle, logger };
  const stored = await readStoredConnections(db, config.encryptionKey, logger);
  const worker = await runReplaceable<StoredConnections, Generation & { accounts: string[] }>(
    (connections, before) => startGeneration(shared, withConnections(config, connections.variables), before?.accounts ?? null),
    stored,
  );
  const connections = watchConnections({
    ...{ db, url: config.database.url, encryptionKey: config.encryptionKey, log: logger },
    known: stored,
    async onChange(next, renewed) {
      await worker.replace(next);
      await markRefusedDirty(db, renewed);
    },
  });
  const ended = worker.ended.finally(async () => {
    await connections.close();
    await delivery.close();
    await Promise.all([connection.close(), client.connection.close(), db.destroy()]);
  });
  return {
    ended,
    async close() {
      await connections.close();
      await worker.close();
      await ended;
    },
  };
}

type WorkerConfig = ConfigWith<'database' | 'encryptionKey'>;

/** State of a process that outlives single accounts. */
interface Shared {
  db: Database;
  client: Client;
  connection: NativeConnection;
  delivery: ReturnType<typeof createDeliveryDeps>;
  bundle: WorkflowBundleOption;
  logger: Logger;
}

/**
 * Everything that depends on which accounts are connected: the clients of vendors, their share of the rate, the schedules, and the
 * workers. `before` has the accounts of the generation that this one replaces; null at the start of the process.
 */
async function startGeneration(
  { db, client, connection, delivery, bundle, logger }: Shared,
  config: WorkerConfig,
  before: readonly string[] | null,
): Promise<Generation & { accounts: string[] }> {
  logger.info(reportStart(config), before === null ? 'The worker starts' : 'The worker starts again with other accounts');
  const accounts = Object.keys(config.accounts);
  const isWanted = (role: string) => config.workerRoles === null || config.workerRoles.includes(role);
  const leases = openWorkerLeases(db, { providers: accounts.filter(isWanted) });
  const { taskQueuePrefix } = config.temporal;
  const deps: ActivityDeps = {
    db,
    delivery,
    log: logger,
    providers: connectProviders(config, db, { leases, calls: createCallReports(db, logger, Date.now, leases.noteSuccess) }),
    audiences: config.audiences,
    sharing: config.sharing,
    conflicts: config.conflicts,
    deletes: config.deletes,
    ownAddresses: config.matching.ownAddresses,
    matching: config.matching,
    extras: config.extras,
    erasureSecret: await openErasureSecret(db, config.encryptionKey),
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
  await ensureSchedules(client, { ...wantedSchedules, logger });
  await removeSchedules(client, { providers: await listDisconnected(db, accounts), taskQueuePrefix });
  const unread = (await listUnreadAccounts(db)).filter((id) => providerIds.includes(id));
  const appeared = before === null ? [] : providerIds.filter((id) => !before.includes(id));
  await startFirstPasses(client, { providers: [...new Set([...unread, ...appeared])], taskQueuePrefix, logger });
  const workers = await createWorkers({
    ...{ connection, namespace: client.options.namespace, taskQueuePrefix, deps, bundle, roles: config.workerRoles },
  });
  const wanted = [...deps.providers].filter(([id]) => isWanted(id));
  // In the background: a vendor that does not answer must not delay the start.
  void reportMissingFields(new Map(wanted.map(([id, { client }]) => [id, client])), logger);
  logger.info({ queues: workers.map(({ options }) => options.taskQueue) }, 'Worker ready');
  const ended = Promise.all(workers.map((worker) => worker.run()))
    .then(() => {})
    .finally(() => leases.close());
  return {
    accounts,
    ended,
    async close() {
      for (const worker of workers) if (worker.getState() === 'RUNNING') worker.shutdown();
      await ended;
    },
  };
}

/** Accounts that a person disconnected. One that only the environment of another worker has may be connected there. */
async function listDisconnected(db: Database, accounts: readonly string[]): Promise<string[]> {
  const disconnected = (await listConnections(db)).filter(({ isStored, revision }) => !isStored && revision > 0);
  return disconnected.map(({ provider }) => provider).filter((provider) => !accounts.includes(provider));
}

/**
 * Connects every account that has its settings and secrets in the configuration, by account id. Without `leases` this process uses the whole
 * rates. `calls` hears whether calls work.
 */
export function connectProviders(
  config: Pick<Config, 'providers' | 'accounts' | 'audiences' | 'encryptionKey'>,
  db: Database,
  { leases, calls }: { leases?: Pick<WorkerLeases, 'shareOf'>; calls?: CallReports } = {},
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
      const reported = calls ? reportCalls(client, calls(provider.id)) : client;
      return [[provider.id, { ...providerRules(provider, settings.account), client: reported }] as const];
    }),
  );
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
