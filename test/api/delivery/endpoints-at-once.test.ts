import { randomUUIDv7 } from 'node:crypto';
import type { LookupAddress } from 'node:dns';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { recordAttempts } from '#db/delivery/attempts.ts';
import { createAddressGuard } from '#delivery/address-guard.ts';
import { faultsOf } from '#test/api/docs/openapi-check.ts';
import { startTestApi, type TestApi } from '#test/api/test-api.ts';
import { attemptOf, encryptionKey, publish } from '#test/db/delivery/delivery-rows.ts';
import { eventually } from '#test/setup/eventually.ts';
import { untilLocksWait } from '#test/setup/lock-waits.ts';

const root = '/api/v1/webhooks';
let api: TestApi;
let id: string;
beforeAll(async () => {
  api = await startTestApi();
});
beforeEach(async () => {
  const wanted = { url: 'https://your-app.com/webhook', events: ['lead_update'] };
  id = ((await (await api.post(root, wanted)).json()) as { id: string }).id;
});
afterAll(() => api.close());

async function ask(method: string, path: string, body?: object, headers?: Record<string, string>) {
  const response = await api.request(method, root + path, body, headers);
  const text = await response.text();
  return { status: response.status, body: text === '' ? null : JSON.parse(text) };
}

const statusesOf = async (...asked: Promise<{ status: number }>[]) =>
  (await Promise.all(asked)).map(({ status }) => status).toSorted((one, other) => one - other);

async function newDelivery(): Promise<string> {
  const deliveries = await publish(api.db);
  return deliveries.find(({ endpoint_id }) => endpoint_id === id)?.id as string;
}

async function newDeadLetter(): Promise<string> {
  const delivery = await newDelivery();
  const attempt = attemptOf({ id: delivery, endpoint_id: id }, { number: 6, next: { state: 'dead', reason: 'exhausted' } });
  await recordAttempts(api.db, [attempt]);
  return delivery;
}

const auditOf = (target: string) =>
  api.db.selectFrom('audit_log').select(['action', 'details']).where('target', '=', target).orderBy('id').execute();

describe('concurrent requests', () => {
  it('that change different settings of an endpoint both take effect', async () => {
    expect(await statusesOf(ask('PATCH', `/${id}`, { timeout: 7 }), ask('PATCH', `/${id}`, { description: 'x' }))).toEqual([
      200, 200,
    ]);
    expect((await ask('GET', `/${id}`)).body).toMatchObject({ timeout: 7, description: 'x', max_retries: 5 });
  });

  it('that change the same setting are serialised, and the audit log has both', async () => {
    await Promise.all([7, 8, 9].map((timeout) => ask('PATCH', `/${id}`, { timeout })));
    const steps = (await auditOf(id)).filter(({ action }) => action === 'webhook.update').map(({ details }) => details);
    const chain = new Map(steps.map((step) => [(step as Step).before.timeout, (step as Step).after.timeout]));
    let timeout = 30;
    for (let step = 0; step < 3; step += 1) timeout = chain.get(timeout) ?? Number.NaN;
    expect((await ask('GET', `/${id}`)).body.timeout).toBe(timeout);
  });

  it('that delete it: one succeeds', async () => {
    expect(await statusesOf(ask('DELETE', `/${id}`), ask('DELETE', `/${id}`))).toEqual([204, 404]);
    expect((await auditOf(id)).map(({ action }) => action)).toEqual(['webhook.create', 'webhook.delete']);
  });

  it('that change and delete it leave it deleted', async () => {
    await Promise.all([ask('DELETE', `/${id}`), ask('PATCH', `/${id}`, { is_active: true }), ask('POST', `/${id}/enable`)]);
    expect((await ask('GET', `/${id}`)).status).toBe(404);
    const row = await api.db.selectFrom('webhook_endpoint').select('deleted_at').where('id', '=', id).executeTakeFirstOrThrow();
    expect(row.deleted_at).not.toBeNull();
  });

  it('that cancel and retry a delivery do not send a cancelled one', async () => {
    const delivery = await newDelivery();
    const [cancelled] = await Promise.all([
      ask('POST', `/deliveries/${delivery}/cancel`),
      ask('POST', `/deliveries/${delivery}/retry`),
    ]);
    expect(cancelled.status).toBe(200);
    expect((await ask('GET', `/deliveries/${delivery}`)).body).toMatchObject({ state: 'cancelled', next_attempt_at: null });
  });

  it('that redrive and discard a dead letter: the second gets a conflict', async () => {
    for (let turn = 0; turn < 5; turn += 1) {
      const delivery = await newDeadLetter();
      const path = `/dead-letters/${delivery}`;
      const asked = [ask('POST', `${path}/discard`, { note: 'n' }), ask('POST', `${path}/redrive`)];
      expect((await statusesOf(...asked))[1]).toBe(409);
      expect(await auditOf(delivery)).toHaveLength(1);
    }
  });

  it('that redrive a dead letter make it due once', async () => {
    const delivery = await newDeadLetter();
    const path = `/dead-letters/${delivery}/redrive`;
    expect(await statusesOf(ask('POST', path), ask('POST', path))).toEqual([202, 409]);
  });

  it('that replay a delivery under one key create one', async () => {
    const delivery = await newDelivery();
    const key = { 'idempotency-key': randomUUIDv7() };
    const replay = () => ask('POST', `/deliveries/${delivery}/replay`, undefined, key);
    const [one, two] = await Promise.all([replay(), replay()]);
    expect([one.status, two.body]).toEqual([202, one.body]);
    expect((await ask('GET', `/deliveries/?endpoint_id=${id}`)).body.data).toHaveLength(2);
  });
});

