import { createHmac, createPublicKey, verify } from 'node:crypto';
import { afterAll, beforeEach, describe, expect, it } from '@jest/globals';
import { startHarness } from './harness.ts';

const ghl = await startHarness();
const { api, control, create, events, locationId, receiver, sandbox, set } = ghl;
const types = async () => (await events()).map(({ json }) => json.type);
/** Creates a contact and discards the webhooks of that. */
async function existing(fields: object): Promise<string> {
  const id = await create(fields);
  await events();
  receiver.received.length = 0;
  return id;
}

beforeEach(() => ghl.reset());
afterAll(() => ghl.close());

describe('the events of a change', () => {
  it.each([
    ['ContactUpdate', (id: string) => api('PUT', `/contacts/${id}`, { city: 'London' })],
    ['ContactTagUpdate', (id: string) => api('POST', `/contacts/${id}/tags`, { tags: ['new'] })],
    [
      'ContactTagUpdate',
      (id: string) => api('POST', '/contacts/bulk/tags/update/add', { locationId, contacts: [id], tags: ['new'] }),
    ],
    ['ContactDndUpdate', (id: string) => api('PUT', `/contacts/${id}`, { dnd: true })],
    ['ContactDelete', (id: string) => api('DELETE', `/contacts/${id}`)],
    ['ContactUpdate', () => api('POST', '/contacts/upsert', { locationId, email: 'ada@example.com', city: 'Rome' })],
    ['ContactTagUpdate', (id: string) => control('POST', '/records', [{ id, addTags: ['Cold Lead'] }])],
  ])('integrators report: include %s for writes through the API', async (type, change) => {
    const id = await existing({ email: 'ada@example.com', tags: ['old'] });
    await change(id);
    expect((await events()).map(({ json }) => [json.type, json.id])).toEqual([[type, id]]);
  });

  it('are ContactCreate for a new contact', async () => {
    await create({ tags: ['one'] });
    expect(await types()).toEqual(['ContactCreate']);
  });

  it('are one for each kind of change in one write', async () => {
    const id = await existing({});
    await api('PUT', `/contacts/${id}`, { city: 'London', tags: ['new'], dnd: true });
    expect((await types()).toSorted()).toEqual(['ContactDndUpdate', 'ContactTagUpdate', 'ContactUpdate']);
  });

  it('are more with `extraEvents`, because it is unknown', async () => {
    set({ extraEvents: true });
    const id = await create({ tags: ['one'] });
    expect((await types()).toSorted()).toEqual(['ContactCreate', 'ContactTagUpdate']);
    receiver.received.length = 0;
    await api('POST', `/contacts/${id}/tags`, { tags: ['two'] });
    expect((await types()).toSorted()).toEqual(['ContactTagUpdate', 'ContactUpdate']);
  });

  it('integrators report (api-docs issue 264): are none for inbound do-not-disturb, and none for a write without a change', async () => {
    const id = await existing({ city: 'London', tags: ['old'] });
    await api('PUT', `/contacts/${id}`, { inboundDndSettings: { all: { status: 'active' } } });
    await api('PUT', `/contacts/${id}`, { city: 'London', tags: ['OLD'] });
    await api('POST', `/contacts/${id}/tags`, { tags: ['Old'] });
    expect(await types()).toEqual([]);
  });

  it('are sent only if enabled', async () => {
    set({ webhookEvents: ['ContactTagUpdate'] });
    await create({});
    expect(await types()).toEqual([]);
  });
});

