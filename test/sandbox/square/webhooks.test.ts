import { createHmac } from 'node:crypto';
import { createServer } from 'node:http';
import { afterAll, beforeEach, describe, expect, it } from '@jest/globals';
import { retryRule } from '#sandbox/square/webhooks/retry-rule.ts';
import { signature } from '#sandbox/square/webhooks/signature.ts';
import { startHarness } from './harness.ts';

const square = await startHarness();
const { api, control, create, events, person, receiver, sandbox, set } = square;
/** Creates a customer and discards the webhook of that. */
async function existing(fields: object = { given_name: 'Ada' }): Promise<string> {
  const { customers } = await person({ customers: [fields], webhooks: false });
  return customers[0];
}

beforeEach(() => square.reset());
afterAll(() => square.close());

describe('events by change, Square docs (customer webhooks)', () => {
  it.each([
    ['customer.created', () => api('POST', '/customers', { given_name: 'Ada' })],
    ['customer.created', () => api('POST', '/customers/bulk-create', { customers: { key: { given_name: 'Ada' } } })],
    ['customer.created', () => person([{ given_name: 'Ada' }])],
    ['customer.updated', (id: string) => api('PUT', `/customers/${id}`, { note: 'x' })],
    ['customer.updated', (id: string) => api('POST', '/customers/bulk-update', { customers: { [id]: { note: 'x' } } })],
    ['customer.updated', (id: string) => person([{ id, note: 'x' }])],
    ['customer.updated', (id: string) => person([{ id, preferences: { email_unsubscribed: true } }])],
    ['customer.deleted', (id: string) => api('DELETE', `/customers/${id}`)],
    ['customer.deleted', (id: string) => api('POST', '/customers/bulk-delete', { customer_ids: [id] })],
    ['customer.deleted', (id: string) => person({ delete: [id, 'UNKNOWN'] })],
  ])('%s, for changes of the app itself and of sellers', async (type, change) => {
    await change(await existing());
    expect((await events()).map(({ json }) => json.type)).toEqual([type]);
  });

  it('none for segments, refusals, replays and updates that do not count', async () => {
    const id = await existing({ given_name: 'Ada', note: 'x' });
    set({ emptyUpdate: 'ignored' });
    await person([{ id, segment_ids: ['MLSANDBOXMERCHANT.REACHABLE'] }]);
    await api('PUT', `/customers/${id}`, { note: 'x' });
    await api('PUT', `/customers/${id}`, { note: 'y', version: 9 });
    await api('POST', '/customers', { birthday: 'soon' });
    expect(await events()).toEqual([]);
    await api('POST', '/customers', { given_name: 'Bob', idempotency_key: 'key' });
    await api('POST', '/customers', { given_name: 'Bob', idempotency_key: 'key' });
    expect(await events()).toHaveLength(1);
  });

  it('customer.updated for an update that changes nothing, by default: it is unknown', async () => {
    await api('PUT', `/customers/${await existing({ given_name: 'Ada', note: 'x' })}`, { note: 'x' });
    expect(await events()).toHaveLength(1);
  });

  it('only those of the subscription', async () => {
    set({ webhookEvents: ['customer.deleted'] });
    await api('DELETE', `/customers/${await create({ given_name: 'Ada' })}`);
    expect((await events()).map(({ json }) => json.type)).toEqual(['customer.deleted']);
  });
});

