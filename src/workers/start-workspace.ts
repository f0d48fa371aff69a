import type { Client } from '@temporalio/client';
import type { WorkflowBundleOption } from '@temporalio/worker';
import type { Logger } from 'pino';
import { createDeliveryDeps } from '#activities/delivery/create-delivery-deps.ts';
import { withConnections } from '#config/connections.ts';
import { readStoredConnections, type StoredConnections, watchConnections } from '#connections.ts';
import { markRefusedDirty } from '#db/contacts/dirty-links.ts';
import { openDatabase } from '#db/database.ts';
import { explainMissing, findMissingSearchAttributes } from '#search-attributes.ts';
import type { Tracing } from '#tracing/tracing.ts';
import type { WorkerMetrics } from './monitoring/worker-metrics.ts';
import { type Generation, runReplaceable } from './replaceable.ts';
import { type Shared, startGeneration, type WorkerConfig } from './start-generation.ts';
import { waitForServers } from './wait-for-servers.ts';

export interface RunningWorker {
  /** Resolves when the workers have ended after `close`; rejects after a fatal error. */
  ended: Promise<void>;
  /** Stops the workers. Running activities have 30 seconds to finish. */
  close(): Promise<void>;
}

export interface WorkspaceContext {
  client: Client;
  logger: Logger;
  loadBundle(): Promise<WorkflowBundleOption>;
  /** Null where this process serves none. */
  metrics: WorkerMetrics | null;
  tracing: Tracing;
  signal: AbortSignal;
}

/** Everything that works for one workspace. */
export async function startWorkspace(config: WorkerConfig, context: WorkspaceContext): Promise<RunningWorker> {
  const { client, logger, loadBundle, metrics, tracing, signal } = context;
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
  const shared: Shared = {
    db,
    client,
    connection,
    delivery,
    bundle,
    logger,
    metrics: metrics?.ofWorkspace(config.workspace?.name ?? null) ?? null,
    tracing,
  };
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
