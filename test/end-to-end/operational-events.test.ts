import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { Webhook } from 'standardwebhooks';
import { publish } from '#test/db/delivery/delivery-rows.ts';
import { type Accord, startAccord } from '#test/setup/accord.ts';
import { eventually } from '#test/setup/eventually.ts';
import { type Answer, type Receiver, startReceiver } from '#test/setup/receiver.ts';
import { apiClient, type Subscription } from '#test/setup/webhook-subscriber.ts';

let accord: Accord;
let call: Awaited<ReturnType<typeof apiClient>>;
const receivers: Receiver[] = [];
beforeAll(async () => {
  accord = await startAccord({ providers: [], deliveryTiming: { lingerMs: 200 } });
  call = await apiClient(accord);
});
afterEach(async () => {
  const { data } = await call<{ data: Subscription[] }>('GET', '');
  for (const { id } of data) await call('DELETE', `/${id}`);
  await Promise.all(receivers.splice(0).map((receiver) => receiver.close()));
});
afterAll(() => accord.close());

async function subscribe(usually: Answer, settings: object) {
  const receiver = await startReceiver(usually);
  receivers.push(receiver);
  const endpoint = await call<Subscription>('POST', '', { url: receiver.url, ...settings });
  return { receiver, endpoint };
}

/** Subscribes to operational events. Returns the received ones with valid signatures. */
async function operate(...events: string[]) {
  const { receiver, endpoint } = await subscribe(200, { events });
  const verifier = new Webhook(endpoint.secret);
  return () =>
    receiver.received.map(
      ({ headers, body }) =>
        verifier.verify(body.toString(), headers as Record<string, string>) as { type: string; data: Record<string, unknown> },
    );
}

async function publishMany(count: number) {
  for (let sequence = 1; sequence <= count; sequence += 1) await publish(accord.db);
}

describe('the operator of an endpoint', () => {
  it('gets a report that it fails and, after a test event arrived and pending deliveries followed, that it recovered', async () => {
    const told = await operate('endpoint.failing', 'endpoint.recovered');
    const { receiver, endpoint } = await subscribe(503, { events: ['lead_update'], retry_schedule: [3_600] });
    await publishMany(12);
    await eventually(() => expect(told()).toHaveLength(1));
    expect(told()).toMatchObject([{ type: 'endpoint.failing', data: { endpoint_id: endpoint.id, error_class: 'server_error' } }]);
    await publishMany(3);
    receiver.usually = 200;
    const { delivery_id: tested } = await call<Record<string, string>>('POST', `/${endpoint.id}/test`);
    await eventually(() => expect(told()).toMatchObject([{}, { type: 'endpoint.recovered' }]));
    const arrived = receiver.received.map(({ deliveryId }) => deliveryId);
    expect(arrived).toContain(tested);
    await eventually(async () => {
      const { data } = await call<{ data: { attempts: number }[] }>(
        'GET',
        `/deliveries/?endpoint_id=${endpoint.id}&state=pending`,
      );
      expect(data.filter(({ attempts }) => attempts === 0)).toEqual([]);
    });
  });

  it('gets a report that it was disabled; once enabled, it gets the deliveries that it missed', async () => {
    const told = await operate('endpoint.disabled', 'delivery.exhausted');
    const { receiver, endpoint } = await subscribe(410, { events: ['lead_update'] });
    await publishMany(1);
    await eventually(() => expect(told()).toHaveLength(2));
    const [id] = receiver.received.map(({ deliveryId }) => deliveryId);
    expect(told().map(({ data }) => data)).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ endpoint_id: endpoint.id, delivery_id: id, reason: 'gone' }),
        expect.not.objectContaining({ delivery_id: id }),
      ]),
    );
    receiver.usually = 200;
    await call('POST', `/${endpoint.id}/enable`);
    await eventually(async () =>
      expect(await call('GET', `/deliveries/${id}`)).toMatchObject({ state: 'delivered', attempts: 2 }),
    );
    expect(await call('GET', `/${endpoint.id}`)).toMatchObject({ is_active: true, breaker: 'closed' });
  });
});
