import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { emptyFields } from '#domain/contact.ts';
import * as errors from '#providers/errors.ts';
import { square } from '#providers/index.ts';
import type { TokenStore } from '#providers/oauth.ts';
import type { WriteResult } from '#providers/provider.ts';
import { accountSchema, secretsSchema } from '#providers/square/settings.ts';
import { squareSandbox } from '#sandbox/square/index.ts';
import { referenceOf } from '#test/providers/contract/people.ts';
import { parseFixture } from '#test/providers/fixtures.ts';
import { describeProviderContract, e164, email, noChange, noTokens, person } from '#test/providers/provider-contract.ts';
import { createSandboxControl, type SandboxControl } from '#test/providers/sandbox-control.ts';
import { createMemoryStore } from '#test/providers/token-store.ts';
import { eventually } from '#test/setup/eventually.ts';

const startSandbox = () => squareSandbox.start({ settings: { indexLagMs: 0 } });
const account = { rate: { requestsPerSecond: 1000, burst: 1000 }, pageSize: 2 };
const environment = (url: string) => ({
  SQUARE_BASE_URL: url || 'http://unused',
  SQUARE_ACCESS_TOKEN: 'EAAAsandbox-personal-access-token',
  SQUARE_MERCHANT_ID: 'MLSANDBOXMERCHANT',
});

describeProviderContract({
  provider: square,
  startSandbox,
  account,
  environment,
  wrongKey: { SQUARE_ACCESS_TOKEN: 'EAAA-wrong' },
  unknownId: 'UNKNOWN0CUSTOMER0000000001',
  remove: (sandbox, id) => sandbox.change({ delete: [id] }),
  edit: (sandbox, id, { unmapped }) => sandbox.change({ customers: [{ id, nickname: unmapped }] }),
  readUnmapped: async (sandbox, id) => (await sandbox.records()).find((customer) => customer.id === id)?.nickname,
  createRequest: { method: 'POST', path: '/v2/customers' },
  findsByReference: true,
  checksVersionOfRemove: true,
  // Square requires a name, a company, an email or a phone.
  refused: { givenName: null },
});

let running: Awaited<ReturnType<typeof startSandbox>>;
let sandbox: SandboxControl;
beforeAll(async () => {
  running = await startSandbox();
  sandbox = createSandboxControl(running.controlUrl);
});
beforeEach(() => sandbox.reset());
afterAll(() => running.close());

function connect(changes: object = {}, { secrets = {}, tokens = noTokens }: { secrets?: object; tokens?: TokenStore } = {}) {
  return square.connect({
    account: accountSchema.parse({ ...account, ...changes }),
    secrets: secretsSchema.parse({ ...environment(running.url), ...secrets }),
    tokens,
    lists: [],
  });
}

async function create(number: number, set = person(number)): Promise<WriteResult> {
  return connect().create({ ...noChange, set }, { reference: referenceOf(number) });
}

async function seed(fields: object): Promise<string> {
  const { customers } = (await sandbox.change({ customers: [fields] })) as { customers: [string] };
  return customers[0];
}

/** Advances the sandbox's clock. */
async function advance(milliseconds: number): Promise<void> {
  const [method, headers] = ['POST', { 'content-type': 'application/json' }];
  await fetch(`${running.controlUrl}/clock`, { method, headers, body: JSON.stringify({ advanceMs: milliseconds }) });
}

/** Counts the requests that met a fault. */
async function countFaultyRequests(): Promise<number> {
  const { faults } = (await (await fetch(`${running.controlUrl}/faults`)).json()) as { faults: { touched: number }[] };
  return faults.reduce((sum, { touched }) => sum + touched, 0);
}

const refusalOf = (promise: Promise<unknown>) => promise.catch((error: unknown) => error);
const king = { ...noChange, set: { familyName: 'King' } };
const emptyLookup = { reference: null, phones: [], emails: [] };

