import { randomUUIDv7 } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type AttemptRecord, recordAttempts } from '#db/delivery/attempts.ts';
import { listDueDeliveries } from '#db/delivery/deliveries.ts';
import { deleteEndpoint, disableEndpoint, findEndpoint } from '#db/delivery/endpoints.ts';
import type { DeliveryRow, EndpointRow } from '#db/delivery/tables.ts';
import { faultsOf } from '#test/api/docs/openapi-check.ts';
import { startTestApi, type TestApi } from '#test/api/test-api.ts';
import { attemptOf, newEndpoint, publish } from '#test/db/delivery/delivery-rows.ts';

const root = '/api/v1/webhooks';
let api: TestApi;
let endpoint: EndpointRow;
beforeAll(async () => {
  api = await startTestApi();
});
beforeEach(async () => {
  if (endpoint) await deleteEndpoint(api.db, endpoint.id);
  endpoint = await newEndpoint(api.db);
});
afterAll(() => api.close());

/** A pending delivery. */
async function waiting(facts: Parameters<typeof publish>[1] = {}): Promise<DeliveryRow> {
  const deliveries = await publish(api.db, facts);
  return deliveries.find(({ endpoint_id }) => endpoint_id === endpoint.id) as DeliveryRow;
}

async function dead(facts: Partial<AttemptRecord> = {}): Promise<DeliveryRow> {
  const delivery = await waiting();
  await recordAttempts(api.db, [attemptOf(delivery, { number: 6, next: { state: 'dead', reason: 'exhausted' }, ...facts })]);
  return delivery;
}

// biome-ignore lint/suspicious/noExplicitAny: any response; a test that reads a wrong field fails.
type Body = any;

/** The response, checked against the OpenAPI document. `path` as in the document. */
async function ask(
  method: string,
  path: string,
  { id = '', query = '', body }: { id?: string; query?: string; body?: object } = {},
) {
  const response = await api.request(method, root + path.replace('{id}', id) + query, body);
  expect(await faultsOf(method.toLowerCase(), root + path, response)).toEqual([]);
  return { status: response.status, body: (await response.json()) as Body };
}

const idsOf = (body: Body): string[] => body.data.map(({ id }: { id: string }) => id);

describe('GET /api/v1/webhooks/deliveries/', () => {
  it('lists deliveries page by page, newest first', async () => {
    const ids = [await waiting(), await waiting(), await waiting()].map(({ id }) => id).toReversed();
    const of = `endpoint_id=${endpoint.id}`;
    const { body } = await ask('GET', '/deliveries/', { query: `?${of}&limit=2` });
    expect(idsOf(body)).toEqual(ids.slice(0, 2));
    expect(body.data[0]).toMatchObject({
      state: 'pending',
      attempts: 0,
      event_type: 'lead_update',
      next_attempt_at: expect.any(String),
    });
    const rest = await ask('GET', '/deliveries/', { query: `?${of}&limit=2&cursor=${body.next}` });
    expect([idsOf(rest.body), rest.body.next]).toEqual([ids.slice(2), null]);
    const all = await ask('GET', '/deliveries/', { query: `?${of}&limit=3` });
    expect([idsOf(all.body), all.body.next]).toEqual([ids, null]);
    expect((await api.get(`${root}/deliveries`)).status).toBe(200);
  });

  it('filters by every parameter', async () => {
    const wanted = await dead({ status: 503, errorClass: 'http_error' });
    const delivered = await waiting();
    await recordAttempts(api.db, [
      attemptOf(delivered, { status: 200, errorClass: null, error: null, next: { state: 'delivered' } }),
    ]);
    await waiting({ type: 'new_lead' });
    const later = new Date(Date.now() + 60_000).toISOString();
    const found = async (query: string) =>
      idsOf((await ask('GET', '/deliveries/', { query: `?endpoint_id=${endpoint.id}&${query}` })).body);
    for (const query of [
      'state=dead',
      'status_class=5xx',
      'error_class=http_error',
      `contact_id=${wanted.contact_id}`,
      `event_id=${wanted.event_id}`,
    ])
      expect([query, await found(query)]).toEqual([query, [wanted.id]]);
    expect(await found('status_class=2xx')).toEqual([delivered.id]);
    expect(await found('event_type=new_lead')).toHaveLength(1);
    expect(await found(`since=${later}`)).toEqual([]);
    expect(await found(`until=${later}`)).toHaveLength(3);
  });

  it.each(['state=lost', 'cursor=1', 'limit=0', 'since=yesterday', 'status_class=200'])('refuses %s', async (query) => {
    expect(await ask('GET', '/deliveries/', { query: `?${query}` })).toMatchObject({
      status: 400,
      body: { errors: [{ pointer: expect.stringMatching(/^\/query/) }] },
    });
  });
});

