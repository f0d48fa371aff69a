import type { Logger } from 'pino';
import { withTimeout } from '#concurrency/with-timeout.ts';
import { checkConfigFile } from '#config/config-file.ts';
import { withConnections } from '#config/connections.ts';
import { reportStart } from '#config/start-report.ts';
import type { ConfigWith } from '#config.ts';
import { readStoredConnections, type StoredConnections, watchConnections } from '#connections.ts';
import { type ContactDeps, connectedRules } from '#contacts/contact-deps.ts';
import { importProvider, toImportRules } from '#contacts/imports/import-provider.ts';
import { type Database, openDatabase } from '#db/database.ts';
import { createErasureSecret } from '#db/erasure/erasure-secret.ts';
import { type AddressGuard, createAddressGuard } from '#delivery/address-guard.ts';
import { listManaged } from '#domain/audience.ts';
import { createLogger, forWorkspace } from '#logger.ts';
import { listScheduleIds, schedulesOf } from '#schedules.ts';
import { createTemporalClient } from '#temporal.ts';
import { startTracing } from '#tracing/start-tracing.ts';
import type { Tracing } from '#tracing/tracing.ts';
import type { ApiProvider, ConnectionSettings, NotifyRules } from './deps.ts';
import { readReadiness } from './monitoring/readiness.ts';
import { type RunningApi, serveApi } from './serve.ts';
import type { WorkspaceOptions } from './workspaces/workspace-api.ts';

type ApiConfig = ConfigWith<'database'>;

/**
 * Starts the api process, for the default workspace and further ones. Resolves once it listens, also while PostgreSQL or Temporal is down.
 * Rejects when the port is taken.
 */
export async function startApi(
  config: ApiConfig,
  workspaces: readonly ApiConfig[] = [],
): Promise<Omit<RunningApi, 'replaceAccounts'>> {
  const log = createLogger({ level: config.logLevel });
  const tracing = await startTracing('accord-api', log);
  const parts = await Promise.all(
    [config, ...workspaces].map((each) => openParts(each, forWorkspace(log, each.workspace), tracing)),
  );
  const [main, ...others] = parts.map(({ options }) => options);
  if (main === undefined) throw new Error('There is always a default workspace');
  const { host, port } = config.http;
  const named = new Map(workspaces.map(({ workspace }, place) => [workspace?.name ?? '', others[place] ?? main]));
  const api = await serveApi({ ...main, host, port, workspaces: named, showsProcess: true });
  log.info({ url: api.url }, 'the api listens');
  const watched = parts.map((each) => watch(each, api));

  async function close(): Promise<void> {
    await Promise.all(watched.map((each) => each.close()));
    await api.close();
    await Promise.all(parts.flatMap(({ options: { db, temporal } }) => [temporal.connection.close(), db.destroy()]));
    await tracing.close();
    log.info('the api has stopped');
  }

  return { url: api.url, close };
}

interface Parts {
  config: ApiConfig;
  stored: StoredConnections | null;
  options: WorkspaceOptions;
}

/** Opens the connections and settings of one workspace's api. */
async function openParts(config: ApiConfig, log: Logger, tracing: Tracing): Promise<Parts> {
  log.info(reportStart(config), 'the api starts');
  const db = openDatabase({
    ...config.database,
    role: 'api',
    onError: (error) => log.warn({ err: error }, 'database connection lost'),
  });
  const stored = await findStoredConnections(config, db, log);
  const temporal = createTemporalClient(config.workspace?.temporal);
  const { publicUrl, trustedProxies } = config.http;
  const { taskQueuePrefix, uiUrl: temporalUiUrl } = config.temporal;
  const options = {
    ...{ db, temporal, log, tracing },
    databaseUrl: config.database.url,
    ...{ taskQueuePrefix, temporalUiUrl, publicUrl, trustedProxies },
    sandboxes: config.sandboxes,
    notify: toNotify(config),
    configFile: { loaded: config.file, check: () => checkConfigFile(config.file) },
    audiences: config.audiences,
    connections: toConnections(config),
    ...accountsOf(config, db, stored),
    delivery: { encryptionKey: config.encryptionKey, guard: toGuard(config), maxEndpoints: config.webhooks.maxEndpoints },
  };
  return { config, stored, options };
}

