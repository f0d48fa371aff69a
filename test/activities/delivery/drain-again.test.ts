import { describe, expect, it } from '@jest/globals';
import { replayDelivery } from '#db/delivery/delivery-actions.ts';
import { makeAllDueNow } from '#db/delivery/endpoint-health.ts';
import { type EndpointSettings, updateEndpoint } from '#db/delivery/endpoints.ts';
import { publishTestEvent } from '#db/delivery/outbox-events.ts';
import type { EndpointRow } from '#db/delivery/tables.ts';
import { testEventText } from '#domain/delivery/lead-event.ts';
import { encryptionKey } from '#test/db/delivery/delivery-rows.ts';
import { type Answer, startReceiver } from '#test/setup/receiver.ts';
import { useDrains } from './draining.ts';

const drains = useDrains();

async function subscriber(usually: Answer, settings: Partial<EndpointSettings> = {}) {
  const receiver = await startReceiver(usually);
  drains.cleanUp(() => receiver.close());
  return { receiver, endpoint: await drains.endpoint({ url: receiver.url, ...settings }) };
}

function tryOut({ id: endpointId }: EndpointRow) {
  const occurredAt = new Date();
  return publishTestEvent(drains.database.db, { endpointId, occurredAt, toText: (id) => testEventText(id, occurredAt) });
}

describe('a replay', () => {
  it.each<[string, Answer, object]>([
    ['delivered', 200, { state: 'delivered' }],
    ['dead', 302, { state: 'dead', dead_reason: 'permanent' }],
  ])('of a %s delivery sends the same bytes and event id under a new delivery id', async (_state, answer, expected) => {
    const { receiver, endpoint } = await subscriber(200);
    receiver.next.push(answer);
    await drains.publish();
    await drains.drain(endpoint);
    const [original] = await drains.deliveriesOf(endpoint);
    if (original) await replayDelivery(drains.database.db, original);
    await drains.drain(endpoint);
    const [before, replay] = await drains.deliveriesOf(endpoint);
    expect(before).toMatchObject({ ...expected, attempts: 1 });
    expect(replay).toMatchObject({ state: 'delivered', attempts: 1, replay_of: original?.id });
    const [first, second] = receiver.received;
    expect(second?.body).toEqual(first?.body);
    expect(second?.headers['webhook-id']).toBe(first?.headers['webhook-id']);
    expect([second?.deliveryId, second?.headers['x-webhook-attempt']]).toEqual([replay?.id, '1']);
  });
});

describe('a test event', () => {
  it('is sent once, whatever the endpoint subscribed to, and never redriven', async () => {
    const { receiver, endpoint } = await subscriber(500, { events: ['new_lead'], filters: { tags: ['vip'] }, max_retries: 5 });
    const { deliveryId } = await tryOut(endpoint);
    await drains.drain(endpoint, { lingerMs: 200 });
    expect(receiver.received).toMatchObject([{ deliveryId, headers: { 'x-webhook-event': 'webhook.test' } }]);
    receiver.usually = 200;
    const again = await tryOut(endpoint);
    await drains.drain(endpoint, { lingerMs: 200 });
    expect(receiver.received.map((each) => each.deliveryId)).toEqual([deliveryId, again.deliveryId]);
    expect((await drains.deliveriesOf(endpoint)).map(({ state }) => state)).toEqual(['dead', 'delivered']);
  });
});

describe('an endpoint with a retry schedule', () => {
  it('is retried by its schedule, with the last delay repeated, until its retries are used up', async () => {
    const { receiver, endpoint } = await subscriber(500, { retry_schedule: [60, 600], max_retries: 3 });
    await drains.publish();
    const minutes: (number | null)[] = [];
    for (let attempt = 1; attempt <= 4; attempt += 1) {
      const { nextInMs } = await drains.drain(endpoint);
      minutes.push(nextInMs && Math.round(nextInMs / 60_000));
      await makeAllDueNow(drains.database.db, endpoint.id);
    }
    expect(minutes).toEqual([1, 10, 10, null]);
    expect(await drains.deliveriesOf(endpoint)).toMatchObject([{ state: 'dead', dead_reason: 'exhausted', attempts: 4 }]);
    expect(receiver.received).toHaveLength(4);
  });
});

describe('an endpoint that changes', () => {
  it('gets its pending deliveries at its new URL, with its new headers', async () => {
    const { receiver: old, endpoint } = await subscriber(500, { retry_schedule: [3_600], custom_headers: { 'X-Token': 'old' } });
    await drains.publish();
    await drains.drain(endpoint);
    const now = await startReceiver(200);
    drains.cleanUp(() => now.close());
    const change = { url: now.url, custom_headers: { 'X-Token': 'new' } };
    await updateEndpoint(drains.database.db, encryptionKey, endpoint.id, change);
    await makeAllDueNow(drains.database.db, endpoint.id);
    await drains.drain(endpoint);
    expect(old.received).toMatchObject([{ headers: { 'x-token': 'old' } }]);
    expect(now.received).toMatchObject([{ headers: { 'x-token': 'new', 'x-webhook-attempt': '2' } }]);
    expect(now.received[0]?.deliveryId).toBe(old.received[0]?.deliveryId);
  });

  it('uses its new number of retries', async () => {
    const { receiver, endpoint } = await subscriber(500, { retry_schedule: [3_600], max_retries: 5 });
    await drains.publish();
    await drains.drain(endpoint);
    await updateEndpoint(drains.database.db, encryptionKey, endpoint.id, { max_retries: 0 });
    await makeAllDueNow(drains.database.db, endpoint.id);
    await drains.drain(endpoint);
    expect(await drains.deliveriesOf(endpoint)).toMatchObject([{ state: 'dead', dead_reason: 'exhausted', attempts: 2 }]);
    expect(receiver.received).toHaveLength(2);
  });
});