describe('the body and headers of a webhook', () => {
  const seed = { id: 'ADA', given_name: 'Ada', group_ids: ['VIP'], segment_ids: ['MLSANDBOXMERCHANT.REACHABLE'], version: 3 };

  it('Square docs (webhooks overview; samples): contain the whole profile without its segments, and not the change', async () => {
    await existing(seed);
    const { customer } = (await api('PUT', '/customers/ADA', { note: 'x' })).json;
    const { segment_ids: _, ...snapshot } = customer;
    const [event] = await events();
    expect(event?.json).toEqual({
      merchant_id: 'MLSANDBOXMERCHANT',
      type: 'customer.updated',
      event_id: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f-]{27}$/),
      created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
      data: { type: 'customer', id: 'ADA', object: { customer: snapshot } },
    });
    expect(snapshot).toMatchObject({ note: 'x', group_ids: ['VIP'], version: 4 });
  });

  it('Square docs (samples): contain a deleted profile without groups and times, but with its version', async () => {
    await existing(seed);
    await api('DELETE', '/customers/ADA');
    const { data } = (await events())[0]?.json ?? {};
    expect(data).toEqual({
      type: 'customer',
      id: 'ADA',
      deleted: true,
      object: {
        customer: {
          id: 'ADA',
          given_name: 'Ada',
          creation_source: 'DIRECTORY',
          preferences: { email_unsubscribed: false },
          version: 3,
        },
      },
    });
  });

  it('Square docs (webhooks, step 2): name the environment and the time of the first delivery, and no retry', async () => {
    await create({ given_name: 'Ada' });
    const { headers } = (await events())[0] ?? {};
    expect(headers).toMatchObject({
      'content-type': 'application/json',
      'square-environment': 'Sandbox',
      'square-initial-delivery-timestamp': expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
    });
    for (const name of ['square-retry-number', 'square-retry-reason']) expect(headers).not.toHaveProperty(name);
  });

  it('square-nodejs-sdk: of the test notification of the Developer Console have no object', async () => {
    await person({ testNotification: true });
    const { json } = (await events())[0] ?? {};
    expect(json).toMatchObject({ type: 'webhooks.test_notification', data: { type: 'webhooks', id: expect.any(String) } });
    expect(json.data).not.toHaveProperty('object');
  });
});

describe('the signature', () => {
  it.each([
    [
      'square-nodejs-sdk (webhooks.test.ts)',
      'signature-key',
      'https://webhook.site/webhooks',
      '{"data":{"type":"webhooks","id":">id<"}}',
      'Cxt7+aTi4rKgcA0bC4g9EHdVtLSDWdqccmL5MvihU4U=',
    ],
    [
      'Square docs (webhooks, step 3)',
      'asdf1234',
      'https://example.com/webhook',
      '{"hello":"world"}',
      '2kRE5qRU2tR+tBGlDwMEw2avJ7QM4ikPYD/PJ3bd9Og=',
    ],
  ])('equals that of %s', (_, key, url, body, expected) => {
    expect(signature(key, url, body)).toBe(expected);
  });

  it('covers the URL of each target and the bytes that are sent', async () => {
    set({ signatureKey: 'whisper' });
    const targets = [`${receiver.url}?one`, `${receiver.url}?two`];
    await control('PUT', '/webhooks', { targets });
    await create({ given_name: 'Zoë', family_name: 'Łukasiewicz 😀 東京' });
    const seen = await events();
    const expected = targets.map((url) =>
      createHmac('sha256', 'whisper').update(`${url}${seen[0]?.raw}`, 'utf8').digest('base64'),
    );
    expect(seen.map(({ headers }) => headers['x-square-hmacsha256-signature']).toSorted()).toEqual(expected.toSorted());
  });

  it('can be wrong, or missing', async () => {
    set({ webhookSignature: 'corrupt' });
    await create({ given_name: 'Ada' });
    const [event] = await events();
    const right = signature(sandbox.settings.current.signatureKey, receiver.url, String(event?.raw));
    expect(event?.headers['x-square-hmacsha256-signature']).toMatch(/^[A-Za-z0-9+/]{43}=$/);
    expect(event?.headers['x-square-hmacsha256-signature']).not.toBe(right);
    set({ webhookSignature: 'missing' });
    await create({ given_name: 'Bob' });
    expect((await events())[1]?.headers).not.toHaveProperty('x-square-hmacsha256-signature');
  });
});

