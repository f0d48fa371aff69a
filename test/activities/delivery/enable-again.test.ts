import { describe, expect, it } from '@jest/globals';
import { redriveMissed } from '#db/delivery/auto-redrive.ts';
import { listOverdueEndpoints } from '#db/delivery/endpoint-leases.ts';
import { disableEndpoint, updateEndpoint } from '#db/delivery/endpoints.ts';
import type { DisabledReason, EndpointRow } from '#db/delivery/tables.ts';
import { encryptionKey, newEndpoint } from '#test/db/delivery/delivery-rows.ts';
import { eventually } from '#test/setup/eventually.ts';
import { untilLocksWait } from '#test/setup/lock-waits.ts';
import { type Answer, type Receiver, startReceiver } from '#test/setup/receiver.ts';
import { shiftClock } from '#test/setup/shift-clock.ts';
import { useDrains } from './draining.ts';

const drains = useDrains();
const enable = ({ id }: EndpointRow) => updateEndpoint(drains.database.db, encryptionKey, id, { is_active: true });
const setEndpoint = ({ id }: EndpointRow, columns: object) =>
  drains.database.db.updateTable('webhook_endpoint').set(columns).where('id', '=', id).execute();
const statesOf = async (endpoint: EndpointRow) => (await drains.deliveriesOf(endpoint)).map(({ state }) => state);
const ids = ({ received }: Receiver) => received.map(({ deliveryId }) => deliveryId);

async function publishMany(count: number) {
  for (let sequence = 1; sequence <= count; sequence += 1) await drains.publish({ sequence });
}

/** Whether the sweep would signal its workflow now. */
async function isForgotten({ id }: EndpointRow): Promise<boolean> {
  return (await listOverdueEndpoints(drains.database.db, { olderThanSeconds: 0, limit: 10 })).includes(id);
}

async function subscriber(usually: Answer) {
  const receiver = await startReceiver(usually);
  drains.cleanUp(() => receiver.close());
  const endpoint = await drains.endpoint({ url: receiver.url, max_retries: 0 });
  const operator = await newEndpoint(drains.database.db, { events: ['endpoint.failing', 'endpoint.recovered'] });
  const told = async () => (await drains.deliveriesOf(operator)).map(({ event_type }) => event_type);
  return { receiver, endpoint, told, drain: (lingerMs = 0) => drains.drain(endpoint, { lingerMs }) };
}

/** An endpoint that was disabled with `dead` dead letters and `held` pending deliveries. It would now respond with 200. */
async function disabled(reason: DisabledReason, { dead, held = 0 }: { dead: number; held?: number }) {
  const subscribed = await subscriber(500);
  const { receiver, endpoint, drain } = subscribed;
  await publishMany(dead);
  await drain();
  await publishMany(held);
  await disableEndpoint(drains.database.db, endpoint.id, reason);
  receiver.usually = 200;
  receiver.received.length = 0;
  return subscribed;
}