describe('one delivery', () => {
  it('is shown with its payload and each attempt', async () => {
    const { id, event_id } = await waiting();
    await recordAttempts(api.db, [attemptOf({ id, endpoint_id: endpoint.id })]);
    await recordAttempts(api.db, [
      attemptOf(
        { id, endpoint_id: endpoint.id },
        { number: 2, status: null, errorClass: 'timeout', responseHeaders: null, responseBody: null },
      ),
    ]);
    const { body } = await ask('GET', '/deliveries/{id}', { id });
    expect(body).toMatchObject({ id, attempts: 2, last_error_class: 'timeout', payload: { id: event_id } });
    expect(body.attempt_log).toMatchObject([
      {
        number: 1,
        trigger: 'schedule',
        status: 500,
        timings: { connect_ms: 2 },
        response_body: 'no',
        remote_address: '203.0.113.7',
      },
      { number: 2, status: null, error_class: 'timeout', response_headers: null },
    ]);
    expect(await ask('GET', '/deliveries/{id}', { id: randomUUIDv7() })).toMatchObject({ status: 404 });
  });

  it('that is pending can be retried now, or cancelled', async () => {
    const { id } = await waiting();
    await recordAttempts(api.db, [
      attemptOf({ id, endpoint_id: endpoint.id }, { next: { state: 'pending', afterSeconds: 3_600 } }),
    ]);
    expect(await listDueDeliveries(api.db, endpoint.id, 10)).toEqual([]);
    expect(await ask('POST', '/deliveries/{id}/retry', { id })).toMatchObject({ status: 202, body: { id, attempts: 1 } });
    expect(await listDueDeliveries(api.db, endpoint.id, 10)).toMatchObject([{ id, trigger: 'manual' }]);
    expect(await ask('POST', '/deliveries/{id}/cancel', { id })).toMatchObject({
      status: 200,
      body: { state: 'cancelled', next_attempt_at: null },
    });
    expect(await listDueDeliveries(api.db, endpoint.id, 10)).toEqual([]);
    for (const path of ['/deliveries/{id}/retry', '/deliveries/{id}/cancel'])
      expect(await ask('POST', path, { id })).toMatchObject({
        status: 409,
        body: { detail: expect.stringMatching('is cancelled') },
      });
    const audit = await api.db.selectFrom('audit_log').select('action').where('target', '=', id).orderBy('id').execute();
    expect(audit.map(({ action }) => action)).toEqual(['delivery.retry', 'delivery.cancel']);
  });

  it('that is retried now goes before all others, and through an open breaker', async () => {
    const [first, second] = [await waiting(), await waiting()];
    const breaker = { breaker_state: 'open' as const, breaker_until: new Date(Date.now() + 600_000), breaker_trips: 3 };
    await api.db.updateTable('webhook_endpoint').set(breaker).where('id', '=', endpoint.id).execute();
    expect((await listDueDeliveries(api.db, endpoint.id, 10)).map(({ id }) => id)).toEqual([first.id, second.id]);
    await ask('POST', '/deliveries/{id}/retry', { id: second.id });
    expect((await listDueDeliveries(api.db, endpoint.id, 10)).map(({ id }) => id)).toEqual([second.id, first.id]);
    const { body } = await ask('POST', '/{id}/test', { id: endpoint.id });
    expect((await listDueDeliveries(api.db, endpoint.id, 10)).map(({ id }) => id)).toEqual([
      body.delivery_id,
      second.id,
      first.id,
    ]);
    expect(await findEndpoint(api.db, endpoint.id)).toMatchObject({
      ...{ breaker_state: 'half-open', breaker_until: null, breaker_trips: 3 },
    });
  });

  it('is replayed with the same bytes, each time under a new id', async () => {
    const { id, event_id } = await waiting();
    await recordAttempts(api.db, [attemptOf({ id, endpoint_id: endpoint.id }, { status: 200, next: { state: 'delivered' } })]);
    const [one, two] = [
      await ask('POST', '/deliveries/{id}/replay', { id }),
      await ask('POST', '/deliveries/{id}/replay', { id }),
    ];
    expect(one).toMatchObject({ status: 202, body: { replay_of: id, event_id, state: 'pending', attempts: 0 } });
    expect(new Set([id, one.body.id, two.body.id]).size).toBe(3);
    const due = await listDueDeliveries(api.db, endpoint.id, 10);
    expect(due.map(({ body }) => JSON.parse(body.toString()).id)).toEqual([event_id, event_id]);
  });

  it('is not sent when its endpoint is disabled or its payload is removed', async () => {
    const { id, event_id } = await waiting();
    await disableEndpoint(api.db, endpoint.id, 'failing');
    for (const path of ['/deliveries/{id}/retry', '/deliveries/{id}/replay'])
      expect(await ask('POST', path, { id })).toMatchObject({
        status: 409,
        body: { detail: expect.stringMatching('disabled') },
      });
    endpoint = await newEndpoint(api.db);
    const other = await waiting();
    await api.db.deleteFrom('outbox_event').where('id', 'in', [event_id, other.event_id]).execute();
    expect(await ask('POST', '/deliveries/{id}/replay', { id: other.id })).toMatchObject({
      status: 409,
      body: { detail: expect.stringMatching('removed') },
    });
    expect((await ask('GET', '/deliveries/{id}', { id: other.id })).body.payload).toBeNull();
  });
});

