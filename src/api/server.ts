import { reportStart } from '#config/start-report.ts';
import type { ConfigWith } from '#config.ts';
import { type ContactDeps, connectedRules } from '#contacts/contact-deps.ts';
import { type Database, openDatabase } from '#db/database.ts';
import { type AddressGuard, createAddressGuard } from '#delivery/address-guard.ts';
import { createLogger } from '#logger.ts';
import { listScheduleIds, schedulesOf } from '#schedules.ts';
import { createTemporalClient } from '#temporal.ts';
import type { ApiProvider } from './deps.ts';
import { readReadiness } from './monitoring/readiness.ts';
import { type RunningApi, serveApi } from './serve.ts';

/** Starts the api process. Resolves once it listens, also while PostgreSQL or Temporal is down. Rejects when the port is taken. */
export async function startApi(config: ConfigWith<'database'>): Promise<RunningApi> {
  const log = createLogger({ level: config.logLevel });
  log.info(reportStart(config), 'the api starts');
  const db = openDatabase({
    ...config.database,
    role: 'api',
    onError: (error) => log.warn({ err: error }, 'database connection lost'),
  });
  const temporal = createTemporalClient();
  const { host, port, publicUrl, trustedProxies } = config.http;
  const { taskQueuePrefix, uiUrl: temporalUiUrl } = config.temporal;
  const options = {
    db,
    temporal,
    log,
    databaseUrl: config.database.url,
    taskQueuePrefix,
    scheduleIds: listScheduleIds(schedulesOf(config)),
    temporalUiUrl,
    publicUrl,
    sandboxes: config.sandboxes,
    audiences: config.audiences,
    contacts: toContactDeps(config, db),
    providers: toProviders(config),
    delivery: { encryptionKey: config.encryptionKey, guard: toGuard(config), maxEndpoints: config.webhooks.maxEndpoints },
  };
  const api = await serveApi({ ...options, host, port, trustedProxies });
  log.info({ url: api.url }, 'the api listens');
  // In the background: the api takes requests while Temporal is down.
  void readReadiness(options).then(({ problems }) => {
    for (const problem of problems) log.warn({ problem }, 'something that Accord needs is missing');
  });

  async function close(): Promise<void> {
    await api.close();
    await Promise.all([temporal.connection.close(), db.destroy()]);
    log.info('the api has stopped');
  }

  return { url: api.url, close };
}

function toGuard({ webhooks: { allowPrivateAddresses, requireHttps } }: ConfigWith<'database'>): AddressGuard {
  return createAddressGuard({ allowPrivateCidrs: allowPrivateAddresses, requireHttps });
}

function toContactDeps(
  { providers, accounts, audiences, sharing, conflicts, matching }: ConfigWith<'database'>,
  db: Database,
): ContactDeps {
  const connected = connectedRules(providers, accounts);
  return { db, audiences, sharing, conflicts, ...matching, providers: connected, now: () => new Date() };
}

function toProviders({ providers, accounts, notConnected }: ConfigWith<'database'>): ApiProvider[] {
  return providers.map(({ id, webhookRoutes = [], isSourceOnly = false, pollSchedule, findOAuthAccount }) => ({
    ...{ id, webhookRoutes, isSourceOnly, isPolled: pollSchedule !== undefined },
    settings: accounts[id] ?? null,
    oauthAccountId: accounts[id] ? (findOAuthAccount?.(accounts[id].secrets) ?? null) : null,
    notConnected: notConnected.find(({ provider }) => provider === id)?.because ?? null,
  }));
}