describe('a customer of Square, read by its SDK', () => {
  it('maps to canonical values', async () => {
    await sandbox.addFault({ method: 'GET', status: 200, body: { customer: parseFixture('square', 'customer') } });
    expect(await connect().read('JDKYHBWT1D4F8MFH63DBMEN8Y4')).toEqual({
      externalId: 'JDKYHBWT1D4F8MFH63DBMEN8Y4',
      version: '7',
      updatedAt: '2026-01-10T14:35:00Z',
      reference: referenceOf(1),
      complete: true,
      values: {
        givenName: 'Ada',
        familyName: 'Lovelace',
        company: 'Engine Works',
        emails: [{ address: 'ada.lovelace@example.com', label: null }],
        phones: [{ e164: '+12055550143', extension: null, raw: '+1 (205) 555-0143', label: null }],
        addresses: [
          {
            street: '12 Analytical Street, Floor 3',
            city: 'Birmingham',
            region: 'AL',
            postalCode: '35203',
            country: 'US',
            label: null,
          },
        ],
        birthday: '--12-10',
        note: 'Prefers mornings.\nAsk for Ada.',
        doNotContact: { call: false, sms: false, email: false },
      },
    });
  });

  it('can be cleared except for one identifying field', async () => {
    const { record } = await create(1, { ...person(1), company: 'Engine Works', birthday: '1985-12-10', note: 'call' });
    const { tags, source, doNotContact, ...set } = { ...emptyFields, givenName: 'Ada' };
    await connect().update(record.externalId, { ...noChange, set }, { version: record.version });
    const [left] = await sandbox.records();
    const kept = ['id', 'created_at', 'updated_at', 'given_name', 'reference_id', 'preferences', 'creation_source', 'version'];
    expect(Object.keys(left ?? {}).toSorted()).toEqual(kept.toSorted());
  });

  it("keeps the seller's own reference, which is not read as ours", async () => {
    const id = await seed({ given_name: 'Ada', reference_id: '1042' });
    const { record } = await connect().update(id, king, { version: null });
    expect(record.reference).toBeNull();
    expect(await sandbox.records()).toMatchObject([{ reference_id: '1042', family_name: 'King' }]);
  });

  it('keeps unmapped parts of its address', async () => {
    const id = await seed({ given_name: 'Ada', address: { sublocality: 'Soho', locality: 'London', address_line_2: 'Floor 3' } });
    const addresses = [{ street: '1 A St', city: 'London', region: null, postalCode: null, country: 'GB', label: null }];
    await connect().update(id, { ...noChange, set: { addresses } }, { version: null });
    const address = { sublocality: 'Soho', locality: 'London', address_line_1: '1 A St', country: 'GB' };
    expect((await sandbox.records())[0]?.address).toEqual(address);
  });
});

describe('a write to Square', () => {
  it.each(['CONFLICT', 'VERSION_MISMATCH'])('with a stale version is refused, reported as %s', async (versionConflict) => {
    await sandbox.patchSettings({ versionConflict });
    const { record } = await create(1);
    await sandbox.change({ customers: [{ id: record.externalId, note: 'edited' }] });
    const error = await refusalOf(connect().update(record.externalId, king, { version: record.version }));
    expect(error).toBeInstanceOf(errors.PreconditionFailedError);
    await expect(connect().update(record.externalId, king, { version: null })).resolves.toMatchObject({ outcome: 'updated' });
  });

  it('makes one request, even if it fails', async () => {
    const before = await sandbox.lastRequest();
    await sandbox.addFault({ status: 503, headers: { 'retry-after': '1' }, body: {} });
    await expect(create(1)).rejects.toMatchObject({ name: 'UnavailableError', retryAfterSeconds: 1 });
    expect(await sandbox.requestsSince(before)).toHaveLength(1);
  });

  it('names the required permissions when the token lacks one', async () => {
    await sandbox.patchSettings({ token: 'other', oauthTokens: [{ token: environment('').SQUARE_ACCESS_TOKEN, scopes: [] }] });
    await expect(create(1)).rejects.toThrow('needs CUSTOMERS_READ and CUSTOMERS_WRITE');
  });

  it('names the field that Square refuses', async () => {
    const phones = [{ e164: '+999555014300', extension: null, raw: '', label: null }];
    await expect(create(1, { ...person(1), phones })).rejects.toThrow('rejects the request, naming phone_number (400');
  });
});

describe('an aborted call', () => {
  it('throws the reason, also when in flight', async () => {
    await sandbox.addFault({ hang: true });
    const reason = new Error('cancelled');
    const controller = new AbortController();
    const reading = refusalOf(connect({ timeoutSeconds: 600 }).read('JDKYHBWT1D4F8MFH63DBMEN8Y4', { signal: controller.signal }));
    await eventually(async () => expect(await countFaultyRequests()).toBe(1));
    controller.abort(reason);
    expect(await reading).toBe(reason);
  });
});

