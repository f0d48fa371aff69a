import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { emptyFields, type RecordPatch } from '#domain/contact.ts';
import { ProviderError } from '#providers/errors.ts';
import { providers } from '#providers/index.ts';
import type { ProviderClient } from '#providers/provider.ts';
import { calltoolsSandbox, defaultToken } from '#sandbox/calltools/index.ts';
import { gohighlevelSandbox } from '#sandbox/gohighlevel/index.ts';
import { googleSandbox } from '#sandbox/google/index.ts';
import { squareSandbox } from '#sandbox/square/index.ts';
import { e164, email, manySided, noChange, people, referenceOf, toNew } from '#test/providers/contract/people.ts';
import { createSandboxControl } from '#test/providers/sandbox-control.ts';
import { createMemoryStore } from '#test/providers/token-store.ts';
import { deviations, liveBehaviours } from './deviations.ts';
import { PublishedContract } from './facts.ts';
import { type Exchange, startRecordingProxy } from './recording-proxy.ts';

interface Subject {
  id: string;
  start(): Promise<{ url: string; controlUrl: string; close(): Promise<void> }>;
  account: object;
  environment(url: string): Record<string, string>;
  wrongKey: Record<string, string>;
  prepare?: object;
  /** Published operations that the script must have called. */
  operations: string[];
}

const rate = { requestsPerSecond: 1_000, burst: 1_000 };
const unlimited = 1_000_000;

const subjects: Subject[] = [
  {
    id: 'gohighlevel',
    start: () => gohighlevelSandbox.start({ settings: { searchLagMs: 0, rateLimitMax: unlimited } }),
    account: { referenceField: 'Field0Reference00001', pageSize: 2 },
    environment: (url) => ({
      GHL_BASE_URL: url,
      GHL_LOCATION_ID: 'Sbx0Location0Alpha01',
      GHL_CLIENT_ID: '65a1b2c3d4e5f60718293a4b-sandbox1',
      GHL_CLIENT_SECRET: 'sandbox-client-secret',
      GHL_REFRESH_TOKEN: 'sandbox-refresh-token',
    }),
    wrongKey: { GHL_API_KEY: 'pit-wrong' },
    prepare: { customFields: [{ id: 'Field0Reference00001', name: 'Accord reference' }] },
    operations: [
      'POST /oauth/token',
      'POST /contacts/search',
      'GET /contacts/search/duplicate',
      'POST /contacts/',
      'GET /contacts/{contactId}',
      'PUT /contacts/{contactId}',
      'POST /contacts/{contactId}/tags',
      'DELETE /contacts/{contactId}/tags',
    ],
  },
  {
    id: 'square',
    start: () => squareSandbox.start({ settings: { indexLagMs: 0 } }),
    account: { pageSize: 2 },
    environment: (url) => ({
      SQUARE_BASE_URL: url,
      SQUARE_CLIENT_ID: 'sandbox-sq0idb-00000000000000000000',
      SQUARE_CLIENT_SECRET: 'sandbox-sq0csb-0000000000000000000000000000000000000000000',
      SQUARE_REFRESH_TOKEN: 'EQAAsandbox-refresh-token',
      SQUARE_MERCHANT_ID: 'MLSANDBOXMERCHANT',
    }),
    wrongKey: { SQUARE_ACCESS_TOKEN: 'EAAA-wrong' },
    operations: [
      'POST /oauth2/token',
      'POST /v2/customers',
      'GET /v2/customers',
      'POST /v2/customers/search',
      'POST /v2/customers/bulk-create',
      'POST /v2/customers/bulk-retrieve',
      'GET /v2/customers/{customer_id}',
      'PUT /v2/customers/{customer_id}',
    ],
  },
  {
    id: 'google',
    start: () =>
      googleSandbox.start({
        settings: {
          ...{ criticalReadsPerMinute: unlimited, criticalWritesPerMinute: unlimited, fullSyncsPerMinute: unlimited },
          ...{ propagationDelayMs: 0, searchWarmUpMs: 0 },
        },
      }),
    account: { pageSize: 2, searchWarmUpSeconds: 0 },
    environment: (url) => ({
      GOOGLE_BASE_URL: url,
      GOOGLE_TOKEN_URL: `${url}/token`,
      GOOGLE_CLIENT_ID: '000000000000-sandbox.apps.googleusercontent.com',
      GOOGLE_CLIENT_SECRET: 'sandbox-client-secret',
      GOOGLE_REFRESH_TOKEN: '1//sandbox-refresh-token',
    }),
    wrongKey: { GOOGLE_REFRESH_TOKEN: 'wrong' },
    operations: [],
  },
  {
    id: 'calltools',
    start: () => calltoolsSandbox.start(),
    account: { referenceField: 'hub_contact_id', pageSize: 2 },
    environment: (url) => ({ CALLTOOLS_BASE_URL: `${url}/api`, CALLTOOLS_API_KEY: defaultToken }),
    wrongKey: { CALLTOOLS_API_KEY: '0'.repeat(40) },
    operations: [],
  },
];