describe('dead letters', () => {
  it('are listed by filter, without other deliveries', async () => {
    await waiting();
    const [one, two] = [await dead(), await dead({ errorClass: 'tls_error' })];
    const of = `?endpoint_id=${endpoint.id}`;
    expect(idsOf((await ask('GET', '/dead-letters', { query: of })).body)).toEqual([two.id, one.id]);
    expect(idsOf((await ask('GET', '/dead-letters', { query: `${of}&error_class=tls_error` })).body)).toEqual([two.id]);
    expect(idsOf((await ask('GET', '/dead-letters', { query: `${of}&reason=exhausted` })).body)).toEqual([two.id, one.id]);
    expect(idsOf((await ask('GET', '/dead-letters', { query: `${of}&reason=expired` })).body)).toEqual([]);
    const { body } = await ask('GET', '/dead-letters', { query: `${of}&limit=1` });
    expect(idsOf((await ask('GET', '/dead-letters', { query: `${of}&cursor=${body.next}` })).body)).toEqual([one.id]);
    expect(body.data[0]).toMatchObject({ state: 'dead', dead_reason: 'exhausted', dead_at: expect.any(String) });
  });

  it('are exported as JSON with payloads, and as CSV without formula injection', async () => {
    const { id, event_id } = await dead({ error: '=cmd("x"), and more' });
    const json = await api.get(`${root}/dead-letters/export?endpoint_id=${endpoint.id}`);
    expect(json.headers.get('content-disposition')).toMatch(/^attachment; filename=dead-letters-.*\.json/);
    expect(await faultsOf('get', `${root}/dead-letters/export`, json)).toEqual([]);
    expect(await json.json()).toMatchObject([{ id, payload: { id: event_id } }]);
    const csv = await api.get(`${root}/dead-letters/export?format=csv&endpoint_id=${endpoint.id}`);
    expect(csv.headers.get('content-type')).toBe('text/csv; charset=utf-8');
    const [header, row, ...rest] = (await csv.text()).split('\r\n');
    expect(header).toMatch(/^id,endpoint_id,/);
    expect(row).toContain(`${id},${endpoint.id},`);
    expect(row).toContain(`"'=cmd(""x""), and more"`);
    expect(rest).toEqual(['']);
    const none = await api.get(`${root}/dead-letters/export?contact_id=${randomUUIDv7()}`);
    expect(await none.json()).toEqual([]);
  });

  it('are redriven one by one, with all retries', async () => {
    const { id } = await dead();
    expect(await ask('POST', '/dead-letters/{id}/redrive', { id })).toMatchObject({
      status: 202,
      body: { state: 'pending', dead_at: null },
    });
    expect(await listDueDeliveries(api.db, endpoint.id, 10)).toMatchObject([
      { id, trigger: 'redrive', attempts: 6, attemptsBefore: 6 },
    ]);
    expect(await ask('POST', '/dead-letters/{id}/redrive', { id })).toMatchObject({ status: 409 });
    expect(await ask('POST', '/dead-letters/{id}/redrive', { id: randomUUIDv7() })).toMatchObject({ status: 404 });
  });

  it('are redriven by filter in a workflow, after a dry run that changes nothing', async () => {
    await dead();
    await dead({ errorClass: 'tls_error' });
    const filter = { endpoint_id: endpoint.id, since: new Date(Date.now() - 60_000).toISOString() };
    const counted = await ask('POST', '/dead-letters/redrive', { body: { filter, dry_run: true } });
    expect(counted).toMatchObject({ status: 202, body: { matching: 2, redrivable: 2, redrive: null } });
    const { body } = await ask('POST', '/dead-letters/redrive', { body: { filter, rate_per_second: 20 } });
    expect(body).toMatchObject({ matching: 2, redrivable: 2, redrive: { workflow_id: `redrive/${body.redrive.id}` } });
    const { type, taskQueue } = await api.temporal.workflow.getHandle(body.redrive.workflow_id).describe();
    expect({ type, taskQueue }).toEqual({ type: 'redriveDeliveries', taskQueue: api.taskQueuePrefix });
    // No worker runs in this test, so that the progress is unknown.
    const seen = await ask('GET', '/redrives/{id}', { id: body.redrive.id });
    expect(seen).toMatchObject({ status: 200, body: { status: 'running', total: null } });
    expect(await ask('POST', '/redrives/{id}/cancel', { id: body.redrive.id })).toMatchObject({ status: 202 });
    expect(await ask('GET', '/redrives/{id}', { id: randomUUIDv7() })).toMatchObject({ status: 404 });
  });

  it('of disabled endpoints are counted, and start no workflow', async () => {
    await dead();
    await disableEndpoint(api.db, endpoint.id, 'gone');
    const filter = { endpoint_id: endpoint.id };
    expect(await ask('POST', '/dead-letters/redrive', { body: { filter } })).toMatchObject({
      body: { matching: 1, redrivable: 0, redrive: null },
    });
  });

  it('are discarded with a note, one or many', async () => {
    const [one, two, three] = [await dead(), await dead(), await dead()];
    expect(await ask('POST', '/dead-letters/{id}/discard', { id: one.id, body: { note: 'a test lead' } })).toMatchObject({
      status: 200,
      body: { state: 'discarded', note: 'a test lead' },
    });
    const filter = { endpoint_id: endpoint.id, ids: [one.id, two.id] };
    expect(await ask('POST', '/dead-letters/discard', { body: { filter, note: 'n', dry_run: true } })).toMatchObject({
      body: { matching: 1, discarded: 0 },
    });
    expect(await ask('POST', '/dead-letters/discard', { body: { filter, note: 'n' } })).toMatchObject({
      body: { matching: 1, discarded: 1 },
    });
    expect(idsOf((await ask('GET', '/dead-letters', { query: `?endpoint_id=${endpoint.id}` })).body)).toEqual([three.id]);
    expect(await ask('POST', '/dead-letters/{id}/discard', { id: three.id, body: { note: ' ' } })).toMatchObject({ status: 400 });
  });
});
