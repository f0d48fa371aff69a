import { createHmac, randomUUIDv7 } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createDeliveryDeps } from '#activities/delivery/create-delivery-deps.ts';

import { type DrainInput, drainEndpoint } from '#activities/delivery/drain-endpoint.ts';
import { listAttempts } from '#db/delivery/attempts.ts';
import { makeNextDue } from '#db/delivery/delivery-actions.ts';
import { makeAllDueNow } from '#db/delivery/endpoint-health.ts';
import { listUnleasedEndpoints } from '#db/delivery/endpoint-leases.ts';
import { rotateSecret } from '#db/delivery/endpoint-secrets.ts';
import { deleteEndpoint, type EndpointSettings } from '#db/delivery/endpoints.ts';
import { publishTestEvent } from '#db/delivery/outbox-events.ts';
import type { EndpointRow } from '#db/delivery/tables.ts';
import { operationalEventTypes } from '#domain/delivery/operational-event.ts';
import { encryptionKey, newEndpoint, publish } from '#test/db/delivery/delivery-rows.ts';
import { useDatabase } from '#test/db/test-database.ts';
import { eventually } from '#test/setup/eventually.ts';
import { type Answer, type Receiver, startReceiver } from '#test/setup/receiver.ts';

const database = useDatabase();
const cleanUps: (() => Promise<unknown>)[] = [];
let deps: ReturnType<typeof createDeliveryDeps>;
/** The endpoint that subscribes to operational events. Its deliveries are written, not sent. */
let operator: EndpointRow;
beforeAll(() => {
  deps = createDeliveryDeps({
    ...{ db: database.db, databaseUrl: database.url, encryptionKey },
    ...{ allowPrivateAddresses: ['127.0.0.0/8'], requireHttps: false, log: { info() {}, warn() {} } },
  });
});
beforeEach(async () => {
  operator = await newEndpoint(database.db, { events: [...operationalEventTypes] });
});
afterAll(() => deps.close());
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
  await database.db.updateTable('webhook_endpoint').set({ is_active: false, deleted_at: new Date() }).execute();
});

/** An endpoint for all events, with immediate retries, and its receiver. */
async function subscriber(usually: Answer = 200, settings: Partial<EndpointSettings> = {}) {
  const receiver = await startReceiver(usually);
  cleanUps.push(() => receiver.close());
  const endpoint = await newEndpoint(database.db, { url: receiver.url, retry_schedule: [0], ...settings });
  return { receiver, endpoint, drain: (times?: Partial<DrainInput>) => drain(endpoint, times) };
}

function drain({ id: endpointId }: EndpointRow, times: Partial<DrainInput> = {}, signal = new AbortController().signal) {
  return drainEndpoint(deps, { endpointId, lingerMs: 0, stayAtMostMs: 20_000, ...times }, signal, Buffer.from('test'));
}

/** A drain that stays until it is stopped. */
function keepDraining(endpoint: EndpointRow) {
  const stop = new AbortController();
  const result = drain(endpoint, { lingerMs: 60_000, stayAtMostMs: 60_000 }, stop.signal);
  const end = () => {
    stop.abort();
    return result;
  };
  // Runs after the receiver has closed, so that the drain does not wait for its responses.
  cleanUps.unshift(end);
  return { end };
}

/** Updates of one contact, or of a contact each: no more than 20 of one contact wait for an endpoint. */
async function publishMany(count: number, contactId?: string) {
  for (let sequence = 1; sequence <= count; sequence += 1)
    await publish(database.db, { contactId: contactId ?? randomUUIDv7(), sequence });
}

const deliveriesOf = ({ id }: EndpointRow) =>
  database.db.selectFrom('webhook_delivery').selectAll().where('endpoint_id', '=', id).orderBy('id').execute();
const statesOf = async (endpoint: EndpointRow) => (await deliveriesOf(endpoint)).map(({ state }) => state);
const rowOf = ({ id }: EndpointRow) =>
  database.db.selectFrom('webhook_endpoint').selectAll().where('id', '=', id).executeTakeFirstOrThrow();
const setEndpoint = ({ id }: EndpointRow, columns: object) =>
  database.db.updateTable('webhook_endpoint').set(columns).where('id', '=', id).execute();
