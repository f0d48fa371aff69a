import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import * as errors from '#providers/errors.ts';
import { accountSchema, secretsSchema } from '#providers/gohighlevel/settings.ts';
import { gohighlevel } from '#providers/index.ts';
import type { TokenStore } from '#providers/oauth.ts';
import { gohighlevelSandbox } from '#sandbox/gohighlevel/index.ts';
import { describeProviderContract, e164, email, noChange, noTokens, person } from '#test/providers/provider-contract.ts';
import { createSandboxControl, type SandboxControl } from '#test/providers/sandbox-control.ts';
import { createMemoryStore } from '#test/providers/token-store.ts';

const referenceField = 'Field0Reference00001';
const jobTitleField = 'Field0JobTitle000001';
const startSandbox = () => gohighlevelSandbox.start({ settings: { searchLagMs: 0, rateLimitMax: 100_000 } });
const account = { rate: { requestsPerSecond: 1000, burst: 1000 }, pageSize: 2, referenceField, jobTitleField };
const customFields = [
  { id: referenceField, name: 'Accord reference' },
  { id: jobTitleField, name: 'Job title' },
];
const environment = (url: string) => ({
  GHL_BASE_URL: url || 'http://unused',
  GHL_LOCATION_ID: 'Sbx0Location0Alpha01',
  GHL_API_KEY: 'pit-00000000-0000-4000-8000-000000000001',
});

describeProviderContract({
  provider: gohighlevel,
  startSandbox,
  account,
  environment,
  wrongKey: { GHL_API_KEY: 'pit-wrong' },
  unknownId: 'Unknown0Contact00001',
  prepare: (sandbox) => sandbox.change({ customFields }),
  findsByReference: true,
  remove: (sandbox, id) => sandbox.change({ delete: [id] }),
  edit: (sandbox, id, { unmapped, addTag }) => sandbox.change({ contacts: [{ id, website: unmapped, addTags: [addTag] }] }),
  readUnmapped: async (sandbox, id) => (await sandbox.records()).find((contact) => contact.id === id)?.website,
});

let running: Awaited<ReturnType<typeof startSandbox>>;
let sandbox: SandboxControl;
beforeAll(async () => {
  running = await startSandbox();
  sandbox = createSandboxControl(running.controlUrl);
});
beforeEach(() => sandbox.reset());
afterAll(() => running.close());

function connect(secrets: object = {}, tokens: TokenStore = noTokens) {
  return gohighlevel.connect({
    account: accountSchema.parse(account),
    secrets: secretsSchema.parse({ ...environment(running.url), ...secrets }),
    tokens,
    lists: [],
  });
}

const create = (number: number) => connect().create({ ...noChange, set: person(number) }, { reference: `ref-${number}` });
const refusalOf = (promise: Promise<unknown>) => promise.catch((error: unknown) => error);

describe('do-not-disturb settings of GoHighLevel', () => {
  it.each(['replace', 'merge'])('keep other channels and permanent refusals where an update would %s them', async (dndUpdate) => {
    await sandbox.patchSettings({ dndUpdate });
    const { record } = await create(1);
    const settings = {
      SMS: { status: 'permanent' },
      WhatsApp: { status: 'active' },
      GMB: { status: 'inactive' },
      FB: { status: 'active' },
    };
    await sandbox.change({ contacts: [{ id: record.externalId, dndSettings: settings }] });
    const set = { doNotContact: { call: true, sms: true, email: false } };
    await connect().update(record.externalId, { ...noChange, set }, { version: null });
    expect(await sandbox.records()).toMatchObject([{ dndSettings: { ...settings, Call: { status: 'active' } } }]);
  });
});

describe('a search row of GoHighLevel', () => {
  it('has the date of birth in milliseconds, the postal code as a number and null for "do not disturb"', async () => {
    const address = { street: null, city: 'Birmingham', region: 'AL', postalCode: '35203', country: 'US', label: null };
    const set = { ...person(1), birthday: '1965-12-10', addresses: [address] };
    await connect().create({ ...noChange, set }, { reference: 'ref-1' });
    const values = { birthday: '1965-12-10', addresses: [address], doNotContact: { call: false, sms: false, email: false } };
    expect(await connect().list({ cursor: null })).toMatchObject({ records: [{ values }], unreadable: [] });
  });
});

describe('an update of the company', () => {
  it('reaches GoHighLevel', async () => {
    const { record } = await create(1);
    const set = { company: 'Engine Works' };
    const updated = await connect().update(record.externalId, { ...noChange, set }, { version: null });
    expect(updated.record.values.company).toBe('Engine Works');
  });
});