describe('a repeated create', () => {
  it('returns the customer of the first one', async () => {
    const first = await create(1);
    expect(await create(1)).toEqual(first);
    expect(await sandbox.records()).toHaveLength(1);
  });

  it('with other values names the customer of the first one, and leaves it unchanged', async () => {
    const { record } = await create(1);
    await sandbox.change({ customers: [{ id: record.externalId, note: 'theirs' }] });
    const again = create(1, { ...person(1), familyName: 'King', note: null });
    await expect(again).rejects.toMatchObject({ name: 'ConflictError', status: 400, existingId: record.externalId });
    expect(await sandbox.records()).toMatchObject([{ note: 'theirs', family_name: 'Lovelace' }]);
  });

  it('is unavailable until the search shows the customer of the first one', async () => {
    await sandbox.patchSettings({ indexLagMs: 20_000 });
    const { record } = await create(1);
    const again = () => create(1, { ...person(1), familyName: 'King' });
    await expect(again()).rejects.toMatchObject({ name: 'UnavailableError', status: 400, retryAfterSeconds: 30 });
    await advance(20_000);
    await expect(again()).rejects.toMatchObject({ name: 'ConflictError', existingId: record.externalId });
  });

  it('in a batch is named, and the others are created', async () => {
    const { record } = await create(1);
    const creates = [1, 2].map((number) => ({
      patch: { ...noChange, set: { ...person(number), familyName: 'King' } },
      reference: referenceOf(number),
    }));
    const answers = await connect().createMany?.(creates);
    expect(answers).toMatchObject([
      { name: 'ConflictError', existingId: record.externalId },
      { record: { reference: referenceOf(2), values: { familyName: 'King' } } },
    ]);
    expect(await sandbox.records()).toHaveLength(2);
  });
});

describe('bulk calls', () => {
  const creates = Array.from({ length: 101 }, (_, at) => ({
    patch: { ...noChange, set: { givenName: `Ada ${at}` } },
    reference: `01980000-0000-7000-8000-000000000${at + 100}`,
  }));

  it('create a hundred customers each', async () => {
    const before = await sandbox.lastRequest();
    const answers = await connect().createMany?.(creates);
    expect(answers).toMatchObject(creates.map(({ patch }) => ({ outcome: 'created', record: { values: patch.set } })));
    expect(await sandbox.requestsSince(before)).toHaveLength(2);
  });

  it('return one result per customer when a later call fails', async () => {
    await sandbox.addFault({ latencyMs: 0, times: 1 });
    await sandbox.addFault({ status: 503, body: {} });
    const answers = (await connect().createMany?.(creates)) ?? [];
    expect(answers.map((answer) => answer instanceof errors.UnavailableError)).toEqual(creates.map((_, at) => at === 100));
  });

  it('never read an omitted customer as deleted', async () => {
    await sandbox.addFault({ status: 200, body: { responses: {} } });
    await expect(connect().readMany?.(['JDKYHBWT1D4F8MFH63DBMEN8Y4'])).rejects.toBeInstanceOf(errors.UnavailableError);
  });
});

describe('an unusable response of Square', () => {
  it.each([
    ['is empty', { status: 200 }],
    ['has no content', { status: 204 }],
    ['is an HTML page', { status: 200, headers: { 'content-type': 'text/html' }, body: '<h1>Maintenance</h1>' }],
    ['has errors with 200', { status: 200, body: { errors: [{ category: 'API_ERROR', code: 'INTERNAL_SERVER_ERROR' }] } }],
    ['is a list', { status: 200, body: [] }],
    ['is truncated JSON', { status: 500, headers: { 'content-type': 'application/json' }, body: '{"errors":' }],
  ])('that %s throws UnavailableError', async (_, fault) => {
    await sandbox.addFault(fault);
    const client = connect();
    const calls = [
      client.list({ cursor: null }),
      client.find({ ...emptyLookup, phones: [e164(1)] }),
      client.readMany?.(['a']),
      create(1),
    ];
    for (const call of calls) expect(await refusalOf(call as Promise<unknown>)).toBeInstanceOf(errors.UnavailableError);
  });

  it('that has rows without an id has unreadable rows', async () => {
    await sandbox.addFault({ status: 200, body: { customers: [{}], responses: { a: { customer: {} } } } });
    const client = connect();
    const odd = { externalId: null, reason: 'id is missing' };
    expect(await client.list({ cursor: null })).toMatchObject({ records: [], unreadable: [odd] });
    expect(await client.readMany?.(['a'])).toMatchObject([odd]);
    await expect(client.find({ ...emptyLookup, phones: [e164(1)] })).rejects.toMatchObject(odd);
  });

  it('that stops in the middle times out', async () => {
    await sandbox.addFault({ bodyLatencyMs: 60_000 });
    await expect(connect({ timeoutSeconds: 0.3 }).list({ cursor: null })).rejects.toThrow('did not answer within 0.3 s');
  });
});