/** The operational events about an endpoint, oldest first. */
async function eventsAbout({ id }: EndpointRow, of = operator) {
  const rows = await database.db
    .selectFrom('webhook_delivery')
    .innerJoin('outbox_event', 'outbox_event.id', 'webhook_delivery.event_id')
    .select('body')
    .where('endpoint_id', '=', of.id)
    .orderBy('webhook_delivery.id')
    .execute();
  return rows.map(({ body }) => JSON.parse(body.toString())).filter(({ data }) => data.endpoint_id === id);
}
const typesToldOf = async (endpoint: EndpointRow) => (await eventsAbout(endpoint)).map(({ type }) => type);
const ids = ({ received }: Receiver) => received.map(({ deliveryId }) => deliveryId);

describe('a due delivery', () => {
  it('is signed, posted, and delivered once a 2xx is stored', async () => {
    const { receiver, endpoint, drain } = await subscriber();
    await publishMany(30);
    expect(await drain()).toMatchObject({ nextAt: null, pending: 0, breaker: 'closed' });
    expect(new Set(await statesOf(endpoint))).toEqual(new Set(['delivered']));
    expect(ids(receiver).toSorted()).toEqual((await deliveriesOf(endpoint)).map(({ id }) => id));
    const [{ headers, body }] = receiver.received as [Receiver['received'][number]];
    expect(headers['x-webhook-signature']).toBe(createHmac('sha256', 'whsec_c2VjcmV0').update(body).digest('hex'));
    expect(headers).toMatchObject({ 'x-webhook-event': 'lead_update', 'x-webhook-attempt': '1' });
  });

  it('is posted at once while a drain lingers, without a workflow task', async () => {
    const { receiver, endpoint } = await subscriber();
    keepDraining(endpoint);
    await eventually(async () => expect(await listUnleasedEndpoints(database.db, [endpoint.id])).toEqual([]));
    await publishMany(3);
    // Without the notification, after 10 seconds.
    await eventually(() => expect(receiver.received).toHaveLength(3), 8_000);
  });

  it('is posted while an earlier one hangs', async () => {
    const { receiver, endpoint } = await subscriber();
    receiver.next.push('hang');
    keepDraining(endpoint);
    await publishMany(25);
    await eventually(async () => expect((await statesOf(endpoint)).filter((state) => state === 'delivered')).toHaveLength(24));
  });
});

describe('a failed attempt', () => {
  it('is retried under the same delivery id, with the same bytes, until the retries are used up', async () => {
    const { receiver, endpoint, drain } = await subscriber(500, { max_retries: 2 });
    await publishMany(1);
    await drain({ lingerMs: 500 });
    const [delivery] = await deliveriesOf(endpoint);
    expect(delivery).toMatchObject({ state: 'dead', dead_reason: 'exhausted', attempts: 3, last_status: 500 });
    expect(new Set(ids(receiver)).size).toBe(1);
    expect(new Set(receiver.received.map(({ body }) => body.toString())).size).toBe(1);
    expect(receiver.received.map(({ headers }) => headers['x-webhook-attempt'])).toEqual(['1', '2', '3']);
    const attempts = await listAttempts(database.db, delivery?.id as string);
    expect(attempts.map(({ number, status, response_body }) => [number, status, response_body])).toEqual([
      [1, 500, 'no'],
      [2, 500, 'no'],
      [3, 500, 'no'],
    ]);
    const data = { endpoint_id: endpoint.id, delivery_id: delivery?.id, reason: 'exhausted' };
    expect(await eventsAbout(endpoint)).toMatchObject([{ event: 'delivery.exhausted', type: 'delivery.exhausted', data }]);
  });

  it('is retried by the schedule or by Retry-After, whichever is later, up to a maximum', async () => {
    const { receiver, endpoint, drain } = await subscriber(500, { retry_schedule: null });
    receiver.next.push({ status: 429, headers: { 'retry-after': '86400' } });
    await publishMany(1);
    const { nextAt, pending, lastError } = await drain();
    expect(Date.parse(nextAt as string) - Date.now()).toBeGreaterThan(3_590_000);
    expect(Date.parse(nextAt as string) - Date.now()).toBeLessThan(3_601_000);
    expect({ pending, lastError }).toEqual({ pending: 1, lastError: expect.any(String) });
    await makeAllDueNow(database.db, endpoint.id);
    const second = await drain();
    expect(Date.parse(second.nextAt as string) - Date.now()).toBeLessThan(2_100);
    expect((await listAttempts(database.db, ids(receiver)[0] as string)).map(({ trigger }) => trigger)).toEqual([
      'schedule',
      'manual',
    ]);
  });

  it.each<[string, Answer, object]>([
    [
      'by a redirect',
      { status: 302, headers: { location: 'http://169.254.169.254/' } },
      { dead_reason: 'permanent', last_status: 302 },
    ],
    ['by 410', 410, { dead_reason: 'gone', last_status: 410 }],
  ])('%s makes the delivery dead at once', async (_what, answer, expected) => {
    const { receiver, endpoint, drain } = await subscriber(answer);
    await publishMany(1);
    await drain();
    expect(await deliveriesOf(endpoint)).toMatchObject([{ state: 'dead', attempts: 1, ...expected }]);
    expect(receiver.received).toHaveLength(1);
  });

  it('by 410 disables the endpoint and holds its pending deliveries', async () => {
    const { receiver, endpoint, drain } = await subscriber(200, { ordered: true });
    receiver.next.push(410);
    await publishMany(3, randomUUIDv7());
    expect(await drain()).toMatchObject({ nextAt: null, pending: 2, disabledReason: 'gone' });
    expect(await rowOf(endpoint)).toMatchObject({ is_active: false, disabled_reason: 'gone' });
    expect(await statesOf(endpoint)).toEqual(['dead', 'pending', 'pending']);
    expect(await eventsAbout(endpoint)).toMatchObject([
      { type: 'delivery.exhausted', data: { reason: 'gone' } },
      { type: 'endpoint.disabled', data: { reason: 'gone' } },
    ]);
  });
});

