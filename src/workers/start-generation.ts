import type { Client } from '@temporalio/client';
import type { NativeConnection, WorkflowBundleOption } from '@temporalio/worker';
import type { Logger } from 'pino';
import type { createDeliveryDeps } from '#activities/delivery/create-delivery-deps.ts';
import type { ActivityDeps } from '#activities/deps.ts';
import { reportStart } from '#config/start-report.ts';
import type { ConfigWith } from '#config.ts';
import { listConnections } from '#db/connections/connections.ts';
import { listRecordIds } from '#db/contacts/record-ids.ts';
import type { Database } from '#db/database.ts';
import { openErasureSecret } from '#db/erasure/erasure-secret.ts';
import { addAccounts, listUnreadAccounts } from '#db/sync/account-modes.ts';
import { openWorkerLeases } from '#db/worker-leases.ts';
import { type ContactChanged, toArrival } from '#domain/sync/contact-changed.ts';
import { ensureSchedules, removeSchedules, schedulesOf, startFirstPasses } from '#schedules.ts';
import { createSearchAttributeCheck } from '#search-attributes.ts';
import { signalContactChanged, startConfirmation } from '#temporal.ts';
import { findTrace, type Tracing } from '#tracing/tracing.ts';
import { createCallReports } from './call-reports.ts';
import { connectProviders } from './connect-providers.ts';
import { createWorkers, hasRole } from './create-workers.ts';
import { toIncidentDeps } from './incident-deps.ts';
import { reportMissingFields } from './missing-fields.ts';
import { observeCalls } from './monitoring/observe-calls.ts';
import type { SyncMetrics } from './monitoring/worker-metrics.ts';
import type { Generation } from './replaceable.ts';

export type WorkerConfig = ConfigWith<'database' | 'encryptionKey'>;

/** State of a process that outlives single accounts. */
export interface Shared {
  db: Database;
  client: Client;
  connection: NativeConnection;
  delivery: ReturnType<typeof createDeliveryDeps>;
  bundle: WorkflowBundleOption;
  logger: Logger;
  /** Null where this process serves none. */
  metrics: SyncMetrics | null;
  tracing: Tracing;
}

/**
 * Everything that depends on which accounts are connected: the clients of vendors, their share of the rate, the schedules, and the
 * workers. `before` has the accounts of the generation that this one replaces; null at the start of the process.
 */
export async function startGeneration(
  { db, client, connection, delivery, bundle, logger, metrics, tracing }: Shared,
  config: WorkerConfig,
  before: readonly string[] | null,
): Promise<Generation & { accounts: string[] }> {
  logger.info(reportStart(config), before === null ? 'The worker starts' : 'The worker starts again with other accounts');
  const accounts = Object.keys(config.accounts);
  const isWanted = (id: string) => hasRole(config.workerRoles, id);
  const leases = openWorkerLeases(db, { providers: accounts.filter(isWanted) });
  const { taskQueuePrefix } = config.temporal;
  const deps: ActivityDeps = {
    db,
    delivery,
    log: logger,
    providers: connectProviders(config, db, {
      leases,
      calls: createCallReports(db, logger, Date.now, leases.noteSuccess),
      observerOf: (account) => observeCalls(account, { tracing, log: logger, metrics }),
    }),
    audiences: config.audiences,
    sharing: config.sharing,
    conflicts: config.conflicts,
    deletes: config.deletes,
    ownAddresses: config.matching.ownAddresses,
    matching: config.matching,
    extras: config.extras,
    erasureSecret: await openErasureSecret(db, config.encryptionKey),
    incidents: toIncidentDeps(config, delivery.guard),
    exportDirectory: config.webhooks.exportDirectory,
    now: () => new Date(),
    ...(metrics && { onSynced: metrics.synced }),
    signalContact: async (contactId, changed) =>
      signalContactChanged(client, {
        ...{ contactId, changed: continueTrace(changed), taskQueuePrefix },
        externalIds: await listRecordIds(db, contactId),
      }),
    serves: isWanted,
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
    ...{ connection, namespace: client.options.namespace, taskQueuePrefix, deps, bundle, roles: config.workerRoles, tracing },
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

/** What an activity begins for another contact, such as for each change that a poll finds, goes on with the trace of the activity. */
function continueTrace(changed: ContactChanged): ContactChanged {
  const { arrival } = changed;
  return arrival === undefined || arrival.traceparent !== undefined
    ? changed
    : { ...changed, arrival: toArrival(new Date(arrival.at), findTrace()) };
}
