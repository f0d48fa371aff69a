import { generateKeyPairSync, randomBytes, randomUUID } from 'node:crypto';
import { Client, Connection } from '@temporalio/client';
import { sql } from 'kysely';
import { serveApi } from '#api/serve.ts';
import { createApiKey } from '#db/api-keys.ts';
import { insertAuthorizationRequest } from '#db/connections/authorization-requests.ts';
import { insertCandidate } from '#db/contacts/matching/match-candidates.ts';
import { type Database, openDatabase } from '#db/database.ts';
import { storeSubmission } from '#db/sync/form-submissions.ts';
import { toStoredEvidence } from '#domain/matching/evidence.ts';
import { webform } from '#providers/index.ts';
import { ensureNamespace } from '#temporal-namespace.ts';
import type { Keys } from '#test/api/ingress/ghl-webhook.ts';
import { testTemporalAddress, testWorkspace } from '#test/api/test-api.ts';
import { testForms } from '#test/api/web-forms/web-form-api.ts';
import { encryptionKey, newEndpoint, publish } from '#test/db/delivery/delivery-rows.ts';
import { arrivedEvent, newContact } from '#test/db/test-database.ts';
import { copyDatabase, createTestDatabase, type TestDatabase } from '#test/setup/database.ts';

/** One of two businesses with the same people, the same ids, and the same records at vendors. */
export interface Side {
  name: string;
  /** Of its api: `http://127.0.0.1:8080/w/acme`. */
  url: string;
  db: Database;
  databaseUrl: string;
  temporal: Client;
  /** Of an admin. */
  key: string;
  /** Signs webhooks of its vendor account. */
  vendor: Keys;
  formSecret: string;
  /** Of an authorisation that somebody began here. */
  state: string;
  /** Stands in every personal field, and in no field of the other side. */
  marker: string;
}

export interface TwoWorkspaces {
  sides: [Side, Side];
  /** Every id that a path may have. Both sides have all of them. */
  ids: string[];
  close(): Promise<void>;
}

/** The default workspace and `acme`, in one api process. */
export async function startTwoWorkspaces(): Promise<TwoWorkspaces> {
  const source = await createTestDatabase();
  const ids = await fill(source.url);
  const databases = [await copyDatabase(source.url), await copyDatabase(source.url)] as const;
  const connection = Connection.lazy({ address: testTemporalAddress() });
  const acme = new Client({ connection, namespace: `acme-${randomBytes(4).toString('hex')}` });
  await ensureNamespace(acme);
  const main = await openSide('default', databases[0], new Client({ connection }));
  const other = await openSide('acme', databases[1], acme);
  const taskQueuePrefix = `test-${randomBytes(4).toString('hex')}`;
  const optionsOf = (side: Side) => {
    const options = testWorkspace({ ...side, taskQueuePrefix, keys: side.vendor });
    const forms = { account: webform.accountSchema.parse({ forms: testForms }), secrets: { WEBFORM_SECRETS: [side.formSecret] } };
    const providers = options.providers.map((each) => (each.id === webform.id ? { ...each, settings: forms } : each));
    // Nothing may change what is compared but the requests of the test.
    const connections = { accounts: new Map(), encryptionKey, newAccounts: 'observe' as const };
    return {
      ...options,
      providers,
      connections,
      sweep: { everyMs: 3_600_000 },
      limits: { requests: 100_000, failures: 100_000 },
    };
  };
  const workspaces = new Map([['acme', { ...optionsOf(other), publicUrl: 'http://127.0.0.1/w/acme' }]]);
  const api = await serveApi({ ...optionsOf(main), workspaces, host: '127.0.0.1', port: 0 });
  main.url = api.url;
  other.url = `${api.url}/w/acme`;
  return {
    sides: [main, other],
    ids,
    async close() {
      await api.close();
      await Promise.all([connection.close(), main.db.destroy(), other.db.destroy()]);
      for (const each of [source, ...databases]) await each.drop();
    },
  };
}

async function openSide(name: string, { url: databaseUrl }: TestDatabase, temporal: Client): Promise<Side> {
  const db = openDatabase({ url: databaseUrl });
  const marker = `Only${name}`;
  // Alike in everything but the values that tell whose they are.
  await sql`update contact set fields = replace(fields::text, 'Somebody', ${marker})::jsonb`.execute(db);
  await sql`update form_submission set "values" = replace("values"::text, 'Somebody', ${marker})::jsonb`.execute(db);
  await sql`update webhook_endpoint set description = ${marker}`.execute(db);
  const admin: { id: string; key: string } = await createApiKey(db, { name: marker, scopes: ['admin'] });
  const state = randomUUID();
  await insertAuthorizationRequest(db, encryptionKey, {
    ...{ provider: 'square', state, keyId: admin.id, actor: marker, expiresAt: new Date(Date.now() + 900_000) },
    secrets: { codeVerifier: null, redirectUri: 'http://127.0.0.1/connections/callback', replace: false },
  });
  const secrets = { vendor: generateKeyPairSync('ed25519'), formSecret: randomBytes(24).toString('hex') };
  return { name, url: '', db, databaseUrl, temporal, key: admin.key, state, marker, ...secrets };
}

/** Rows of every kind that a path of the API names by its id. Returns the ids. */
async function fill(url: string): Promise<string[]> {
  const db = openDatabase({ url, poolSize: 2 });
  const people = [await newContact(db, arrivedEvent({ externalId: 'vendor-1' })), await newContact(db)];
  const [one, two] = people.map(({ contactId }) => contactId);
  if (one === undefined || two === undefined) throw new Error('Two contacts were created');
  await sql`update contact set fields = jsonb_set(fields, '{givenName}', '"Somebody"')`.execute(db);
  await insertCandidate(db, one, two, toStoredEvidence({ score: 5, parts: [], rules: [] }));
  const endpoint = await newEndpoint(db, { description: 'Somebody' });
  const [delivery] = await publish(db, { contactId: one });
  if (!delivery) throw new Error('There is a delivery');
  const submission = await storeSubmission(db, {
    ...{ provider: 'webform', accountId: 'forms', form: 'contact', values: { name: 'Somebody' }, evidence: {} },
    ...{ message: null, signature: null, idempotencyKey: null, sender: '192.0.2.1', scheme: 'origin', receivedAt: new Date() },
  });
  // The sweeper would mark them as signalled.
  await sql`update link set changed_at = null`.execute(db);
  const candidate = await db.selectFrom('match_candidate').select('id').executeTakeFirstOrThrow();
  await db.destroy();
  const found = [one, two, ...people.map(({ linkId }) => linkId), endpoint.id, delivery.id, candidate.id];
  return ['gohighlevel', 'gohighlevel:vendor-1', ...found, ...('id' in submission ? [submission.id] : [])].map(String);
}

/** A digest per table of everything that a side holds. */
export async function digestOf(db: Database): Promise<Record<string, string>> {
  const { rows } = await sql<{ name: string }>`
    select table_name as name from information_schema.tables where table_schema = 'public' and table_type = 'BASE TABLE' order by 1
  `.execute(db);
  const digests = rows.map(async ({ name }) => {
    const { rows: found } = await sql<{ digest: string }>`
      select md5(coalesce(string_agg(t::text, ',' order by t::text), '')) as digest from ${sql.table(name)} as t
    `.execute(db);
    return [name, found[0]?.digest ?? ''] as const;
  });
  return Object.fromEntries(await Promise.all(digests));
}