describe('a deadlock', () => {
  /** A deletion locks the endpoint before its deliveries, a retry the other way round. */
  async function retryWhileBothAreTaken(delivery: string): Promise<Response> {
    const isOpen = { breaker_state: 'open', breaker_until: new Date(Date.now() + 600_000) } as const;
    await api.db.updateTable('webhook_endpoint').set(isOpen).where('id', '=', id).execute();
    const { promise, resolve } = Promise.withResolvers<Response>();
    const both = api.db.transaction().execute(async (tx) => {
      await tx.selectFrom('webhook_endpoint').select('id').where('id', '=', id).forUpdate().execute();
      void api.post(`${root}/deliveries/${delivery}/retry`).then(resolve);
      await untilLocksWait(api.db);
      await tx.selectFrom('webhook_delivery').select('id').where('id', '=', delivery).forUpdate().execute();
    });
    // PostgreSQL aborts one of the two, mostly the first.
    await both.catch(() => {});
    return promise;
  }

  it('is answered with a request to retry in a few seconds', async () => {
    const delivery = await newDelivery();
    const refused = await eventually(async () => {
      const response = await retryWhileBothAreTaken(delivery);
      expect(response.status).toBe(409);
      return response;
    });
    expect(refused.headers.get('retry-after')).toBe('2');
    expect(await faultsOf('post', `${root}/deliveries/{id}/retry`, refused)).toEqual([]);
    expect((await ask('POST', `/deliveries/${delivery}/retry`)).status).toBe(202);
  });
});

describe('unresolvable names', () => {
  it('delay no other requests, however many are registered', async () => {
    const answered = Promise.withResolvers<LookupAddress[]>();
    let asked = 0;
    const resolve = () => {
      asked += 1;
      return answered.promise;
    };
    const guard = createAddressGuard({ resolve });
    const other = await startTestApi({ delivery: { encryptionKey, guard } });
    let ended = 0;
    const wanted = { url: 'https://silent.example/', events: ['new_lead'] };
    const created = Array.from({ length: 25 }, async () => {
      const { status } = await other.post(root, wanted);
      ended += 1;
      return status;
    });
    // As many as the pool has connections.
    await eventually(() => expect(asked).toBeGreaterThanOrEqual(10));
    expect((await other.get(root)).status).toBe(200);
    expect(ended).toBe(0);
    answered.resolve([{ address: '10.0.0.1', family: 4 }]);
    expect(new Set(await Promise.all(created))).toEqual(new Set([400]));
    await other.close();
  });
});

describe('an idempotency key', () => {
  it('is refused for another path, id or body', async () => {
    const key = { 'idempotency-key': randomUUIDv7() };
    const [one, two] = [await newDelivery(), await newDelivery()];
    expect((await ask('POST', `/deliveries/${one}/replay`, undefined, key)).status).toBe(202);
    expect((await ask('POST', `/deliveries/${two}/replay`, undefined, key)).status).toBe(422);
    expect((await ask('POST', `/deliveries/${one}/cancel`, undefined, key)).status).toBe(422);
    expect((await ask('PATCH', `/${id}`, { timeout: 9 }, key)).status).toBe(422);
    expect((await ask('GET', `/${id}`)).body.timeout).toBe(30);
  });

  it('gives the first response again, even after the endpoint is deleted', async () => {
    const key = { 'idempotency-key': randomUUIDv7() };
    const rotate = () => ask('POST', `/${id}/rotate-secret`, undefined, key);
    const { body } = await rotate();
    await ask('DELETE', `/${id}`);
    expect(await rotate()).toEqual({ status: 200, body });
  });
});

describe('an endpoint whose breaker is open', () => {
  const state = { breaker_state: 'open', breaker_until: new Date(Date.now() + 600_000) } as const;
  it.each<[string, object, string]>([
    ['is tested at once at its new URL', { url: 'https://your-app.com/moved' }, 'half-open'],
    ['is tested at once with its new token', { custom_headers: { 'X-Token': 'new' } }, 'half-open'],
    ['keeps waiting when another setting changes', { url: 'https://your-app.com/webhook', timeout: 9 }, 'open'],
  ])('%s', async (_what, change, breaker) => {
    await api.db.updateTable('webhook_endpoint').set(state).where('id', '=', id).execute();
    expect((await ask('PATCH', `/${id}`, change)).body).toMatchObject({ breaker });
  });
});

describe('a redrive that has ended', () => {
  it('cannot be cancelled, and reports its status', async () => {
    await newDeadLetter();
    const { body } = await ask('POST', '/dead-letters/redrive', { filter: { endpoint_id: id } });
    await api.temporal.workflow.getHandle(body.redrive.workflow_id).terminate();
    const response = await api.post(`${root}/redrives/${body.redrive.id}/cancel`);
    expect([response.status, await faultsOf('post', `${root}/redrives/{id}/cancel`, response)]).toEqual([202, []]);
    expect(await response.json()).toMatchObject({ status: 'terminated' });
  });
});

interface Step {
  before: { timeout: number };
  after: { timeout: number };
}