describe('the client of GoHighLevel', () => {
  it.each([400, 404])('throws NotFoundError when HighLevel answers %d for an unknown contact', async (unknownContactStatus) => {
    await sandbox.patchSettings({ unknownContactStatus });
    await expect(connect().read('Unknown0Contact00001')).rejects.toBeInstanceOf(errors.NotFoundError);
  });

  it('names the contact that conflicts with a create', async () => {
    const { record } = await create(1);
    const error = await refusalOf(create(1));
    expect(error).toBeInstanceOf(errors.ConflictError);
    expect(error).toMatchObject({ existingId: record.externalId, status: 400 });
  });

  it('names the contact that conflicts with an update', async () => {
    const [first, second] = [await create(1), await create(2)];
    const set = { emails: [{ address: email(1), label: null }] };
    const error = await refusalOf(connect().update(second.record.externalId, { ...noChange, set }, { version: null }));
    expect(error).toMatchObject({ name: 'ConflictError', existingId: first.record.externalId });
  });

  it('names the required scopes when the key lacks one', async () => {
    await sandbox.patchSettings({ scopes: ['contacts.readonly'] });
    await expect(create(1)).rejects.toThrow('needs contacts.readonly and contacts.write');
  });

  it('reports a location that the key has no access to', async () => {
    await expect(connect({ GHL_LOCATION_ID: 'Other0Location000001' }).list({ cursor: null })).rejects.toThrow(
      'is GHL_LOCATION_ID right?',
    );
  });

  it('does not read a retired API version as a wrong key', async () => {
    await sandbox.patchSettings({ versions: ['v3'] });
    await expect(connect().read('Unknown0Contact00001')).rejects.toBeInstanceOf(errors.InvalidRequestError);
  });

  it('does not read a wrong base URL as a deleted contact', async () => {
    await expect(connect({ GHL_BASE_URL: `${running.url}/v1` }).read('Unknown0Contact00001')).rejects.toThrow(
      'is GHL_BASE_URL right?',
    );
  });

  it('finds by email and by our reference', async () => {
    await sandbox.change({ customFields });
    const { record } = await create(1);
    await create(2);
    const byEmail = await connect().find({ reference: null, phones: [], emails: [email(1).toUpperCase()] });
    const byReference = await connect().find({ reference: 'ref-1', phones: [], emails: [] });
    for (const found of [byEmail, byReference]) expect(found.map(({ externalId }) => externalId)).toEqual([record.externalId]);
  });

  it('finds by an additional email', async () => {
    const { record } = await create(1);
    await sandbox.change({ contacts: [{ id: record.externalId, additionalEmails: ['ada.home@example.com'] }] });
    const found = await connect().find({ reference: null, phones: [], emails: ['Ada.Home@example.com'] });
    expect(found.map(({ externalId }) => externalId)).toEqual([record.externalId]);
  });

  it('finds everybody with a phone or email where the location allows duplicates', async () => {
    const household = ['Ada', 'Byron', 'Carol'].map((firstName) => ({ firstName, phone: e164(1), email: email(1) }));
    await sandbox.change({ contacts: [...household, { firstName: 'Dan', phone: e164(2), email: email(2) }] });
    for (const lookup of [
      { phones: [e164(1)], emails: [] },
      { phones: [], emails: [email(1)] },
    ]) {
      const ids = (await connect().find({ reference: null, ...lookup })).map(({ externalId }) => externalId);
      const names = (await sandbox.records()).filter(({ id }) => ids.includes(String(id))).map(({ firstName }) => firstName);
      expect(names.toSorted()).toEqual(['Ada', 'Byron', 'Carol']);
    }
  });

  it('keeps additional emails and phones', async () => {
    const { record } = await create(1);
    const additional = { additionalEmails: ['ada.home@example.com'], additionalPhones: [e164(7)] };
    await sandbox.change({ contacts: [{ id: record.externalId, ...additional }] });
    const { emails = [], phones = [] } = person(2);
    const updated = await connect().update(record.externalId, { ...noChange, set: { emails, phones } }, { version: null });
    expect(updated.record.values.emails).toEqual(emails);
    expect((await sandbox.records()).find(({ id }) => id === record.externalId)).toMatchObject(additional);
  });

  it('reads the contact when the response to a write lacks fields', async () => {
    const { record } = await create(1);
    const body = { succeded: true, contact: { id: record.externalId, lastName: 'Lovelace' } };
    await sandbox.addFault({ method: 'PUT', afterWrite: true, status: 200, body, times: 1 });
    const set = { familyName: 'King' };
    const updated = await connect().update(record.externalId, { ...noChange, set }, { version: null });
    expect(updated.record.values).toEqual({ ...record.values, familyName: 'King' });
  });

  it('drops hits that do not match the lookup', async () => {
    const contact = { id: 'somebody', phone: e164(9), email: 'somebody@example.com' };
    await sandbox.addFault({ path: '/contacts/search/duplicate', status: 200, body: { contact } });
    expect(await connect().find({ reference: null, phones: [e164(1)], emails: [email(1)] })).toEqual([]);
  });

  it('does not end a listing early when a cursor is missing', async () => {
    const contacts = [{ id: 'one' }, { id: 'two' }];
    await sandbox.addFault({ path: '/contacts/search', status: 200, body: { contacts, total: 5 } });
    await expect(connect().list({ cursor: null })).rejects.toBeInstanceOf(errors.UnavailableError);
  });

  it.each([
    ['fields', { set: { familyName: 'King' } }, ['PUT']],
    ['tags', { addTags: ['vip'] }, ['POST', 'GET']],
    ['fields and tags', { set: { familyName: 'King' }, addTags: ['vip'], removeTags: ['cold lead'] }, ['POST', 'DELETE', 'PUT']],
  ])('updates %s with one call per route', async (_, patch, methods) => {
    const { record } = await create(1);
    const before = await sandbox.lastRequest();
    await connect().update(record.externalId, { ...noChange, ...patch }, { version: null });
    // The custom field of the job title costs a call of its own.
    const own = (await sandbox.requestsSince(before)).filter(({ path }) => !path.includes('/customFields'));
    expect(own.map(({ method }) => method)).toEqual(methods);
  });
});