describe('an endpoint that is enabled', () => {
  it('gets one dead letter as a test, and the others, oldest first, once that arrived', async () => {
    const { receiver, endpoint, told, drain } = await disabled('failing', { dead: 5 });
    const [first] = (await drains.deliveriesOf(endpoint)).toSorted((one, other) => Number(one.dead_at) - Number(other.dead_at));
    const answers: (() => void)[] = [];
    receiver.usually = (response) => answers.push(() => response.writeHead(200).end());
    expect(await enable(endpoint)).toMatchObject({ breaker_state: 'half-open', redrive_since: expect.any(Date) });
    expect(await isForgotten(endpoint)).toBe(true);
    const ended = drain(200);
    await eventually(() => expect(answers).toHaveLength(1));
    expect(receiver.received).toHaveLength(1);
    receiver.usually = 200;
    answers[0]?.();
    expect(await ended).toMatchObject({ breaker: 'closed', pending: 0 });
    expect(await statesOf(endpoint)).toEqual(Array(5).fill('delivered'));
    expect(ids(receiver)[0]).toBe(first?.id);
    expect(await drains.rowOf(endpoint)).toMatchObject({ redrive_since: null, redrive_until: null });
    expect(await told()).toEqual(['endpoint.recovered']);
    expect(await isForgotten(endpoint)).toBe(false);
  });

  it('gets pending deliveries before dead letters', async () => {
    const { receiver, endpoint, drain } = await disabled('gone', { dead: 3, held: 2 });
    const [died, held] = [(await drains.deliveriesOf(endpoint)).slice(0, 3), (await drains.deliveriesOf(endpoint)).slice(3)];
    await enable(endpoint);
    await drain(200);
    expect(ids(receiver).slice(0, 2)).toEqual(held.map(({ id }) => id));
    expect(ids(receiver).slice(2).toSorted()).toEqual(died.map(({ id }) => id));
  });

  it('gets the delivery that it answered with 410', async () => {
    const { receiver, endpoint, drain } = await subscriber(410);
    await publishMany(1);
    expect(await drain()).toMatchObject({ disabledReason: 'gone' });
    receiver.usually = 200;
    await enable(endpoint);
    await drain();
    expect(await drains.deliveriesOf(endpoint)).toMatchObject([{ state: 'delivered', attempts: 2 }]);
  });

  it('is reported after one failed test, and tested again when the breaker allows', async () => {
    const { receiver, endpoint, told, drain } = await disabled('failing', { dead: 3 });
    receiver.usually = 500;
    await enable(endpoint);
    expect(await drain()).toMatchObject({ breaker: 'open', pending: 0, nextAt: null });
    expect(receiver.received).toHaveLength(1);
    expect(await told()).toEqual(['endpoint.failing']);
    expect(await isForgotten(endpoint)).toBe(false);
    await setEndpoint(endpoint, { breaker_until: new Date(Date.now() - 1) });
    expect(await isForgotten(endpoint)).toBe(true);
    receiver.usually = 200;
    await drain(200);
    expect(await statesOf(endpoint)).toEqual(Array(3).fill('delivered'));
  });

  it('gets no dead letters from before an operator disabled it', async () => {
    const { receiver, endpoint, drain } = await disabled('operator', { dead: 2, held: 1 });
    expect(await enable(endpoint)).toMatchObject({ breaker_state: 'closed', redrive_since: null });
    await drain();
    expect(receiver.received).toHaveLength(1);
    expect(await statesOf(endpoint)).toEqual(['dead', 'dead', 'delivered']);
  });

  it('is not signalled forever when it has no dead letter to redrive', async () => {
    const { receiver, endpoint, drain } = await disabled('failing', { dead: 1 });
    await drains.database.db
      .updateTable('webhook_delivery')
      .set({ state: 'discarded' })
      .where('endpoint_id', '=', endpoint.id)
      .execute();
    await enable(endpoint);
    expect(await isForgotten(endpoint)).toBe(true);
    expect(await drain()).toMatchObject({ pending: 0, nextAt: null });
    expect([await isForgotten(endpoint), receiver.received]).toEqual([false, []]);
  });

  it('keeps a redrive period that is set while an earlier one ends', async () => {
    const { endpoint } = await disabled('failing', { dead: 0 });
    const { db } = drains.database;
    const until = new Date(Date.now() - 60_000);
    await setEndpoint(endpoint, { is_active: true, redrive_since: until, redrive_until: until });
    let redriven = Promise.resolve(0);
    await db.transaction().execute(async (tx) => {
      const again = { redrive_until: new Date(Date.now() + 60_000) };
      await tx.updateTable('webhook_endpoint').set(again).where('id', '=', endpoint.id).execute();
      redriven = redriveMissed(db, endpoint.id, 20);
      await untilLocksWait(drains.database.db);
    });
    expect(await redriven).toBe(0);
    expect(await drains.rowOf(endpoint)).toMatchObject({ redrive_since: until });
    await redriveMissed(db, endpoint.id, 20);
    expect(await drains.rowOf(endpoint)).toMatchObject({ redrive_since: null });
  });
});

describe('a worker whose clock is wrong', () => {
  it.each([
    ['slow', -3_600_000],
    ['fast', 3_600_000],
  ])('by an hour, %s, redrives the dead letters of an outage', async (_how, skewMs) => {
    drains.cleanUp(async () => restore());
    const restore = shiftClock(skewMs);
    const { receiver, endpoint, told, drain } = await subscriber(500);
    await publishMany(2);
    await drain();
    receiver.usually = 200;
    await publishMany(1);
    await drain(200);
    expect(await statesOf(endpoint)).toEqual(Array(3).fill('delivered'));
    expect(await told()).toEqual(['endpoint.recovered']);

    receiver.usually = 410;
    await publishMany(1);
    await drain();
    receiver.usually = 200;
    await enable(endpoint);
    await drain(200);
    expect(await statesOf(endpoint)).toEqual(Array(4).fill('delivered'));
  });
});