describe.each(subjects)('$id against its published description', (subject) => {
  const contract = new PublishedContract(subject.id, deviations[subject.id]);
  let running: Awaited<ReturnType<Subject['start']>>;
  let proxy: Awaited<ReturnType<typeof startRecordingProxy>>;

  beforeAll(async () => {
    running = await subject.start();
    proxy = await startRecordingProxy(running.url);
    if (subject.prepare) await createSandboxControl(running.controlUrl).change(subject.prepare);
    await runScript(connect(subject, proxy.url));
    await expect(connect(subject, proxy.url, subject.wrongKey).read('1')).rejects.toThrow();
  });
  afterAll(async () => {
    await proxy.close();
    await running.close();
  });

  it('sends and gets only what the vendor describes', () => {
    expect([...new Set(proxy.exchanges.flatMap((exchange) => contract.check(exchange)))]).toEqual([]);
  });

  it('calls every operation that Accord uses', () => {
    const called = new Set(proxy.exchanges.map((exchange) => contract.operationOf(exchange)));
    expect(subject.operations.filter((operation) => !called.has(operation))).toEqual([]);
  });
});

const servings = liveBehaviours.flatMap(({ vendor, setting, served }) => served.map((value) => ({ vendor, setting, value })));

describe('what a live vendor does beside its description', () => {
  it.each(servings)('$vendor: the client copes with $setting $value', async ({ vendor, setting, value }) => {
    const subject = subjects.find(({ id }) => id === vendor);
    if (!subject) throw new Error(`There is no subject ${vendor}`);
    const running = await subject.start();
    try {
      const sandbox = createSandboxControl(running.controlUrl);
      if (subject.prepare) await sandbox.change(subject.prepare);
      await sandbox.patchSettings({ [setting]: value });
      await runScript(connect(subject, running.url));
    } finally {
      await running.close();
    }
  });
});