/** Follows changes of the connected accounts, and warns of missing parts. */
function watch({ config, stored, options }: Parts, api: RunningApi): { close(): Promise<void> } {
  const { db, log } = options;
  // In the background: the api takes requests while Temporal is down.
  void readReadiness(options).then(({ problems }) => {
    for (const problem of problems) log.warn({ problem }, 'something that Accord needs is missing');
  });
  return watchConnections({
    ...{ db, url: config.database.url, encryptionKey: config.encryptionKey, log, known: stored },
    onChange: async (changed) => {
      const accounts = accountsOf(config, db, changed);
      api.replaceAccounts(accounts, config.workspace?.name);
      log.info({ connected: [...accounts.contacts.providers.keys()] }, 'the api works with these accounts');
    },
  });
}

function toNotify({ notify }: ConfigWith<'database'>): NotifyRules {
  const ways = [...(notify.mail ? (['email'] as const) : []), ...(notify.slackUrl === null ? [] : (['slack'] as const))];
  return { ...notify, ways };
}

function toGuard({ webhooks: { allowPrivateAddresses, requireHttps } }: ConfigWith<'database'>): AddressGuard {
  return createAddressGuard({ allowPrivateCidrs: allowPrivateAddresses, requireHttps });
}

/** Null while the database does not answer: the api starts all the same. */
async function findStoredConnections(
  { encryptionKey }: ConfigWith<'database'>,
  db: Database,
  log: Logger,
): Promise<StoredConnections | null> {
  try {
    return await withTimeout(readStoredConnections(db, encryptionKey, log), { ms: 5_000 });
  } catch (error) {
    log.warn({ err: error }, 'cannot read which accounts are connected');
    return null;
  }
}

function accountsOf(config: ConfigWith<'database'>, db: Database, stored: StoredConnections | null) {
  const connected = withConnections(config, stored?.variables ?? new Map());
  return {
    scheduleIds: listScheduleIds(schedulesOf(connected)),
    contacts: toContactDeps(connected, db),
    providers: toProviders(connected).map((provider) => ({ ...provider, isUnknown: stored === null })),
  };
}

function toConnections({
  providers,
  connectable,
  encryptionKey,
  newAccounts,
  audiences,
}: ConfigWith<'database'>): ConnectionSettings {
  const accounts = providers.flatMap((provider) => {
    const [settings, { connector }] = [connectable[provider.id], provider];
    if (!settings || !connector) return [];
    const { lists } = listManaged(provider.id, audiences);
    return [[provider.id, { ...settings, provider, connector, lists }] as const];
  });
  return { accounts: new Map(accounts), encryptionKey, newAccounts };
}

function toContactDeps(
  { providers, accounts, audiences, sharing, conflicts, deletes, matching, extras, encryptionKey }: ConfigWith<'database'>,
  db: Database,
): ContactDeps {
  const connected = connectedRules(providers, accounts).set(importProvider.id, toImportRules(extras));
  const erasureSecret = createErasureSecret(db, encryptionKey);
  const rules = { audiences, sharing, conflicts, deletes, extras, ...matching };
  return { db, ...rules, erasureSecret, providers: connected, now: () => new Date() };
}

function toProviders({ providers, accounts, notConnected }: ConfigWith<'database'>): ApiProvider[] {
  return providers.map(({ id, name, webhookRoutes = [], isSourceOnly = false, pollSchedule, findOAuthAccount }) => ({
    ...{ id, name, webhookRoutes, isSourceOnly, isPolled: pollSchedule !== undefined },
    settings: accounts[id] ?? null,
    oauthAccountId: accounts[id] ? (findOAuthAccount?.(accounts[id].secrets) ?? null) : null,
    notConnected: notConnected.find(({ provider }) => provider === id)?.because ?? null,
  }));
}