describe('the native scheme', () => {
  it('HighLevel docs: is flat, camelCase, with timestamp, webhookId, appId; integrators report: without empty fields', async () => {
    const id = await create({ firstName: 'Ada', email: 'ada@example.com', phone: '202-555-0143' });
    const [event] = await events();
    const { dateAdded, timestamp, webhookId, ...rest } = event?.json ?? {};
    expect(rest).toEqual({
      ...{
        type: 'ContactCreate',
        locationId,
        id,
        firstName: 'Ada',
        name: 'Ada',
        email: 'ada@example.com',
        phone: '+12025550143',
      },
      ...{ country: 'US', dnd: false, appId: '65a1b2c3d4e5f60718293a4b', versionId: '65a1b2c3d4e5f60718293a4b' },
    });
    expect(timestamp).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
    expect(webhookId).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('HighLevel docs: a tag event has the full list, even an empty one, and no delta', async () => {
    const id = await existing({ tags: ['one'] });
    await api('POST', `/contacts/${id}/tags`, { tags: ['two'] });
    await api('DELETE', `/contacts/${id}/tags`, { tags: ['one', 'two'] });
    const lists = (await events()).map(({ json }) => json.tags);
    expect(lists).toEqual(expect.arrayContaining([['one', 'two'], []]));
  });

  it('HighLevel docs: a do-not-disturb event adds the channels', async () => {
    const id = await existing({});
    const dndSettings = { SMS: { status: 'active', message: '', code: '' } };
    await api('PUT', `/contacts/${id}`, { dndSettings });
    expect((await events())[0]?.json).toMatchObject({ type: 'ContactDndUpdate', dndSettings });
  });

  it('HighLevel docs: `X-GHL-Signature` is Ed25519 over the raw body, 88 characters of base64', async () => {
    await create({ firstName: 'Zoë' });
    const [event] = await events();
    const signature = String(event?.headers['x-ghl-signature']);
    const key = createPublicKey((await control('GET', '/settings')).json.info.webhookPublicKey);
    expect(signature).toHaveLength(88);
    expect(verify(null, Buffer.from(event?.raw ?? ''), key, Buffer.from(signature, 'base64'))).toBe(true);
    expect(event?.headers).not.toHaveProperty('x-wh-signature');
  });

  it('HighLevel docs: the legacy `X-WH-Signature` is RSA-SHA256 of 4096 bits, if enabled', async () => {
    set({ legacyRsaSignature: true });
    await create({});
    const [event] = await events();
    const signature = String(event?.headers['x-wh-signature']);
    const key = createPublicKey((await control('GET', '/settings')).json.info.webhookRsaPublicKey);
    expect(signature).toHaveLength(684);
    expect(verify('sha256', Buffer.from(event?.raw ?? ''), key, Buffer.from(signature, 'base64'))).toBe(true);
  });

  it('keeps its key over a reset, because services are configured with it', async () => {
    const before = sandbox.info().webhookPublicKey;
    await control('POST', '/reset');
    expect(sandbox.info().webhookPublicKey).toBe(before);
  });

  it('may have a wrong signature, `N/A` as integrators report, or none, and may name another app', async () => {
    set({ webhookAppId: 'ffffffffffffffffffffffff' });
    for (const webhookSignature of ['corrupt', 'N/A', 'missing'] as const) {
      set({ webhookSignature });
      await create({});
    }
    const seen = await events();
    expect(seen.map(({ json }) => json.appId)).toEqual(Array(3).fill('ffffffffffffffffffffffff'));
    const key = createPublicKey(String(sandbox.info().webhookPublicKey));
    const signatures = seen.map(({ headers }) => headers['x-ghl-signature']);
    expect(signatures.filter((signature) => signature === 'N/A')).toHaveLength(1);
    expect(signatures.filter((signature) => signature === undefined)).toHaveLength(1);
    for (const { raw, headers } of seen) {
      expect(verify(null, Buffer.from(raw), key, Buffer.from(String(headers['x-ghl-signature']), 'base64'))).toBe(false);
    }
  });
});

describe('other schemes', () => {
  it('the shared-secret scheme: nested contact, `location_id`, milliseconds, hex HMAC-SHA256', async () => {
    set({ webhookScheme: 'hmac', hmacSecret: 'whisper' });
    const id = await create({ name: 'Ada Lovelace', tags: ['cold lead'] });
    const [event] = await events();
    expect(event?.json).toEqual({
      type: 'ContactCreate',
      location_id: locationId,
      id,
      contact: { id, firstName: 'Ada', lastName: 'Lovelace', name: 'Ada Lovelace', tags: ['cold lead'] },
      timestamp: expect.any(Number),
    });
    const expected = createHmac('sha256', 'whisper')
      .update(event?.raw ?? '')
      .digest('hex');
    expect(event?.headers['x-ghl-signature']).toBe(expected);
  });

  it('the shared-secret scheme sends only the tags of a tag event', async () => {
    set({ webhookScheme: 'hmac' });
    const id = await existing({ name: 'Ada Lovelace' });
    await api('POST', `/contacts/${id}/tags`, { tags: ['Cold Lead'] });
    expect((await events())[0]?.json.contact).toEqual({ id, tags: ['cold lead'] });
  });

  it('HighLevel help: a workflow action sends snake_case, unsigned, with configured headers, and nothing for a deleted contact', async () => {
    set({ webhookScheme: 'workflow', workflowHeaders: { 'x-secret': 'static' } });
    const id = await create({ name: 'Ada Lovelace', tags: ['one', 'two'] });
    await api('DELETE', `/contacts/${id}`);
    const [event, ...more] = await events();
    expect(event?.json).toMatchObject({ contact_id: id, first_name: 'Ada', tags: 'one,two', location: { id: locationId } });
    for (const name of ['type', 'timestamp', 'webhookId']) expect(event?.json).not.toHaveProperty(name);
    expect(event?.headers).toMatchObject({ 'x-secret': 'static' });
    expect(event?.headers).not.toHaveProperty('x-ghl-signature');
    expect(more).toEqual([]);
  });
});

describe('retries', () => {
  /** Advances from retry to retry until none is left. Returns the minutes between them. */
  async function waitsUntilGivenUp(): Promise<number[]> {
    const waits: number[] = [];
    await sandbox.webhooks.idle();
    for (let next = sandbox.webhooks.pending()[0]; next; next = sandbox.webhooks.pending()[0]) {
      const waitMs = next.dueAt - sandbox.clock.now();
      waits.push(Math.round(waitMs / 6_000) / 10);
      sandbox.clock.advance(waitMs);
      await sandbox.webhooks.idle();
    }
    return waits;
  }

  it('HighLevel docs: follow a 429 6 times, every 10 minutes, with the same payload', async () => {
    receiver.status = 429;
    await create({});
    expect(await waitsUntilGivenUp()).toEqual([10, 10, 10, 10, 10, 10]);
    expect(receiver.received).toHaveLength(7);
    expect(new Set(receiver.bodies()).size).toBe(1);
  });

  it.each([500, 503, 404, 401])('HighLevel docs: do not follow a %d', async (status) => {
    receiver.status = status;
    await create({});
    expect(await waitsUntilGivenUp()).toEqual([]);
  });

  it('newer docs are said to retry every non-2xx up to 12 times, with growing delays, under one delivery id', async () => {
    set({ webhookRetry: 'any-non-2xx' });
    receiver.status = 500;
    await create({});
    const waits = await waitsUntilGivenUp();
    expect(waits).toHaveLength(12);
    expect(waits).toEqual(waits.toSorted((a, b) => a - b));
    expect(new Set(receiver.received.map(({ headers }) => headers.deliveryid)).size).toBe(1);
  });

  it('are faster on request, for demonstrations', async () => {
    set({ webhookRetryTimeScale: 600 });
    receiver.status = 429;
    await create({});
    await sandbox.webhooks.idle();
    const [next] = sandbox.webhooks.pending();
    expect((next?.dueAt ?? 0) - sandbox.clock.now()).toBeLessThanOrEqual(1_000);
  });

  it('HighLevel docs: have jitter', async () => {
    set({ webhookRetryJitterMs: 100_000 });
    receiver.status = 429;
    await create({});
    const waits = await waitsUntilGivenUp();
    expect(new Set(waits).size).toBeGreaterThan(1);
    for (const minutes of waits) expect(minutes >= 10 && minutes < 11.8).toBe(true);
  });
});
