import { afterAll, beforeEach, describe, expect, it } from '@jest/globals';
import { startHarness } from './harness.ts';

const square = await startHarness();
const { api, control, create, read, sandbox } = square;
const fault = (settings: object) => control('POST', '/faults', settings);
const total = async () => (await api('GET', '/customers?count=true')).json.count;

beforeEach(() => square.reset());
afterAll(() => square.close());

describe('faults of Square', () => {
  it('SDK 46.0.0 throws ParseError for 204 and for an empty 200, although the write took effect', async () => {
    const id = await create({ given_name: 'Ada' });
    for (const [nth, status] of [204, 200].entries()) {
      await fault({ method: 'PUT', status, afterWrite: true, times: 1 });
      const answer = await api('PUT', `/customers/${id}`, { note: String(status) });
      expect([answer.status, answer.text]).toEqual([status, '']);
      expect(await read(id)).toMatchObject({ note: String(status), version: nth + 1 });
    }
  });

  it('SDK 46.0.0 returns the broken JSON of a 200 as data', async () => {
    await fault({ status: 200, headers: { 'content-type': 'application/json' }, body: '{"customer":', times: 1 });
    expect(await api('GET', '/customers/X')).toMatchObject({ status: 200, json: null });
  });

  it('SDK 46.0.0 applies its timeout to the headers of an answer, not to its body', async () => {
    const id = await create({ given_name: 'Ada' });
    await fault({ method: 'GET', bodyLatencyMs: 3_600_000, times: 1 });
    const url = `${sandbox.url}/v2/customers/${id}`;
    const authorization = `Bearer ${sandbox.settings.current.token}`;
    const stalled = await fetch(url, { headers: { authorization } });
    expect(stalled.status).toBe(200);
    await stalled.body?.cancel();
    await fault({ method: 'GET', bodyLatencyMs: 1, times: 1 });
    expect((await read(id)).given_name).toBe('Ada');
  });

  it('a gateway answers with HTML or with its own error', async () => {
    await fault({ status: 502, headers: { 'content-type': 'text/html' }, body: '<h1>Bad Gateway</h1>', times: 1 });
    expect(await api('GET', '/customers')).toMatchObject({ status: 502, text: '<h1>Bad Gateway</h1>' });
    const errors = [{ category: 'API_ERROR', code: 'SERVICE_UNAVAILABLE' }];
    await fault({ status: 503, body: { errors }, times: 1 });
    expect(await api('GET', '/customers')).toMatchObject({ status: 503, json: { errors } });
  });

  it('SDK 46.0.0 retries a POST after a 5xx: without an idempotency key that creates two customers', async () => {
    await fault({ method: 'POST', path: '/v2/customers', status: 500, afterWrite: true, times: 1 });
    for (const expected of [500, 200]) expect((await api('POST', '/customers', { given_name: 'Ada' })).status).toBe(expected);
    expect(await total()).toBe(2);
  });

  it('connections are cut before or after the write', async () => {
    await fault({ method: 'POST', dropRequest: true, times: 1 });
    await expect(create({ given_name: 'Ada' })).rejects.toThrow();
    expect(await total()).toBe(0);
    await fault({ method: 'POST', dropResponse: true, times: 1 });
    await expect(create({ given_name: 'Ada' })).rejects.toThrow();
    expect(await total()).toBe(1);
  });
});
