import { randomBytes } from 'node:crypto';
import { Client, Connection } from '@temporalio/client';
import { pino } from 'pino';
import { createDeliveryDeps } from '#activities/delivery/create-delivery-deps.ts';
import type { ActivityDeps } from '#activities/deps.ts';
import { type ServeOptions, serveApi } from '#api/serve.ts';
import { toProviders } from '#config/accounts.ts';
import { listRecordIds } from '#db/contacts/record-ids.ts';
import { type Database, openDatabase } from '#db/database.ts';
import { openErasureSecret } from '#db/erasure/erasure-secret.ts';
import { addAccounts, setAccountMode } from '#db/sync/account-modes.ts';
import { builtIn, type Integrations } from '#dev/stack/integrations.ts';
import type { AccountMode } from '#domain/account-mode.ts';
import type { Audience } from '#domain/audience.ts';
import { isExtraField } from '#domain/contact.ts';
import type { CustomFields } from '#providers/custom-fields.ts';
import type { ProviderClient } from '#providers/provider.ts';
import { withCustomFields } from '#providers/with-custom-fields.ts';
import { createSearchAttributeCheck } from '#search-attributes.ts';
import { signalContactChanged, startConfirmation } from '#temporal.ts';
import { connectProviders } from '#workers/connect-providers.ts';
import type { DeliveryTiming } from '#workflows/delivery/messages.ts';
import { contactWorkflowId } from '#workflows/ids.ts';
import { type SyncState, type SyncTiming, syncStateQuery } from '#workflows/messages.ts';
import { createTestDatabase } from './database.ts';
import {
  type AccountOptions,
  getProvider,
  type ProviderId,
  type ProviderSettings,
  providerSettings,
  setWebhookUrls,
  testEncryptionKey,
} from './provider-settings.ts';
import { aimWebhooks, closeSandboxes, type Sandboxes, type SandboxId, startSandboxes } from './sandboxes.ts';
import { startWorkers } from './workers.ts';

export { changeInGhl, changeInGoogle, changeInSquare, dialerContacts, recordsOf } from './edits.ts';
export { control, type Sandboxes, startSandboxes } from './sandboxes.ts';
export { silenceRuntime, startWorkers } from './workers.ts';

export const coldLeads = {
  name: 'cold-leads',
  when: { anyTag: ['cold lead'] },
  unless: { anyTag: ['customer', 'client', 'won', 'purchased'], isCustomer: true, doNotCall: true },
  needs: ['phone'],
  then: { calltools: { lists: ['Cold Leads'], addTags: [], removeTags: [] } },
} satisfies Audience;

/** Milliseconds for waits that are longer in production. A test of a burst sets its own `passSpacing`. */
const quick: Partial<SyncTiming> = { retryInitial: 50, retryMaximum: 200, passSpacing: [0, 20, 100] };
const quickDelivery: Partial<DeliveryTiming> = { lingerMs: 500 };

/** The sender of webhooks, as a worker has it, for subscribers on this machine. */
export function createTestDelivery(db: Database, databaseUrl: string) {
  return createDeliveryDeps({
    ...{ db, databaseUrl, encryptionKey: testEncryptionKey },
    ...{ allowPrivateAddresses: ['127.0.0.0/8'], requireHttps: false },
    log: { info() {}, warn() {} },
  });
}

export interface AccordOptions extends AccountOptions {
  /**
   * The connected accounts, whose sandboxes are started: GoHighLevel and CallTools by default. The first wins conflicts. A further account
   * is in its vendor's sandbox: `gohighlevel-west` is its account `west`.
   */
  providers?: readonly string[];
  /** Providers and sandboxes to choose from; those of Accord by default. */
  integrations?: Integrations;
  /** Environment variables laid over those of the sandboxes, by provider. Undefined unsets one. */
  secrets?: Record<string, Record<string, string | undefined>>;
  timing?: Partial<SyncTiming>;
  deliveryTiming?: Partial<DeliveryTiming>;
  audiences?: Audience[];
  sharing?: ActivityDeps['sharing'];
  /** By account id: the custom fields that hold fields, as `extras` and `customFields` of accord.yaml name them. */
  customFields?: Record<string, CustomFields>;
  /** The mode of every account; `live` by default. */
  accountMode?: AccountMode;
  conflicts?: Partial<ActivityDeps['conflicts']>;
  ownAddresses?: ActivityDeps['ownAddresses'];
  /** Seconds that a record must stay unfound before Accord counts it as gone; 0 by default. */
  goneAfterSeconds?: number;
  /** Variables of web forms, such as a mail server for confirmation links. */
  webformSecrets?: Record<string, string>;
  /** Running sandboxes, which the test closes itself. Exactly these are connected. */
  sandboxes?: Sandboxes;
  /** Address of a Temporal server; that of the test run by default. */
  temporalAddress?: string;
  /** A namespace of that server; `default` by default. */
  namespace?: string;
  /** Whether the api has the routes of `npm start` that show the sandboxes. */
  showsSandboxes?: boolean;
  /** The number of database connections; 10 by default. */
  poolSize?: number;
  /** False: every push is an activity of its provider's lane, as for a worker that serves one account only. True by default. */
  pushesAtOnce?: boolean;
  /** False when the test starts worker processes itself, or needs none. */
  workersInside?: boolean;
}

