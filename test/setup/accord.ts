import { randomBytes } from 'node:crypto';
import { Client, Connection } from '@temporalio/client';
import { NativeConnection, Runtime, type Worker } from '@temporalio/worker';
import { pino } from 'pino';
import type { ActivityDeps } from '../../src/activities/deps.ts';
import { type RunningApi, serveApi } from '../../src/api/serve.ts';
import { type Database, openDatabase } from '../../src/db/database.ts';
import { createTokenStore } from '../../src/db/oauth-tokens.ts';
import { type Audience, managedBy } from '../../src/domain/audience.ts';
import { calltools } from '../../src/providers/calltools/index.ts';
import { gohighlevel } from '../../src/providers/gohighlevel/index.ts';
import type { ProviderClient } from '../../src/providers/provider.ts';
import { startCallToolsSandbox } from '../../src/sandbox/calltools/index.ts';
import { startGoHighLevelSandbox } from '../../src/sandbox/gohighlevel/index.ts';
import { announceChange } from '../../src/temporal.ts';
import { createWorkers } from '../../src/worker.ts';
import { buildWorkflowBundle } from '../../src/workflow-bundle.ts';
import { contactWorkflowId } from '../../src/workflows/ids.ts';
import { type SyncState, type SyncTiming, syncStateQuery } from '../../src/workflows/messages.ts';
import { createTestDatabase } from './database.ts';

export const coldLeads: Audience = {
  name: 'cold-leads',
  when: { anyTag: ['cold lead'] },
  unless: { anyTag: ['customer', 'client', 'won', 'purchased'], isCustomer: true, doNotCall: true },
  needs: ['phone'],
  then: { calltools: { lists: ['Cold Leads'], addTags: [], removeTags: [] } },
};

/** Waits in milliseconds that in production are minutes and days. */
const quick: Partial<SyncTiming> = { retryInitial: 50, retryMaximum: 200 };

export interface AccordOptions {
  timing?: Partial<SyncTiming>;
  audiences?: Audience[];
  /** Over the account's settings of accord.yaml. */
  calltoolsAccount?: Record<string, unknown>;
  gohighlevelAccount?: Record<string, unknown>;
  sandboxes?: Sandboxes;
  /** Of a Temporal server; the run's own by default. */
  temporalAddress?: string;
  /** False: the test runs worker processes of its own. */
  workersInside?: boolean;
}

export type Sandboxes = Awaited<ReturnType<typeof startSandboxes>>;
export type Accord = Awaited<ReturnType<typeof startAccord>>;

/** Everything but the processes: real sandboxes, a database of its own, the api on a port, workers on task queues of their own. */
export async function startAccord(options: AccordOptions = {}) {
  const taskQueuePrefix = `test-${randomBytes(4).toString('hex')}`;
  const database = await createTestDatabase();
  const db = openDatabase({ url: database.url, onError: () => {} });
  const sandboxes = options.sandboxes ?? (await startSandboxes());
  const address = options.temporalAddress ?? (process.env.ACCORD_TEST_TEMPORAL_ADDRESS as string);
  const connection = await Connection.connect({ address });
  const temporal = new Client({ connection });
  const timing = { ...quick, ...options.timing };
  const audiences = options.audiences ?? [coldLeads];
  const settings = providerSettings(sandboxes, options);
  const deps: ActivityDeps = {
    db,
    providers: connectAll(db, settings, audiences),
    audiences,
    authority: ['gohighlevel', 'calltools'],
    announce: (contactId, changed) => announceChange(temporal, { contactId, changed, taskQueuePrefix, timing }),
  };
  const workers = options.workersInside === false ? { async stop() {} } : await startWorkers(address, taskQueuePrefix, deps);
  const api = await serveApi({
    ...{ db, temporal, taskQueuePrefix, timing, audiences, temporalUiUrl: 'http://127.0.0.1:8233', host: '127.0.0.1', port: 0 },
    log: pino({ level: 'silent' }),
    providers: [gohighlevel, calltools].map((provider) => ({
      id: provider.id,
      webhookRoutes: (provider.webhookRoutes ?? []) as never,
      settings: settings[provider.id as 'gohighlevel'],
      notConnected: null,
    })),
  });
  sandboxes.gohighlevel.webhooks.change({ targets: [`${api.url}/webhook/ghl`] });

  return {
    ...{
      db,
      databaseUrl: database.url,
      temporalAddress: address,
      temporal,
      api,
      sandboxes,
      deps,
      taskQueuePrefix,
      settings,
      timing,
      workers,
    },
    clients: { gohighlevel: clientOf(deps, 'gohighlevel'), calltools: clientOf(deps, 'calltools') },
    contactIdOf: (externalId: string) => contactIdOf(db, externalId),
    syncState: (contactId: string): Promise<SyncState> => workflowOf(temporal, contactId).query(syncStateQuery),
    workflowOf: (contactId: string) => workflowOf(temporal, contactId),
    close: () => closeAll({ api, workers, connection, db, database, sandboxes: options.sandboxes ? null : sandboxes }),
  };
}

export async function startSandboxes() {
  const [ghl, dialer] = await Promise.all([
    startGoHighLevelSandbox({
      settings: { rateLimitMax: 100_000, locationId: `loc${randomBytes(8).toString('hex')}`.slice(0, 20) },
    }),
    startCallToolsSandbox(),
  ]);
  await control(dialer, 'POST', 'records', { buckets: ['Cold Leads'] });
  return { gohighlevel: ghl, calltools: dialer };
}

