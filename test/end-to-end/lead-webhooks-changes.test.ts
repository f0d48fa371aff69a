import { afterAll, afterEach, beforeAll, expect, it } from '@jest/globals';
import { Webhook } from 'standardwebhooks';
import { publishLeadEvent } from '#db/delivery/outbox-events.ts';
import { leadEvent } from '#test/db/delivery/delivery-rows.ts';
import { type Accord, startAccord } from '#test/setup/accord.ts';
import { eventually } from '#test/setup/eventually.ts';
import { type Answer, type Receiver, startReceiver } from '#test/setup/receiver.ts';
import { apiClient, type Subscription } from '#test/setup/webhook-subscriber.ts';

/** Operations on an endpoint during its drain. */

let accord: Accord;
let call: Awaited<ReturnType<typeof apiClient>>;
const cleanUps: (() => Promise<unknown>)[] = [];
beforeAll(async () => {
  accord = await startAccord({ providers: [], deliveryTiming: { lingerMs: 500 } });
  call = await apiClient(accord);
});
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0)) await cleanUp();
});
afterAll(() => accord.close());

async function subscribe(usually: Answer = 200, settings: object = {}) {
  const receiver = await startReceiver(usually);
  const endpoint = await call<Subscription>('POST', '', { url: receiver.url, events: ['lead_update'], ...settings });
  cleanUps.push(async () => {
    await call('DELETE', `/${endpoint.id}`).catch(() => {});
    await receiver.close();
  });
  return { receiver, endpoint };
}

async function publishMany(count: number) {
  for (let sequence = 1; sequence <= count; sequence += 1) await publishLeadEvent(accord.db, leadEvent({ sequence }));
}

async function countStates({ id }: Subscription): Promise<Record<string, number>> {
  const rows = await accord.db.selectFrom('webhook_delivery').select('state').where('endpoint_id', '=', id).execute();
  const states = Object.groupBy(rows, ({ state }) => state);
  return Object.fromEntries(Object.entries(states).map(([state, each]) => [state, each.length]));
}

const distinct = ({ received }: Receiver) => new Set(received.map(({ deliveryId }) => deliveryId)).size;

it('an endpoint with a rate limit gets all deliveries at once when the limit is removed', async () => {
  const { receiver, endpoint } = await subscribe(200, { rate_per_second: 1 });
  await publishMany(100);
  await eventually(() => expect(receiver.received.length).toBeGreaterThan(1));
  expect(receiver.received.length).toBeLessThan(20);
  await call('PATCH', `/${endpoint.id}`, { rate_per_second: null });
  await eventually(async () => expect(await countStates(endpoint)).toEqual({ delivered: 100 }));
  expect([receiver.received.length, distinct(receiver)]).toEqual([100, 100]);
});

it('a disabled endpoint holds its pending deliveries, and gets each once when it is enabled', async () => {
  const { receiver, endpoint } = await subscribe(200, { rate_per_second: 5 });
  await publishMany(60);
  await eventually(() => expect(receiver.received.length).toBeGreaterThan(2));
  await call('POST', `/${endpoint.id}/disable`);
  await eventually(async () => expect(await isServed(endpoint)).toBe(false));
  const { pending = 0, delivered } = await countStates(endpoint);
  expect(pending).toBeGreaterThan(0);
  expect(delivered).toBe(receiver.received.length);
  await call('PATCH', `/${endpoint.id}`, { rate_per_second: null, is_active: true });
  await eventually(async () => expect(await countStates(endpoint)).toEqual({ delivered: 60 }));
  expect([receiver.received.length, distinct(receiver)]).toEqual([60, 60]);
});

async function isServed({ id }: Subscription): Promise<boolean> {
  return (await accord.db.selectFrom('webhook_serving').select('until').where('endpoint_id', '=', id).execute()).length > 0;
}

it('a secret that is rotated twice during a drain leaves no receiver without a valid signature', async () => {
  const { receiver, endpoint } = await subscribe(200, { rate_per_second: 100 });
  const publishing = publishMany(150);
  const secrets = [endpoint.secret];
  for (const count of [20, 60]) {
    await eventually(() => expect(receiver.received.length).toBeGreaterThan(count));
    const { secret } = await call<{ secret: string }>('POST', `/${endpoint.id}/rotate-secret`, { overlap_hours: 1 });
    secrets.push(secret);
  }
  await publishing;
  await eventually(async () => expect(await countStates(endpoint)).toEqual({ delivered: 150 }));
  for (const { body, headers } of receiver.received)
    expect(() => new Webhook(secrets[0] as string).verify(body, headers as Record<string, string>)).not.toThrow();
  const { body, headers } = receiver.received.at(-1) as Receiver['received'][number];
  expect(() => new Webhook(secrets[2] as string).verify(body, headers as Record<string, string>)).not.toThrow();
});

it('an endpoint that is deleted during a redrive leaves nothing pending', async () => {
  const { receiver, endpoint } = await subscribe(302);
  // One fewer than opens the breaker.
  await publishMany(9);
  await eventually(async () => expect(await countStates(endpoint)).toEqual({ dead: 9 }));
  receiver.usually = 200;
  const body = { filter: { endpoint_id: endpoint.id }, rate_per_second: 2 };
  const { redrive } = await call<{ redrive: { id: string } }>('POST', '/dead-letters/redrive', body);
  await eventually(async () => expect((await countStates(endpoint)).delivered ?? 0).toBeGreaterThan(0));
  await call('DELETE', `/${endpoint.id}`);
  const stateOf = async () => (await call<{ status: string }>('GET', `/redrives/${redrive.id}`)).status;
  await eventually(async () => expect(await stateOf()).toBe('completed'));
  await eventually(async () => expect(await countStates(endpoint)).not.toHaveProperty('pending'));
  const { dead = 0, delivered = 0, cancelled = 0 } = await countStates(endpoint);
  expect(dead).toBeGreaterThan(0);
  expect(dead + delivered + cancelled).toBe(9);
});
