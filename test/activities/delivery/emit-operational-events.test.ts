import { afterEach, describe, expect, it } from '@jest/globals';
import { emitOperationalEvents } from '#activities/delivery/emit-operational-events.ts';
import { storeAttempts } from '#activities/delivery/store-attempts.ts';
import { listDueDeliveries } from '#db/delivery/deliveries.ts';
import { deleteEndpoint, disableEndpoint } from '#db/delivery/endpoints.ts';
import { publishTestEvent } from '#db/delivery/outbox-events.ts';
import type { EndpointRow } from '#db/delivery/tables.ts';
import { readTotals } from '#db/delivery/totals.ts';
import { type OperationalEvent, operationalEventTypes } from '#domain/delivery/operational-event.ts';
import { attemptOf, newEndpoint, publish } from '#test/db/delivery/delivery-rows.ts';
import { useDatabase } from '#test/db/test-database.ts';

const database = useDatabase();
const everything = { events: [...operationalEventTypes] };
afterEach(async () => {
  await database.db.updateTable('webhook_endpoint').set({ is_active: false, deleted_at: new Date() }).execute();
});

const tell = (...events: OperationalEvent[]) => database.db.transaction().execute((tx) => emitOperationalEvents(tx, events));
const recovered = (endpointId: string): OperationalEvent => ({ type: 'endpoint.recovered', endpointId, at: new Date() });
const dueAt = ({ id }: EndpointRow) => listDueDeliveries(database.db, id, 100);
const typesDueAt = async (endpoint: EndpointRow) => (await dueAt(endpoint)).map(({ eventType }) => eventType);
const totalOf = async (type: OperationalEvent['type']) => (await readTotals(database.db, 'operational_events')).get(type) ?? 0;

describe('an operational event', () => {
  it('is due to each subscribed endpoint, with ids and a message', async () => {
    const [about, one, two] = [
      await newEndpoint(database.db),
      await newEndpoint(database.db, everything),
      await newEndpoint(database.db, { events: ['endpoint.disabled', 'new_lead'] }),
    ];
    const at = new Date('2025-06-01T12:00:00Z');
    await tell({ type: 'endpoint.disable_warning', endpointId: about.id, at, percent: 50 });
    const [delivery, ...rest] = await dueAt(one);
    expect(delivery).toMatchObject({ eventType: 'endpoint.disable_warning', contactId: null, attempts: 0 });
    expect(JSON.parse(String(delivery?.body))).toEqual({
      ...{ id: delivery?.eventId, event: 'endpoint.disable_warning', type: 'endpoint.disable_warning' },
      ...{ timestamp: '2025-06-01T12:00:00.000Z' },
      data: { endpoint_id: about.id, percent: 50, message: expect.stringContaining('50 %') },
    });
    expect([rest, await dueAt(two), await dueAt(about)]).toEqual([[], [], []]);
  });

  it('is one event for all subscribers, whatever their lead filters, except disabled and deleted ones', async () => {
    const about = await newEndpoint(database.db);
    const [one, two, off, gone] = [
      await newEndpoint(database.db, { ...everything, filters: { tags: ['vip'], changed: ['email'] } }),
      await newEndpoint(database.db, { ...everything, ordered: true }),
      await newEndpoint(database.db, everything),
      await newEndpoint(database.db, everything),
    ];
    await disableEndpoint(database.db, off.id, 'operator');
    await deleteEndpoint(database.db, gone.id);
    await tell(recovered(about.id), recovered(about.id));
    const [first, second] = [await dueAt(one), await dueAt(two)];
    expect(first.map(({ eventId }) => eventId).toSorted()).toEqual(second.map(({ eventId }) => eventId).toSorted());
    expect(new Set(first.map(({ eventId }) => eventId)).size).toBe(2);
    expect(
      await database.db.selectFrom('webhook_delivery').select('id').where('endpoint_id', 'in', [off.id, gone.id]).execute(),
    ).toEqual([]);
  });

  it('is not sent to the endpoint that it is about', async () => {
    const one = await newEndpoint(database.db, everything);
    const two = await newEndpoint(database.db, everything);
    await tell(recovered(one.id));
    expect([await typesDueAt(one), await typesDueAt(two)]).toEqual([[], ['endpoint.recovered']]);
  });

  it('is counted without subscribers, and not counted when its transaction is rolled back', async () => {
    const { id } = await newEndpoint(database.db);
    const before = await totalOf('endpoint.recovered');
    await tell(recovered(id), recovered(id), { type: 'endpoint.disabled', endpointId: id, at: new Date(), reason: 'gone' });
    expect(await totalOf('endpoint.recovered')).toBe(before + 2);
    const failed = database.db.transaction().execute(async (tx) => {
      await emitOperationalEvents(tx, [recovered(id)]);
      throw new Error('no');
    });
    await expect(failed).rejects.toThrow('no');
    expect(await totalOf('endpoint.recovered')).toBe(before + 2);
    const written = await database.db.selectFrom('outbox_event').select('id').where('type', '=', 'endpoint.disabled').execute();
    expect(written).toEqual([]);
  });
});

describe('a delivery that becomes a dead letter', () => {
  const died = { number: 6, next: { state: 'dead' as const, reason: 'exhausted' } };

  it('is reported once, with its last attempt', async () => {
    const { id } = await newEndpoint(database.db);
    const operator = await newEndpoint(database.db, { events: ['delivery.exhausted'] });
    const [one, two] = [await publish(database.db), await publish(database.db)].map(([delivery]) => delivery as { id: string });
    const attempts = [
      attemptOf({ id: one?.id as string, endpoint_id: id }, died),
      attemptOf({ id: two?.id as string, endpoint_id: id }),
    ];
    await storeAttempts(database.db, attempts);
    // The response of the database was lost, and the batch is stored again.
    await storeAttempts(database.db, attempts);
    const bodies = (await dueAt(operator)).map(({ body }) => JSON.parse(String(body)));
    expect(bodies).toMatchObject([
      { type: 'delivery.exhausted', data: { endpoint_id: id, delivery_id: one?.id, reason: 'exhausted' } },
    ]);
  });

  it('is not reported when it carried an operational event or a test', async () => {
    const [one, two] = [await newEndpoint(database.db, everything), await newEndpoint(database.db, everything)];
    await tell(recovered(one.id), recovered(two.id));
    const { deliveryId } = await publishTestEvent(database.db, {
      endpointId: one.id,
      occurredAt: new Date(),
      toText: () => '{}',
    });
    const deliveries = [...(await dueAt(one)), ...(await dueAt(two))];
    expect(deliveries.map(({ id }) => id)).toContain(deliveryId);
    const before = await totalOf('delivery.exhausted');
    await storeAttempts(
      database.db,
      deliveries.map(({ id }) => attemptOf({ id, endpoint_id: one.id }, died)),
    );
    expect([await dueAt(one), await dueAt(two), await totalOf('delivery.exhausted')]).toEqual([[], [], before]);
  });
});