describe('the breaker', () => {
  it('opens when half of ten attempts fail, keeps the retries of held deliveries, and later lets one through at a time', async () => {
    const { receiver, endpoint, drain } = await subscriber(503, { retry_schedule: [3_600] });
    await publishMany(25);
    const { nextAt, breaker, openUntil } = await drain();
    expect({ breaker, nextAt }).toEqual({ breaker: 'open', nextAt: openUntil });
    expect(Date.parse(openUntil as string) - Date.now()).toBeGreaterThan(25_000);
    const tried = receiver.received.length;
    expect(tried).toBeLessThan(25);
    expect((await deliveriesOf(endpoint)).filter(({ attempts }) => attempts === 0)).toHaveLength(25 - tried);
    expect(await eventsAbout(endpoint)).toMatchObject([{ type: 'endpoint.failing', data: { error_class: 'server_error' } }]);

    await setEndpoint(endpoint, { breaker_until: new Date(Date.now() - 1) });
    expect(await drain()).toMatchObject({ breaker: 'open' });
    expect(receiver.received).toHaveLength(tried + 1);
    expect(await rowOf(endpoint)).toMatchObject({ breaker_state: 'open', breaker_trips: 2 });
  });

  it('is not closed by an attempt that was in flight when it opened, and no recovery is reported', async () => {
    const { receiver, endpoint } = await subscriber(500, { max_retries: 0 });
    let answer = () => {};
    receiver.next.push((response) => {
      answer = () => response.writeHead(200).end();
    });
    await publishMany(12);
    const ended = drain(endpoint);
    await eventually(async () => expect(await rowOf(endpoint)).toMatchObject({ breaker_state: 'open' }));
    answer();
    expect(await ended).toMatchObject({ breaker: 'open' });
    const types = await typesToldOf(endpoint);
    expect(types.filter((type) => type !== 'delivery.exhausted')).toEqual(['endpoint.failing']);
    expect(types.filter((type) => type === 'delivery.exhausted').length).toBeGreaterThanOrEqual(10);
  });

  it('closes at the first success, and all held deliveries are sent', async () => {
    const { receiver, endpoint, drain } = await subscriber(503, { retry_schedule: [3_600] });
    await publishMany(25);
    await drain();
    receiver.usually = 200;
    const held = (await deliveriesOf(endpoint)).filter(({ attempts }) => attempts === 0).length;
    await setEndpoint(endpoint, { breaker_until: new Date(Date.now() - 1) });
    expect(await drain()).toMatchObject({ breaker: 'closed', pending: 25 - held });
    expect(await rowOf(endpoint)).toMatchObject({ breaker_state: 'closed', breaker_trips: 0, failing_since: null });
  });

  it('lets one delivery through on retryNow', async () => {
    const { receiver, endpoint, drain } = await subscriber(503, { retry_schedule: [3_600] });
    await publishMany(12);
    await drain();
    receiver.usually = 200;
    await makeAllDueNow(database.db, endpoint.id);
    expect(await drain()).toMatchObject({ breaker: 'closed', pending: 0, nextAt: null });
  });

  it('lets a test event and a manual retry through, and closes when one arrives', async () => {
    const { receiver, endpoint, drain } = await subscriber(503, { retry_schedule: [3_600] });
    await publishMany(25);
    await drain();
    const tried = receiver.received.length;
    const test = { endpointId: endpoint.id, occurredAt: new Date(), toText: () => '{}' };
    const { deliveryId } = await publishTestEvent(database.db, test);
    await makeNextDue(database.db, deliveryId, 'test');
    // It fails: the breaker opens again, and the test event is dead.
    expect(await drain()).toMatchObject({ breaker: 'open' });
    expect(ids(receiver).slice(tried)).toEqual([deliveryId]);
    expect((await deliveriesOf(endpoint)).find(({ id }) => id === deliveryId)).toMatchObject({ state: 'dead', attempts: 1 });

    receiver.usually = 200;
    const last = (await deliveriesOf(endpoint)).findLast(({ state }) => state === 'pending')?.id as string;
    await makeNextDue(database.db, last, 'manual');
    expect(await drain()).toMatchObject({ breaker: 'closed' });
    expect(ids(receiver)[tried + 1]).toBe(last);
    expect((await deliveriesOf(endpoint)).filter(({ attempts }) => attempts === 0)).toEqual([]);
  });
});