describe('the listing of Square', () => {
  it('keeps its order while customers change, and includes new ones', async () => {
    const [first, second] = [await create(1), await create(2), await create(3)];
    const page = await connect().list({ cursor: null });
    await sandbox.change({
      customers: [{ id: first?.record.externalId, given_name: 'Zoë' }, { given_name: 'New' }],
      delete: [second?.record.externalId],
    });
    const rest = await connect().list({ cursor: page.cursor });
    expect(rest.records.map(({ values }) => values.givenName)).toEqual(['Ada', 'New']);
    expect(rest.cursor).toBeNull();
  });

  it('throws ExpiredCursorError for an expired cursor', async () => {
    for (const number of [1, 2, 3]) await create(number);
    const { cursor } = await connect().list({ cursor: null });
    await advance(300_000);
    await expect(connect().list({ cursor })).rejects.toBeInstanceOf(errors.ExpiredCursorError);
  });
});

describe('find of Square', () => {
  it('finds by email in any case', async () => {
    const { record } = await create(1);
    await create(2);
    expect(await connect().find({ ...emptyLookup, emails: [email(1).toUpperCase()] })).toEqual([record]);
  });

  it('finds a phone in any format', async () => {
    const id = await seed({ given_name: 'Ada', phone_number: '(205) 555-0141' });
    expect(await connect().find({ ...emptyLookup, phones: [e164(1)] })).toMatchObject([{ externalId: id }]);
  });

  it('returns a customer of several searches once', async () => {
    const { record } = await create(1);
    expect(await connect().find({ reference: referenceOf(1), phones: [e164(1)], emails: [email(1)] })).toEqual([record]);
  });

  it('misses customers that the search does not show yet', async () => {
    await sandbox.patchSettings({ indexLagMs: 20_000 });
    const { record } = await create(1);
    const lookup = { reference: referenceOf(1), phones: [e164(1)], emails: [email(1)] };
    expect(await connect().find(lookup)).toEqual([]);
    await advance(20_000);
    expect(await connect().find(lookup)).toEqual([record]);
  });

  it('drops outdated hits, and returns the others in their current state', async () => {
    const [moved, edited] = [await create(1), await create(2)];
    await sandbox.patchSettings({ indexLagMs: 20_000 });
    await sandbox.change({
      customers: [
        { id: moved.record.externalId, email_address: 'elsewhere@example.com' },
        { id: edited.record.externalId, note: 'new' },
      ],
    });
    const found = await connect().find({ ...emptyLookup, emails: [email(1), email(2)] });
    expect(found).toMatchObject([{ externalId: edited.record.externalId, version: '1', values: { note: 'new' } }]);
  });

  it('searches for nothing that Square could not store', async () => {
    const before = await sandbox.lastRequest();
    expect(await connect().find({ ...emptyLookup, phones: ['+2901234'], emails: ['no address'] })).toEqual([]);
    expect(await sandbox.requestsSince(before)).toEqual([]);
  });
});

describe('merged customers of Square', () => {
  const merged = 'NEWCUSTOMER000000000000003';
  let ids: string[];
  beforeEach(async () => {
    ids = [await create(1), await create(2)].map(({ record }) => record.externalId);
    await sandbox.change({ merge: { from_customer_ids: ids, to_customer_id: merged } });
  });

  it('are read as the new customer', async () => {
    for (const id of ids) expect(await connect().read(id)).toMatchObject({ externalId: merged, replaces: [id] });
    expect(await connect().read(merged)).not.toHaveProperty('replaces');
    expect(await connect().readMany?.(ids)).toMatchObject(ids.map((id) => ({ externalId: merged, replaces: [id] })));
  });

  it('may be missing in a bulk read', async () => {
    await sandbox.patchSettings({ bulkFollowsMerges: false });
    expect(await connect().readMany?.([...ids, merged])).toMatchObject([null, null, { externalId: merged }]);
  });

  it('are written by the new id only', async () => {
    await expect(connect().update(ids[0] ?? '', king, { version: null })).rejects.toBeInstanceOf(errors.NotFoundError);
    expect((await connect().update(merged, king, { version: '0' })).record).toMatchObject({ externalId: merged, version: '1' });
  });

  it('are found once', async () => {
    const found = await connect().find({ reference: referenceOf(1), phones: [e164(1)], emails: [email(1)] });
    expect(found).toMatchObject([{ externalId: merged, reference: referenceOf(1) }]);
  });
});