describe('the check against a published description', () => {
  const contract = new PublishedContract('gohighlevel');
  const created: Exchange = {
    method: 'POST',
    target: '/contacts/',
    headers: { version: '2021-07-28', 'content-type': 'application/json' },
    body: JSON.stringify({ locationId: 'Sbx0Location0Alpha01', firstName: 'Ada', phone: null }),
    status: 201,
    answer: JSON.stringify({ contact: { id: 'Contact00000000001', firstName: 'Ada' } }),
  };

  it('accepts what is described, null included', () => {
    expect(contract.check(created)).toEqual([]);
  });

  it.each<[string, Partial<Exchange>, string]>([
    ['an unknown key', { body: JSON.stringify({ locationId: 'x', lastname: 'Lovelace' }) }, 'lastname'],
    ['a missing key', { body: JSON.stringify({ firstName: 'Ada' }) }, "'locationId'"],
    ['a value of another type', { body: JSON.stringify({ locationId: 'x', postalCode: 35_203 }) }, '/postalCode'],
    ['a missing header', { headers: { 'content-type': 'application/json' } }, 'header Version is missing'],
    ['another version', { headers: { ...created.headers, version: 'v3' } }, 'header Version has an unknown value'],
    ['an unknown query parameter', { target: '/contacts/?dryRun=1' }, 'dryRun'],
    ['an unknown path', { target: '/contact/' }, 'no such operation'],
    ['an unknown status', { status: 299 }, '299'],
    ['an answer with an unknown key', { answer: JSON.stringify({ contact: { surname: 'Lovelace' } }) }, 'surname'],
  ])('reports %s', (_, change, problem) => {
    expect(contract.check({ ...created, ...change })).toEqual([expect.stringContaining(problem)]);
  });

  it('accepts a known deviation, and nothing beside it', () => {
    const deviation = { schema: 'CreateContactDto', property: 'nickname', as: { type: 'string' }, source: 'none: an example' };
    const lenient = new PublishedContract('gohighlevel', [deviation]);
    const body = JSON.stringify({ locationId: 'x', nickname: 'Countess' });
    expect(lenient.check({ ...created, body })).toEqual([]);
    expect(contract.check({ ...created, body })).toHaveLength(1);
  });
});

/** Creates, updates, clears, finds, lists, batches and misses: one client against one account. */
async function runScript(client: ProviderClient): Promise<void> {
  for (const [index, values] of Object.values(people).entries()) {
    // An account may refuse a second record with one email or phone.
    await client.create(toNew(values), { reference: referenceOf(index) }).catch(expectRefusal);
  }
  const { record } = await client.create(toNew(person(1).set), { reference: referenceOf(20) });
  const { externalId } = record;
  const everything = { ...toNew({ ...manySided, emails: [], phones: [] }), removeTags: ['Cold Lead'] };
  let { version } = (await client.update(externalId, everything, { version: record.version })).record;
  for (const field of Object.keys(emptyFields).filter(isSettable)) {
    const set = { [field]: emptyFields[field] };
    const cleared = await client.update(externalId, { ...noChange, set }, { version }).catch(expectRefusal);
    version = cleared?.record.version ?? version;
  }
  await client.find({ reference: referenceOf(20), phones: ['+12055550171'], emails: ['zoe@example.com'] });
  const first = await client.list({ cursor: null });
  await client.list({ cursor: first.cursor });
  await client.readMany?.([externalId, ...first.records.map((each) => each.externalId)]);
  await client.createMany?.([2, 3].map((number) => ({ patch: toNew(person(number).set), reference: referenceOf(number) })));
  const changes = await client.changes?.({ since: null, cursor: null });
  if (changes?.since) await client.changes?.({ since: changes.since, cursor: null });
}

function isSettable(field: string): field is keyof RecordPatch['set'] {
  return field !== 'tags';
}

function expectRefusal(error: unknown): null {
  if (error instanceof ProviderError) return null;
  throw error;
}

function person(number: number) {
  const set = {
    givenName: 'Ada',
    middleName: 'King',
    familyName: 'Lovelace',
    nameSuffix: 'Jr.',
    emails: [{ address: email(number), label: null }],
    note: 'Calls back.',
  };
  return { set: { ...set, phones: [{ e164: e164(number), extension: null, raw: e164(number), label: null }] } };
}

function connect(subject: Subject, url: string, secrets: object = {}): ProviderClient {
  const provider = providers.find(({ id }) => id === subject.id);
  if (!provider) throw new Error(`There is no provider ${subject.id}`);
  return provider.connect({
    account: provider.accountSchema.parse({ rate, ...subject.account }),
    secrets: provider.secretsSchema.parse({ ...subject.environment(url), ...secrets }),
    // Begins without a token, so that the script refreshes one.
    tokens: createMemoryStore(),
    lists: [],
  });
}