export type Accord = Awaited<ReturnType<typeof startAccord>>;

/** Accord inside the test's process: sandboxes, an own database, the API on a port, and workers on their own task queues. */
export async function startAccord(options: AccordOptions = {}) {
  const taskQueuePrefix = `test-${randomBytes(4).toString('hex')}`;
  const { providers: vendors, sandboxes: ownSandboxes } = options.integrations ?? builtIn;
  const accounts = toProviders(vendors, { ids: options.providers ?? [] });
  const providers = accounts.map((provider) => withCustomFields(provider, options.customFields?.[provider.id] ?? {}));
  const integrations = { providers, sandboxes: ownSandboxes };
  const temporalAddress = options.temporalAddress ?? (process.env.ACCORD_TEST_TEMPORAL_ADDRESS as string);
  const [database, sandboxes, connection] = await Promise.all([
    createTestDatabase(),
    options.sandboxes ?? startSandboxes(options.providers, integrations),
    Connection.connect({ address: temporalAddress }),
  ]);
  const db = openDatabase({ url: database.url, poolSize: options.poolSize ?? 10, onError: () => {} });
  const { namespace = 'default' } = options;
  const temporal = new Client({ connection, namespace });
  const timing = { ...quick, ...options.timing };
  const audiences: Audience[] = options.audiences ?? [coldLeads];
  const settings = providerSettings(sandboxes, { ...options, integrations });
  if (options.webformSecrets) Object.assign(settings.webform.secrets, options.webformSecrets);
  const common = { db, temporal, taskQueuePrefix, timing, audiences, integrations };
  const delivery = createTestDelivery(db, database.url);
  const erasureSecret = await openErasureSecret(db, testEncryptionKey);
  const deps: ActivityDeps = { ...dependencies({ ...common, settings }, options), erasureSecret, delivery };
  await openAccounts(db, [...deps.providers.keys()], options.accountMode ?? 'live');
  const workers =
    options.workersInside === false ? { async stop() {} } : await startWorkers(temporalAddress, taskQueuePrefix, deps, namespace);
  const deliveryTiming = { ...quickDelivery, ...options.deliveryTiming };
  const deliverySettings = { encryptionKey: testEncryptionKey, guard: delivery.guard };
  const apiOptions = {
    ...common,
    settings,
    databaseUrl: database.url,
    deliveryTiming,
    delivery: deliverySettings,
    contacts: deps,
    ...(options.showsSandboxes && { sandboxes: toLinks(sandboxes, integrations) }),
  };
  const api = await startApi(apiOptions);
  setWebhookUrls(settings, sandboxes, { api: api.url, integrations, ...(options.secrets && { secrets: options.secrets }) });
  aimWebhooks(sandboxes, api.url, integrations);

  return {
    ...{ ...common, databaseUrl: database.url, temporalAddress, api, sandboxes, deps, settings, workers, delivery },
    clients: clientsOf(deps),
    /** Another api process of the same installation, such as one on a port of its own that the test ends and starts. */
    startAnotherApi: (change: Partial<ServeOptions> = {}) => startApi(apiOptions, change),
    contactIdOf: (externalId: string) => contactIdOf(db, externalId),
    syncState: (contactId: string): Promise<SyncState> => workflowOf(temporal, contactId).query(syncStateQuery),
    workflowOf: (contactId: string) => workflowOf(temporal, contactId),
    async close() {
      await api.close();
      await workers.stop();
      await delivery.close();
      await connection.close();
      await db.destroy();
      await database.drop();
      if (!options.sandboxes) await closeSandboxes(sandboxes);
    },
  };
}