describe('an endpoint that recovers', () => {
  it('gets the dead letters of its outage once, and a delivery that it always refuses stays dead', async () => {
    const { receiver, endpoint, drain } = await subscriber(500, { max_retries: 0 });
    await publishMany(2);
    await drain();
    expect(await statesOf(endpoint)).toEqual(['dead', 'dead']);
    const poison = (await deliveriesOf(endpoint))[1]?.id;
    receiver.usually = (response) => {
      const isPoison = response.req.headers['x-webhook-delivery-id'] === poison;
      response.writeHead(isPoison ? 500 : 200).end();
    };
    for (let more = 1; more <= 6; more += 1) {
      await publishMany(2);
      await drain({ lingerMs: 200 });
    }
    expect(await statesOf(endpoint)).toEqual(['delivered', 'dead', ...Array(12).fill('delivered')]);
    expect(ids(receiver).filter((id) => id === poison)).toHaveLength(4);
    expect(await rowOf(endpoint)).toMatchObject({ redrive_since: null });
    expect(await typesToldOf(endpoint)).toContain('endpoint.recovered');
  });
});

describe('an endpoint that has failed for 72 hours', () => {
  it('is disabled with the next failure', async () => {
    const { endpoint, drain } = await subscriber(500);
    const hoursAgo = (hours: number) => new Date(Date.now() - hours * 3_600_000);
    await setEndpoint(endpoint, { failing_since: hoursAgo(73), last_failure_at: hoursAgo(20) });
    await publishMany(1);
    expect(await drain()).toMatchObject({ disabledReason: 'failing', nextAt: null });
    expect(await rowOf(endpoint)).toMatchObject({ is_active: false, disabled_reason: 'failing' });
  });

  it('was reported at half and at three quarters of that time, once each', async () => {
    const { endpoint, drain } = await subscriber(500, { max_retries: 0 });
    const hoursAgo = (hours: number) => new Date(Date.now() - hours * 3_600_000);
    // Hours since its first and since its last failure.
    for (const [hours, pause] of [
      [30, 10],
      [37, 7],
      [40, 3],
      [55, 15],
      [60, 5],
    ] as const) {
      await setEndpoint(endpoint, { failing_since: hoursAgo(hours), last_failure_at: hoursAgo(pause) });
      await publishMany(1);
      await drain();
    }
    const warnings = (await eventsAbout(endpoint)).filter(({ type }) => type === 'endpoint.disable_warning');
    expect(warnings.map(({ data }) => data.percent)).toEqual([50, 75]);
    expect(await rowOf(endpoint)).toMatchObject({ is_active: true });
  });

  it('is not disabled after two failures with days of silence between them', async () => {
    const { endpoint, drain } = await subscriber(500);
    const hoursAgo = (hours: number) => new Date(Date.now() - hours * 3_600_000);
    await setEndpoint(endpoint, { failing_since: hoursAgo(73), last_failure_at: hoursAgo(73) });
    await publishMany(1);
    await drain();
    expect(await rowOf(endpoint)).toMatchObject({ is_active: true });
  });
});