describe('retries, Square docs (webhooks overview)', () => {
  /** Advances from retry to retry until none is left. Returns the minutes between them. */
  async function waitsUntilGivenUp(): Promise<number[]> {
    const waits: number[] = [];
    await sandbox.webhooks.idle();
    for (let next = sandbox.webhooks.pending()[0]; next; next = sandbox.webhooks.pending()[0]) {
      const waitMs = next.dueAt - sandbox.clock.now();
      waits.push(Math.round(waitMs / 60_000));
      sandbox.clock.advance(waitMs);
      await sandbox.webhooks.idle();
    }
    return waits;
  }

  it.each([500, 404, 301, 429])(
    'follow a %d 11 times within 24 hours, with growing delays and the same bytes',
    async (status) => {
      receiver.status = status;
      await create({ given_name: 'Ada' });
      expect(await waitsUntilGivenUp()).toEqual([1, 2, 4, 8, 16, 32, 60, 120, 240, 480, 480]);
      expect(receiver.received).toHaveLength(12);
      expect(new Set(receiver.bodies()).size).toBe(1);
    },
  );

  it('end after the first 2xx', async () => {
    receiver.status = 500;
    await create({ given_name: 'Ada' });
    await sandbox.webhooks.idle();
    receiver.status = 204;
    expect(await waitsUntilGivenUp()).toEqual([1]);
  });

  it('step 2: have their number and reason, and the time of the first delivery', async () => {
    receiver.status = 500;
    await create({ given_name: 'Ada' });
    await waitsUntilGivenUp();
    const headers = receiver.received.map((each) => each.headers);
    expect(headers.map((each) => each['square-retry-number'])).toEqual([
      undefined,
      ...Array.from({ length: 11 }, (_, index) => `${index + 1}`),
    ]);
    expect(new Set(headers.slice(1).map((each) => each['square-retry-reason']))).toEqual(new Set(['http_error']));
    expect(new Set(headers.map((each) => each['square-initial-delivery-timestamp'])).size).toBe(1);
    expect(new Set(headers.map((each) => each['x-square-hmacsha256-signature'])).size).toBe(1);
  });

  it('step 2: distinguish a cut connection from an answer', async () => {
    const cutter = createServer((request) => request.socket.destroy()).unref();
    await new Promise<void>((resolve) => cutter.listen(0, '127.0.0.1', resolve));
    const { port } = cutter.address() as { port: number };
    await control('PUT', '/webhooks', { targets: [`http://127.0.0.1:${port}/hook`] });
    await create({ given_name: 'Ada' });
    await sandbox.webhooks.idle();
    cutter.close();
    expect(sandbox.webhooks.pending()[0]?.headers).toMatchObject({ 'square-retry-reason': 'other_error' });
  });

  it.each([
    ['Headers Timeout Error', 'http_timeout'],
    ['self-signed certificate', 'ssl_error'],
    ['other side closed', 'other_error'],
  ])('step 2: report "%s" as %s', (error, reason) => {
    const retry = retryRule(sandbox.settings.current)({ status: null, error, attempt: 1 });
    expect(retry).toMatchObject({ headers: { 'square-retry-reason': reason } });
  });

  it('are faster on request, for demonstrations', async () => {
    set({ webhookRetryTimeScale: 60 });
    receiver.status = 500;
    await create({ given_name: 'Ada' });
    await sandbox.webhooks.idle();
    expect((sandbox.webhooks.pending()[0]?.dueAt ?? Number.NaN) - sandbox.clock.now()).toBeLessThanOrEqual(1_000);
  });

  it('may be duplicated and reordered: a duplicate has the same event id', async () => {
    await control('PUT', '/webhooks', { duplicate: true });
    await create({ given_name: 'Ada' });
    const seen = (await events()).map(({ json }) => json.event_id);
    expect([seen.length, new Set(seen).size]).toEqual([2, 1]);
  });
});
