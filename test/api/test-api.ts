import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { Client, Connection } from '@temporalio/client';
import { pino } from 'pino';
import { type ServeOptions, serveApi } from '#api/serve.ts';
import type { WorkspaceOptions } from '#api/workspaces/workspace-api.ts';
import { type ApiScope, createApiKey } from '#db/api-keys.ts';
import { type Database, openDatabase } from '#db/database.ts';
import type { DatabaseTimeouts } from '#db/timeouts.ts';
import { createAddressGuard } from '#delivery/address-guard.ts';
import type { Audience } from '#domain/audience.ts';
import { gohighlevel, providers } from '#providers/index.ts';
import { createTestDatabase } from '#test/setup/database.ts';
import { ghlSecrets, type Keys } from './ingress/ghl-webhook.ts';

export interface TestApi {
  url: string;
  db: Database;
  temporal: Client;
  taskQueuePrefix: string;
  keys: Keys;
  /** An API request with an admin key. */
  get(path: string): Promise<Response>;
  post(path: string, body?: unknown): Promise<Response>;
  request(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Response>;
  keyFor(...scopes: ApiScope[]): Promise<string>;
  /** Stops the api and keeps the database. */
  stop(): Promise<void>;
  close(): Promise<void>;
}

export interface TestApiOptions
  extends Partial<
    Pick<
      ServeOptions,
      | 'limits'
      | 'trustedProxies'
      | 'sweep'
      | 'providers'
      | 'port'
      | 'delivery'
      | 'scheduleIds'
      | 'requestLimits'
      | 'adminPages'
      | 'connections'
      | 'publicUrl'
      | 'configFile'
      | 'notify'
    >
  > {
  /** Instead of those of an api, in seconds. */
  timeouts?: Partial<DatabaseTimeouts>;
  /** The addresses of PostgreSQL and Temporal that the api uses. */
  databaseUrl?: (real: string) => string;
  temporalAddress?: string;
  /** The names of the extras in accord.yaml. */
  extras?: readonly string[];
}

const publicAddress = { address: '93.184.215.14', family: 4 };

const audiences: Audience[] = [
  {
    name: 'cold-leads',
    when: { anyTag: ['cold lead'] },
    unless: { anyTag: ['customer'], isCustomer: true, doNotCall: true },
    needs: ['phone'],
    then: { calltools: { lists: ['Cold Leads'], addTags: [], removeTags: [] } },
  },
];

/** What the api of one workspace works with. */
export function testWorkspace({
  db,
  temporal,
  taskQueuePrefix,
  keys,
}: Pick<TestApi, 'db' | 'temporal' | 'taskQueuePrefix' | 'keys'>): WorkspaceOptions {
  return {
    db,
    temporal,
    taskQueuePrefix,
    audiences,
    contacts: { db, audiences, sharing: {}, conflicts: { order: [], fields: {} }, providers: new Map(), now: () => new Date() },
    providers: providers.map(({ id, webhookRoutes = [] }) =>
      id === gohighlevel.id
        ? {
            id,
            webhookRoutes,
            settings: { account: gohighlevel.accountSchema.parse({}), secrets: ghlSecrets(keys) },
            notConnected: null,
          }
        : { id, webhookRoutes, settings: null, notConnected: `${id} is not connected` },
    ),
    temporalUiUrl: 'http://127.0.0.1:8233',
    delivery: { encryptionKey: randomBytes(32), guard: createAddressGuard({ resolve: async () => [publicAddress] }) },
    log: pino({ level: 'silent' }),
  };
}

function withExtras(workspace: WorkspaceOptions, extras: readonly string[]): WorkspaceOptions {
  return { ...workspace, contacts: { ...workspace.contacts, extras } };
}

/** The api with its own database and the test run's Temporal server, with GoHighLevel connected. */
export async function startTestApi(options: TestApiOptions = {}): Promise<TestApi> {
  const {
    databaseUrl = (real: string) => real,
    temporalAddress = testTemporalAddress(),
    timeouts = {},
    extras = [],
    ...rest
  } = options;
  const database = await createTestDatabase();
  const admin = openDatabase({ url: database.url, poolSize: 2 });
  const db = openDatabase({ url: databaseUrl(database.url), role: 'api', timeouts });
  const connection = Connection.lazy({ address: temporalAddress });
  const temporal = new Client({ connection });
  const taskQueuePrefix = `test-${randomBytes(6).toString('hex')}`;
  const keys = generateKeyPairSync('ed25519');
  async function cleanUp(): Promise<void> {
    await Promise.all([connection.close(), db.destroy(), admin.destroy()]);
    await database.drop();
  }

  const serving = serveApi({
    ...withExtras(testWorkspace({ db, temporal, taskQueuePrefix, keys }), extras),
    host: '127.0.0.1',
    port: 0,
    ...rest,
  });
  serving.catch(cleanUp);
  const api = await serving;

  async function keyFor(...scopes: ApiScope[]): Promise<string> {
    return (await createApiKey(admin, { name: scopes.join('+'), scopes })).key;
  }

  const headers = { authorization: `Bearer ${await keyFor('admin')}`, 'content-type': 'application/json' };
  const request = (method: string, path: string, body?: unknown, more: Record<string, string> = {}) =>
    fetch(api.url + path, {
      method,
      headers: { ...headers, ...more },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  return {
    url: api.url,
    db: admin,
    temporal,
    taskQueuePrefix,
    keys,
    keyFor,
    get: (path) => fetch(api.url + path, { headers, redirect: 'manual' }),
    post: (path, body) => request('POST', path, body),
    request,
    stop: () => api.close(),
    async close() {
      await api.close();
      await cleanUp();
    },
  };
}

export function testTemporalAddress(): string {
  const address = process.env.ACCORD_TEST_TEMPORAL_ADDRESS;
  if (!address) throw new Error('ACCORD_TEST_TEMPORAL_ADDRESS is not set: run tests by `npm test`, which starts Temporal.');
  return address;
}