describe('a create that GoHighLevel refuses with 422', () => {
  const refusal = { method: 'POST', path: '/contacts/', status: 422, body: { statusCode: 422, message: ['refused'] }, times: 1 };
  beforeEach(() => sandbox.change({ customFields }));

  it('counts as a create if the contact exists nevertheless', async () => {
    await sandbox.addFault({ ...refusal, afterWrite: true });
    const { outcome, record } = await create(1);
    expect(outcome).toBe('created');
    expect(await connect().read(record.externalId)).toEqual(record);
    expect(record.reference).toBe('ref-1');
  });

  it('throws if the contact does not exist, even if another one has its phone', async () => {
    await sandbox.change({ contacts: [{ phone: e164(1) }] });
    await sandbox.addFault(refusal);
    await expect(create(1)).rejects.toBeInstanceOf(errors.InvalidRequestError);
  });

  it('has an unknown outcome if the search fails', async () => {
    await sandbox.addFault({ ...refusal, afterWrite: true });
    await sandbox.addFault({ path: '/contacts/search', status: 503, body: {} });
    const error = await refusalOf(create(1));
    expect(error).toBeInstanceOf(errors.UnavailableError);
    expect(error).toMatchObject({ operation: errors.createOperation });
  });
});

describe('the client of GoHighLevel with OAuth', () => {
  const app = {
    GHL_API_KEY: undefined,
    GHL_CLIENT_ID: '65a1b2c3d4e5f60718293a4b-sandbox1',
    GHL_CLIENT_SECRET: 'sandbox-client-secret',
    GHL_REFRESH_TOKEN: 'sandbox-refresh-token',
  };

  it('exchanges the refresh token of the environment, and stores and reuses the result', async () => {
    const { record } = await create(1);
    const store = createMemoryStore();
    const client = connect(app, store);
    const before = await sandbox.lastRequest();
    await Promise.all([client.read(record.externalId), client.read(record.externalId)]);
    await connect(app, store).read(record.externalId);
    const paths = (await sandbox.requestsSince(before)).map(({ path }) => path);
    expect(paths.filter((path) => path === '/oauth/token')).toHaveLength(1);
    expect(store.stored?.refreshToken).not.toBe(app.GHL_REFRESH_TOKEN);
  });

  it('refreshes once when a token is refused before it expires', async () => {
    const { record } = await create(1);
    const expiresAt = new Date(Date.now() + 600_000).toISOString();
    const store = createMemoryStore({ accessToken: 'revoked', refreshToken: app.GHL_REFRESH_TOKEN, expiresAt });
    const before = await sandbox.lastRequest();
    expect(await connect(app, store).read(record.externalId)).toMatchObject({ externalId: record.externalId });
    const requests = (await sandbox.requestsSince(before)).map(({ path, status }) => [path.split('?')[0], status]);
    const read = `/contacts/${record.externalId}`;
    expect(requests).toEqual([
      [read, 401],
      ['/oauth/token', 200],
      [read, 200],
      ['/locations/Sbx0Location0Alpha01/customFields', 200],
    ]);
  });

  it('falls back to the environment when the stored refresh token is refused', async () => {
    const { record } = await create(1);
    const store = createMemoryStore({ accessToken: 'old', refreshToken: 'used', expiresAt: '2020-01-01T00:00:00Z' });
    expect(await connect(app, store).read(record.externalId)).toMatchObject({ externalId: record.externalId });
  });

  it.each([
    ['the refresh token is refused', {}, { GHL_REFRESH_TOKEN: 'wrong' }],
    ['the location is paused', { locationActive: false }, {}],
  ])('throws AuthenticationError and stores no tokens when %s', async (_, settings, secrets) => {
    await sandbox.patchSettings(settings);
    const store = createMemoryStore();
    const error = await refusalOf(connect({ ...app, ...secrets }, store).read('Unknown0Contact00001'));
    expect(error).toBeInstanceOf(errors.AuthenticationError);
    expect(error).toMatchObject({ message: expect.stringContaining('GHL_REFRESH_TOKEN') });
    expect(store.stored).toBeNull();
  });
});