/** What people do on the vendor's own pages, and what tests ask of a sandbox. */
export async function control<T = unknown>(
  sandbox: { controlUrl: string },
  method: string,
  path: string,
  body?: unknown,
): Promise<T> {
  const response = await fetch(`${sandbox.controlUrl}/${path}`, {
    method,
    ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
  });
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
  return (response.status === 204 ? null : await response.json()) as T;
}

export interface DialerContact {
  id: number;
  first_name: string;
  mobile_phone_number?: string;
  buckets: number[];
  tags: number[];
  do_not_contact?: boolean;
  [field: string]: unknown;
}

/** All that the dialer holds, with the names of each contact's buckets. */
export async function dialerContacts({ calltools: dialer }: Sandboxes): Promise<(DialerContact & { bucketNames: string[] })[]> {
  const { contacts, buckets } = await control<{ contacts: DialerContact[]; buckets: Record<string, number> }>(
    dialer,
    'GET',
    'records',
  );
  const names = new Map(Object.entries(buckets).map(([name, id]) => [id, name]));
  return contacts.map((contact) => ({ ...contact, bucketNames: contact.buckets.map((id) => names.get(id) ?? String(id)) }));
}

/** Creates or changes a GHL contact as a person would; gives its id. */
export async function changeInGhl({ gohighlevel: ghl }: Sandboxes, contact: Record<string, unknown>): Promise<string> {
  const { contacts } = await control<{ contacts: string[] }>(ghl, 'POST', 'records', { contacts: [contact] });
  return contacts[0] as string;
}

function providerSettings({ gohighlevel: ghl, calltools: dialer }: Sandboxes, options: AccordOptions) {
  const fast = { rate: { requestsPerSecond: 10_000, burst: 10_000 }, concurrency: 50 };
  const ghlInfo = ghl.info() as { token: string; locationId: string; webhookPublicKey: string };
  const dialerInfo = dialer.info() as { token: string };
  return {
    gohighlevel: {
      account: gohighlevel.accountSchema.parse({ ...fast, ...options.gohighlevelAccount }),
      secrets: gohighlevel.secretsSchema.parse({
        GHL_BASE_URL: ghl.url,
        GHL_LOCATION_ID: ghlInfo.locationId,
        GHL_API_KEY: ghlInfo.token,
        GHL_WEBHOOK_PUBLIC_KEY: ghlInfo.webhookPublicKey,
      }),
    },
    calltools: {
      account: calltools.accountSchema.parse({ ...fast, referenceField: 'hub_contact_id', ...options.calltoolsAccount }),
      secrets: calltools.secretsSchema.parse({ CALLTOOLS_BASE_URL: `${dialer.url}/api`, CALLTOOLS_API_KEY: dialerInfo.token }),
    },
  };
}

function connectAll(
  db: Database,
  settings: ReturnType<typeof providerSettings>,
  audiences: Audience[],
): ActivityDeps['providers'] {
  const tokens = createTokenStore(db, randomBytes(32));
  return new Map([
    [
      'gohighlevel',
      {
        provider: gohighlevel,
        client: gohighlevel.connect({ ...settings.gohighlevel, tokens, lists: [], sharedBy: 1 }),
        fitValues: (values) => gohighlevel.fitValues(values, settings.gohighlevel.account),
      },
    ],
    [
      'calltools',
      {
        provider: calltools,
        client: calltools.connect({ ...settings.calltools, tokens, lists: managedBy('calltools', audiences).lists, sharedBy: 1 }),
        fitValues: (values) => calltools.fitValues(values, settings.calltools.account),
      },
    ],
  ]);
}

interface RunningWorkers {
  stop(): Promise<void>;
}

let bundle: Promise<{ code: string }> | undefined;

export async function startWorkers(address: string, taskQueuePrefix: string, deps: ActivityDeps): Promise<RunningWorkers> {
  silenceRuntime();
  bundle ??= buildWorkflowBundle();
  const connection = await NativeConnection.connect({ address });
  const input = { connection, namespace: 'default', taskQueuePrefix, deps, bundle: await bundle, roles: null };
  const workers: Worker[] = await createWorkers(input);
  const running = Promise.all(workers.map((worker) => worker.run()));
  return {
    async stop() {
      for (const worker of workers) if (worker.getState() === 'RUNNING') worker.shutdown();
      await running;
      await connection.close();
    },
  };
}

let silenced = false;
export function silenceRuntime(): void {
  if (silenced) return;
  silenced = true;
  const logger = { log() {}, trace() {}, debug() {}, info() {}, warn() {}, error: console.error };
  Runtime.install({ logger, telemetryOptions: { logging: { filter: 'ERROR', forward: {} } }, shutdownSignals: [] });
}

function workflowOf(temporal: Client, contactId: string) {
  return temporal.workflow.getHandle(contactWorkflowId(contactId));
}

function clientOf(deps: ActivityDeps, id: string): ProviderClient {
  return deps.providers.get(id)?.client as ProviderClient;
}

async function contactIdOf(db: Database, externalId: string): Promise<string> {
  const row = await db.selectFrom('link').select('contact_id').where('external_id', '=', externalId).executeTakeFirstOrThrow();
  return row.contact_id;
}

interface Closable {
  api: RunningApi;
  workers: RunningWorkers;
  connection: Connection;
  db: Database;
  database: { drop(): Promise<void> };
  sandboxes: Sandboxes | null;
}

async function closeAll({ api, workers, connection, db, database, sandboxes }: Closable): Promise<void> {
  await api.close();
  await workers.stop();
  await connection.close();
  await db.destroy();
  await database.drop();
  if (sandboxes) await Promise.all([sandboxes.gohighlevel.close(), sandboxes.calltools.close()]);
}
