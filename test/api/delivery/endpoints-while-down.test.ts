import { randomUUIDv7 } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { recordAttempts } from '#db/delivery/attempts.ts';
import { faultsOf } from '#test/api/docs/openapi-check.ts';
import { createTcpGate, type TcpGate } from '#test/api/tcp-gate.ts';
import { startTestApi, type TestApi, testTemporalAddress } from '#test/api/test-api.ts';
import { attemptOf, publish } from '#test/db/delivery/delivery-rows.ts';
import { eventually } from '#test/setup/eventually.ts';

const root = '/api/v1/webhooks';
const wanted = { url: 'https://your-app.com/webhook', events: ['lead_update'] };

describe('while Temporal is down', () => {
  let gate: TcpGate;
  let api: TestApi;
  beforeAll(async () => {
    const [host = '', port = ''] = testTemporalAddress().split(':');
    gate = await createTcpGate({ host, port: Number(port) });
    api = await startTestApi({ temporalAddress: `${gate.host}:${gate.port}` });
    await gate.shut();
  });
  afterAll(async () => {
    await gate.open();
    await api.close();
    await gate.shut();
  });

  it('endpoints can be created, tested and changed, and due deliveries wait in the database', async () => {
    const { id } = (await (await api.post(root, wanted)).json()) as { id: string };
    expect((await api.post(`${root}/${id}/test`)).status).toBe(202);
    expect((await api.request('PATCH', `${root}/${id}`, { timeout: 9 })).status).toBe(200);
    expect((await api.get(`${root}/deliveries/?endpoint_id=${id}`)).status).toBe(200);
    expect((await api.request('DELETE', `${root}/${id}`)).status).toBe(204);
  });

  it('a redrive does not start and is not audited, and starts later under the same key', async () => {
    const { id } = (await (await api.post(root, wanted)).json()) as { id: string };
    const delivery = (await publish(api.db)).find(({ endpoint_id }) => endpoint_id === id);
    if (!delivery) throw new Error('Nothing was published');
    await recordAttempts(api.db, [attemptOf(delivery, { number: 6, next: { state: 'dead', reason: 'exhausted' } })]);
    const key = { 'idempotency-key': randomUUIDv7() };
    const redrive = () => api.request('POST', `${root}/dead-letters/redrive`, { filter: { endpoint_id: id } }, key);
    const refused = await redrive();
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '5']);
    expect(await faultsOf('post', `${root}/dead-letters/redrive`, refused)).toEqual([]);
    const noted = () => api.db.selectFrom('audit_log').select('id').where('action', '=', 'dead-letter.redrive').execute();
    expect(await noted()).toEqual([]);
    await gate.open();
    await eventually(async () => expect((await redrive()).status).toBe(202));
    expect(await noted()).toHaveLength(1);
    await gate.shut();
  });
});

describe('while PostgreSQL is down', () => {
  it('every request is refused with 503, and its repetition is carried out once', async () => {
    const real = new URL(process.env.ACCORD_TEST_DATABASE_URL as string);
    const gate = await createTcpGate({ host: real.hostname, port: Number(real.port) });
    const api = await startTestApi({ databaseUrl: (url) => url.replace(real.host, `${gate.host}:${gate.port}`) });
    const key = { 'idempotency-key': randomUUIDv7() };
    const create = () => api.request('POST', root, wanted, key);
    await gate.shut();
    const refused = await create();
    expect([refused.status, await faultsOf('post', root, refused)]).toEqual([503, []]);
    expect((await api.get(`${root}/dead-letters/export`)).status).toBe(503);
    await gate.open();
    const created = await eventually(async () => {
      const response = await create();
      expect(response.status).toBe(201);
      return (await response.json()) as object;
    });
    expect(await (await create()).json()).toEqual(created);
    expect(await api.db.selectFrom('webhook_endpoint').select('id').execute()).toHaveLength(1);
    await api.close();
    await gate.shut();
  });
});