describe('an endpoint that changes during a drain', () => {
  it('has its pending deliveries cancelled when it is deleted', async () => {
    const { receiver, endpoint } = await subscriber(500, { retry_schedule: [3_600] });
    keepDraining(endpoint);
    await publishMany(2);
    await eventually(() => expect(receiver.received).toHaveLength(2));
    await deleteEndpoint(database.db, endpoint.id);
    await eventually(async () => expect(await statesOf(endpoint)).toEqual(['cancelled', 'cancelled']));
    expect(await drain(endpoint)).toMatchObject({ nextAt: null, pending: 0 });
    expect(receiver.received).toHaveLength(2);
  });

  it('gets retries signed with its new secret', async () => {
    const { receiver, endpoint } = await subscriber(200, { retry_schedule: [3_600] });
    receiver.next.push(500);
    keepDraining(endpoint);
    await publishMany(1);
    await eventually(async () => expect(await deliveriesOf(endpoint)).toMatchObject([{ attempts: 1 }]));
    const secret = 'whsec_bmV3IHNlY3JldA==';
    await rotateSecret(database.db, encryptionKey, { id: endpoint.id, secret, overlapSeconds: 60 });
    await makeAllDueNow(database.db, endpoint.id);
    await eventually(() => expect(receiver.received).toHaveLength(2));
    const { headers, body } = receiver.received[1] as Receiver['received'][number];
    const sign = (key: string) => createHmac('sha256', key).update(body).digest('hex');
    expect(headers).toMatchObject({
      'x-webhook-signature': sign(secret),
      'x-webhook-signature-previous': sign('whsec_c2VjcmV0'),
    });
  });
});

describe('an endpoint', () => {
  it('that is ordered gets the next event of a lead when the one before is settled, without delaying other leads', async () => {
    const { receiver, endpoint } = await subscriber(200, { ordered: true, retry_schedule: [1] });
    receiver.next.push(500);
    const [one, other] = [randomUUIDv7(), randomUUIDv7()];
    await publishMany(3, one);
    await publishMany(2, other);
    keepDraining(endpoint);
    await eventually(async () => expect(new Set(await statesOf(endpoint))).toEqual(new Set(['delivered'])));
    const rows = new Map((await deliveriesOf(endpoint)).map((row) => [row.id, row]));
    const sequences = (contactId: string) =>
      ids(receiver).flatMap((id) => (rows.get(id)?.contact_id === contactId ? [Number(rows.get(id)?.sequence)] : []));
    expect(sequences(one)).toEqual([1, 1, 2, 3]);
    expect(sequences(other)).toEqual([1, 2]);
  });

  it('with a rate limit gets no more deliveries per second', async () => {
    const { receiver, drain } = await subscriber(200, { rate_per_second: 20 });
    await publishMany(8);
    await drain();
    const { received } = receiver;
    expect(received).toHaveLength(8);
    // They start 50 ms apart, and a busy receiver may take the first one late.
    expect((received[7]?.at ?? 0) - (received[0]?.at ?? 0)).toBeGreaterThanOrEqual((7 * 50) / 2);
  });
});

describe('a failure of Accord', () => {
  it('repeats an attempt that could not be stored, under the same delivery id', async () => {
    const { receiver, endpoint } = await subscriber();
    let failures = 3;
    const broken = {
      ...deps,
      record: (attempt: never) => (failures-- > 0 ? Promise.reject(new Error('away')) : deps.record(attempt)),
    };
    await publishMany(1);
    const times = { endpointId: endpoint.id, lingerMs: 0, stayAtMostMs: 10_000 };
    const signal = new AbortController().signal;
    for (let tries = 0; tries < 3; tries += 1)
      await expect(drainEndpoint(broken, times, signal, Buffer.from('test'))).rejects.toThrow('away');
    await drainEndpoint(broken, times, signal, Buffer.from('test'));
    expect(await statesOf(endpoint)).toEqual(['delivered']);
    expect(receiver.received).toHaveLength(4);
    expect(new Set(ids(receiver)).size).toBe(1);
  });

  it('a drain that is stopped finishes and stores its attempts in flight', async () => {
    const { receiver, endpoint } = await subscriber();
    const answers: (() => void)[] = [];
    receiver.usually = (response) => answers.push(() => response.writeHead(200).end());
    const { end } = keepDraining(endpoint);
    await publishMany(15);
    await eventually(() => expect(answers).toHaveLength(10));
    const ended = end();
    for (const answer of answers) answer();
    expect(await ended).toMatchObject({ pending: 5 });
    expect((await statesOf(endpoint)).filter((state) => state === 'delivered')).toHaveLength(10);
  });
});
