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
import type { Config, ConfigWith } from './config.ts';
import { providerRules } from './contacts/contact-deps.ts';
import { openDatabase } from './db/database.ts';
import { createTokenStore } from './db/oauth-tokens.ts';
import { createSubmissionStore } from './db/sync/form-submissions.ts';
import { listManaged } from './domain/audience.ts';
import { createLogger } from './logger.ts';
import { providers as builtIn } from './providers/index.ts';
import type { Provider } from './providers/provider.ts';
import { ensureSchedules, type ScheduledProvider } from './schedules.ts';
import { createSearchAttributeCheck, explainMissing, findMissingSearchAttributes } from './search-attributes.ts';
import { createTemporalClient, signalContactChanged } from './temporal.ts';
import { loadWorkflowBundle } from './workflow-bundle.ts';
import { taskQueues } from './workflows/task-queues.ts';

export interface RunningWorker {
  /** Settles when the workers have ended, by `close` or by a fault that they cannot recover from. */
  ended: Promise<void>;
  /** Lets what is under way finish, 30 seconds at most. */
  close(): Promise<void>;
}

/** The process that runs workflows and activities: clients from configuration, activities from clients, workers from activities. */
export async function startWorker(config: ConfigWith<'database' | 'encryptionKey'>): Promise<RunningWorker> {
  const logger = createLogger({ level: config.logLevel });
  Runtime.install({ logger: toTemporalLogger(logger), shutdownSignals: [] });
  const db = openDatabase({
    ...config.database,
    // In a batch a hundred pushes take turns on a few connections.
    connectTimeoutMs: 20_000,
    onError: (error) => logger.warn({ err: error }, 'An idle database connection broke'),
  });
  const client = createTemporalClient();
  const { connection, namespace } = await connectWorker();
  const { taskQueuePrefix } = config.temporal;
  const delivery = createDeliveryDeps({
    ...{ db, databaseUrl: config.database.url, encryptionKey: config.encryptionKey, log: logger },
    ...config.webhooks,
  });
  const deps: ActivityDeps = {
    db,
    delivery,
    providers: connectProviders(config, db),
    audiences: config.audiences,
    sharing: config.sharing,
    conflicts: config.conflicts,
    exportDirectory: config.webhooks.exportDirectory,
    now: () => new Date(),
    signalContact: (contactId, changed) => signalContactChanged(client, { contactId, changed, taskQueuePrefix }),
    hasSearchAttributes: createSearchAttributeCheck(client),
  };
  const missing = await findMissingSearchAttributes(client);
  if (missing.length > 0) logger.warn(explainMissing(missing, namespace));
  await ensureSchedules(client, {
    providers: scheduled(deps),
    schedules: config.schedules,
    retentionDays: config.webhooks.retentionDays,
    taskQueuePrefix,
    logger,
  });
  const workers = await createWorkers({
    connection,
    namespace,
    taskQueuePrefix,
    deps,
    bundle: await loadWorkflowBundle(config.workflowBundle),
    roles: config.workerRoles,
  });
  logger.info({ queues: workers.map(({ options }) => options.taskQueue) }, 'Worker ready');
  return run(workers, async () => {
    await delivery.close();
    await Promise.all([connection.close(), client.connection.close(), db.destroy()]);
  });
}

/** What a form said needs no pass: each submission is stored here before it is taken in. */
function scheduled({ providers }: ActivityDeps): ScheduledProvider[] {
  const withRecords = [...providers.values()].filter(({ provider }) => !provider.isSourceOnly);
  return withRecords.map(({ provider, client }) => ({ id: provider.id, isPolled: client.changes !== undefined }));
}

export function connectProviders(
  config: Pick<Config, 'accounts' | 'audiences' | 'encryptionKey' | 'workerCopies'>,
  db: Parameters<typeof createTokenStore>[0],
  providers: readonly Provider[] = builtIn,
): Map<string, ConnectedProvider> {
  const tokens = createTokenStore(db, config.encryptionKey);
  const submissions = createSubmissionStore(db);
  return new Map(
    providers.flatMap((provider) => {
      const settings = config.accounts[provider.id];
      if (!settings) return [];
      const { lists } = listManaged(provider.id, config.audiences);
      const client = provider.connect({ ...settings, tokens, submissions, lists, sharedBy: config.workerCopies });
      return [[provider.id, { ...providerRules(provider, settings.account), client }] as const];
    }),
  );
}

/** The connection that the workers of this process share. Rejects when the server does not answer. */
async function connectWorker(): Promise<{ connection: NativeConnection; namespace: string }> {
  const { connectionOptions, namespace } = loadClientConnectConfig();
  return { connection: await NativeConnection.connect(connectionOptions), namespace: namespace ?? 'default' };
}

export interface WorkersInput {
  connection: NativeConnection;
  namespace: string;
  taskQueuePrefix: string;
  deps: ActivityDeps;
  bundle: WorkflowBundleOption;
  /** `workflows`, `delivery` and provider ids; null for all. */
  roles: readonly string[] | null;
}

/** One worker for workflows and our own store, one for webhooks that are sent, one per provider, on queues of their own. */
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
    // The cache counts runs, not bytes; a parked contact that was evicted costs one replay when it wakes.
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
    const maxConcurrentActivityTaskExecutions = activitiesAtOnce(client.requestsPerSecond);
    options.push({
      ...common,
      taskQueue: queues.provider(id),
      activities: { ...activities.provider },
      maxConcurrentActivityTaskExecutions,
    });
  }
  return Promise.all(options.map((each) => Worker.create(each)));
}

/** A drain waits more than it works, and one that hangs holds nobody else. Told to stop at once, it ends what is under way. */
const deliveryOptions = {
  maxConcurrentActivityTaskExecutions: 1_000,
  shutdownGraceTime: 0,
} satisfies Partial<WorkerOptions>;

/**
 * As many as the rate can carry well within an activity's 30 seconds, at some three calls each. The rest waits in the task
 * queue, where the urgent goes first, and not in a worker, where it would time out.
 */
function activitiesAtOnce(requestsPerSecond: number): number {
  return Math.min(100, Math.max(2, Math.round(requestsPerSecond * 5)));
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

/** Temporal's own log lines, facts as fields. Its metadata may hold symbols and bigints, which JSON cannot. */
function toTemporalLogger(logger: Logger): DefaultLogger {
  return new DefaultLogger('WARN', ({ level, message, meta }) => {
    const facts = Object.fromEntries(
      Object.entries(meta ?? {}).map(([key, value]) => [key, typeof value === 'bigint' ? String(value) : value]),
    );
    logger[level.toLowerCase() as 'warn'](facts, message);
  });
}