function toLinks(running: Sandboxes, { sandboxes }: Integrations) {
  const started: Record<string, { controlUrl: string }> = running;
  return sandboxes.flatMap(({ id, title }) => (started[id] ? [{ id, title, control: started[id].controlUrl }] : []));
}

async function openAccounts(db: Database, providers: readonly string[], mode: AccountMode): Promise<void> {
  await addAccounts(db, providers, mode);
  for (const provider of providers) await setAccountMode(db, provider, mode);
}

interface Common {
  db: Database;
  temporal: Client;
  taskQueuePrefix: string;
  timing: Partial<SyncTiming>;
  audiences: Audience[];
  settings: Record<ProviderId, ProviderSettings>;
  integrations: Integrations;
}

/** The dependencies of activities, as `src/worker.ts` makes them from a configuration. */
function dependencies(
  { db, temporal, taskQueuePrefix, timing, audiences, settings, integrations }: Common,
  { sharing = {}, conflicts = {}, ownAddresses, goneAfterSeconds = 0, customFields = {}, pushesAtOnce = true }: AccordOptions,
): ActivityDeps {
  const config = { providers: integrations.providers, accounts: settings, audiences, encryptionKey: testEncryptionKey };
  return {
    ...{ db, audiences, sharing, now: () => new Date() },
    extras: [...new Set(Object.values(customFields).flatMap(Object.keys).filter(isExtraField))].map((field) =>
      field.slice('extras.'.length),
    ),
    conflicts: { order: Object.keys(settings), fields: {}, ...conflicts },
    ...(ownAddresses && { ownAddresses }),
    providers: withoutHold(connectProviders(config, db), goneAfterSeconds),
    listable: createSearchAttributeCheck(temporal),
    serves: () => pushesAtOnce,
    startConfirmation: (submissionId) => startConfirmation(temporal, { submissionId, taskQueuePrefix }),
    signalContact: async (contactId, changed) =>
      signalContactChanged(temporal, {
        ...{ contactId, changed, taskQueuePrefix, timing },
        externalIds: await listRecordIds(db, contactId),
      }),
  };
}

function withoutHold(providers: ActivityDeps['providers'], goneAfterSeconds: number): ActivityDeps['providers'] {
  const all = [...providers].map(([id, each]) => [id, { ...each, provider: { ...each.provider, goneAfterSeconds } }] as const);
  return new Map(all);
}

async function startApi(
  {
    settings,
    integrations,
    ...common
  }: Common & Pick<ServeOptions, 'databaseUrl' | 'deliveryTiming' | 'delivery' | 'contacts' | 'sandboxes'>,
  change: Partial<ServeOptions> = {},
) {
  return serveApi({
    ...{ ...common, temporalUiUrl: 'http://127.0.0.1:8233', host: '127.0.0.1', port: 0 },
    log: pino({ level: 'silent' }),
    providers: Object.entries(settings).map(([id, each]) => ({
      id,
      ...apiFacts(getProvider(id, integrations), each.secrets),
      settings: each,
      notConnected: null,
    })),
    ...change,
  });
}

/** The facts that the API needs about a provider, as `src/api/server.ts` selects them. */
function apiFacts(
  { name, webhookRoutes = [], isSourceOnly, pollSchedule, findOAuthAccount }: ReturnType<typeof getProvider>,
  secrets: unknown,
) {
  const oauthAccountId = findOAuthAccount?.(secrets) ?? null;
  return { name, webhookRoutes, isSourceOnly: isSourceOnly === true, isPolled: pollSchedule !== undefined, oauthAccountId };
}

function workflowOf(temporal: Client, contactId: string) {
  return temporal.workflow.getHandle(contactWorkflowId(contactId));
}

function clientsOf(deps: ActivityDeps): Record<SandboxId, ProviderClient> {
  return Object.fromEntries([...deps.providers].map(([id, { client }]) => [id, client])) as never;
}

async function contactIdOf(db: Database, externalId: string): Promise<string> {
  const row = await db.selectFrom('link').select('contact_id').where('external_id', '=', externalId).executeTakeFirstOrThrow();
  return row.contact_id;
}