describe('the client of Square with OAuth', () => {
  const app = {
    SQUARE_ACCESS_TOKEN: undefined,
    SQUARE_CLIENT_ID: 'sandbox-sq0idb-00000000000000000000',
    SQUARE_CLIENT_SECRET: 'sandbox-sq0csb-0000000000000000000000000000000000000000000',
    SQUARE_REFRESH_TOKEN: 'EQAAsandbox-refresh-token',
  };
  const pkce = { ...app, SQUARE_CLIENT_SECRET: undefined };
  const unknown = 'UNKNOWN0CUSTOMER0000000001';
  const read = (store: TokenStore, secrets: object = app) => connect({}, { secrets, tokens: store }).read(unknown);
  const called = async (work: () => Promise<unknown>) => {
    const before = await sandbox.lastRequest();
    await work();
    return (await sandbox.requestsSince(before)).map(({ method, path, status }) => `${method} ${path} ${status}`);
  };
  const reading = `GET /v2/customers/${unknown}`;

  it('exchanges the refresh token once, and stores and reuses the result', async () => {
    const store = createMemoryStore();
    const calls = await called(async () => {
      await Promise.all([refusalOf(read(store)), refusalOf(connect({}, { secrets: app, tokens: store }).read(unknown))]);
      await refusalOf(read(store));
    });
    expect(calls.toSorted()).toEqual([...Array(3).fill(`${reading} 404`), 'POST /oauth2/token 200']);
    expect(store.stored).toMatchObject({ refreshToken: app.SQUARE_REFRESH_TOKEN, issuedAt: expect.any(String) });
    const days = (Date.parse(store.stored?.expiresAt ?? '') - Date.now()) / 86_400_000;
    expect(Math.round(days)).toBe(30);
  });

  it('replaces a token that Square no longer accepts', async () => {
    const store = createMemoryStore();
    await refusalOf(read(store));
    await advance(31 * 86_400_000);
    expect(await called(() => refusalOf(read(store)))).toEqual([`${reading} 401`, 'POST /oauth2/token 200', `${reading} 404`]);
  });

  it('stores the new refresh token of each answer in the PKCE flow, where the old one works once', async () => {
    await sandbox.patchSettings({ oauthFlow: 'pkce' });
    const store = createMemoryStore();
    await refusalOf(read(store, pkce));
    const first = store.stored?.refreshToken;
    expect(first).not.toBe(app.SQUARE_REFRESH_TOKEN);
    await advance(31 * 86_400_000);
    expect(await refusalOf(read(store, pkce))).toBeInstanceOf(errors.NotFoundError);
    expect(store.stored?.refreshToken).not.toBe(first);
  });

  it('takes the refresh token of the environment again after the seller has authorized the app anew', async () => {
    const store = createMemoryStore();
    await refusalOf(read(store));
    await sandbox.change({ revokeAuthorization: true });
    expect(await refusalOf(read(store))).toBeInstanceOf(errors.AuthenticationError);
    await sandbox.patchSettings({ refreshToken: 'EQAA-granted-anew' });
    const renewed = { ...app, SQUARE_REFRESH_TOKEN: 'EQAA-granted-anew' };
    expect(await refusalOf(read(store, renewed))).toBeInstanceOf(errors.NotFoundError);
  });

  it.each([
    ['the refresh token is refused', {}, { SQUARE_REFRESH_TOKEN: 'wrong' }],
    ['it is refused with 400', { tokenRefusalStatus: 400 }, { SQUARE_REFRESH_TOKEN: 'wrong' }],
    ['the secret of the app is wrong', {}, { SQUARE_CLIENT_SECRET: 'wrong' }],
    ['the access token ended more than 15 days ago', { refreshGraceMs: -1, accessTokenMs: 0 }, {}],
  ])('throws AuthenticationError and stores no tokens when %s', async (_, settings, secrets) => {
    await sandbox.patchSettings(settings);
    const store = createMemoryStore();
    const refresh = () => refusalOf(read(store, { ...app, ...secrets }));
    await refresh();
    const kept = store.stored;
    const error = await refresh();
    expect(error).toBeInstanceOf(errors.AuthenticationError);
    expect(error).toMatchObject({ message: expect.stringContaining('set SQUARE_REFRESH_TOKEN to the new token') });
    expect(store.stored).toBe(kept);
    expect(store.failures.at(-1)).toEqual({ type: 'AuthenticationError', message: (error as Error).message });
  });

  it('refuses a grant of another merchant', async () => {
    const error = await refusalOf(read(createMemoryStore(), { ...app, SQUARE_MERCHANT_ID: 'MLANOTHER' }));
    expect(error).toMatchObject({ message: "Square's grant belongs to another merchant than SQUARE_MERCHANT_ID." });
  });

  it('is not used while an access token is set', async () => {
    const calls = await called(() =>
      refusalOf(read(createMemoryStore(), { ...app, ...environment(''), SQUARE_BASE_URL: running.url })),
    );
    expect(calls).toEqual([`${reading} 404`]);
  });
});
