import { randomUUIDv7 } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { listAttempts, recordAttempts } from '#db/delivery/attempts.ts';
import { countDeadLetters, discardDeadLetters, listDeadLetters, redriveDeadLetters } from '#db/delivery/dead-letters.ts';
import { listDueDeliveries, msUntilNextDue } from '#db/delivery/deliveries.ts';
import { listOverdueEndpoints } from '#db/delivery/endpoint-leases.ts';
import { deleteEndpoint, disableEndpoint, updateEndpoint } from '#db/delivery/endpoints.ts';
import { useDatabase } from '#test/db/test-database.ts';
import { attemptOf, encryptionKey, newEndpoint, publish } from './delivery-rows.ts';

const database = useDatabase();
const first = <T>(rows: T[]): T => rows[0] as T;

describe('due deliveries', () => {
  it('are created for each event that matches the endpoint, as bytes', async () => {
    const endpoint = await newEndpoint(database.db);
    const delivery = first(await publish(database.db));
    const due = await listDueDeliveries(database.db, endpoint.id, 10);
    expect(due).toMatchObject([{ id: delivery.id, attempts: 0, attemptsBefore: 0, trigger: 'schedule' }]);
    expect(due[0]?.body.toString()).toBe(JSON.stringify({ id: delivery.event_id, withPrevious: false }));
    expect(await msUntilNextDue(database.db, endpoint.id)).toBe(0);
    await deleteEndpoint(database.db, endpoint.id);
  });

  it('carry previous values only for endpoints with include_previous', async () => {
    const plain = await newEndpoint(database.db);
    const curious = await newEndpoint(database.db, { include_previous: true });
    await publish(database.db);
    expect(first(await listDueDeliveries(database.db, plain.id, 1)).body.toString()).toContain('"withPrevious":false');
    expect(first(await listDueDeliveries(database.db, curious.id, 1)).body.toString()).toContain('"withPrevious":true');
    for (const { id } of [plain, curious]) await deleteEndpoint(database.db, id);
  });

  it('are only the earliest pending event of each contact for an ordered endpoint', async () => {
    const endpoint = await newEndpoint(database.db, { ordered: true });
    const contactId = randomUUIDv7();
    const [one, two] = [
      first(await publish(database.db, { contactId, sequence: 1 })),
      first(await publish(database.db, { contactId, sequence: 2 })),
    ];
    const other = first(await publish(database.db));
    const dueIds = async () => (await listDueDeliveries(database.db, endpoint.id, 10)).map(({ id }) => id);
    expect(await dueIds()).toEqual([one.id, other.id]);
    await recordAttempts(database.db, [attemptOf(one, { next: { state: 'pending', afterSeconds: 60 } })]);
    expect(await dueIds()).toEqual([other.id]);
    await recordAttempts(database.db, [attemptOf(one, { number: 2, next: { state: 'dead', reason: 'exhausted' } })]);
    expect(await dueIds()).toEqual([two.id, other.id]);
    await deleteEndpoint(database.db, endpoint.id);
  });

  it('are the latest 20 updates of a contact that changes all the time, and everything else', async () => {
    const { id } = await newEndpoint(database.db);
    const contactId = randomUUIDv7();
    await publish(database.db, { contactId, type: 'new_lead', sequence: 1 });
    for (let sequence = 2; sequence <= 61; sequence += 1) await publish(database.db, { contactId, sequence });
    const other = randomUUIDv7();
    await publish(database.db, { contactId: other, sequence: 1 });
    const rows = await database.db.selectFrom('webhook_delivery').selectAll().where('endpoint_id', '=', id).execute();
    const waiting = rows.filter(({ state }) => state === 'pending');
    const sequences = waiting.filter((row) => row.contact_id === contactId).map(({ sequence }) => Number(sequence));
    expect(sequences.toSorted((a, b) => a - b)).toEqual([1, ...Array.from({ length: 20 }, (_, index) => 42 + index)]);
    expect(waiting.filter((row) => row.contact_id === other)).toHaveLength(1);
    const superseded = rows.filter(({ state }) => state !== 'pending');
    expect(new Set(superseded.map(({ state, note, next_attempt_at }) => `${state} ${note} ${next_attempt_at}`))).toEqual(
      new Set(['cancelled later updates of the contact took its place null']),
    );
    await deleteEndpoint(database.db, id);
  });

  it('are none for a disabled or deleted endpoint', async () => {
    const endpoint = await newEndpoint(database.db);
    await publish(database.db);
    expect(await disableEndpoint(database.db, endpoint.id, 'gone')).toBe(true);
    expect(await disableEndpoint(database.db, endpoint.id, 'gone')).toBe(false);
    expect(await listDueDeliveries(database.db, endpoint.id, 10)).toEqual([]);
    expect(await msUntilNextDue(database.db, endpoint.id)).toBeNull();
    await updateEndpoint(database.db, encryptionKey, endpoint.id, { is_active: true });
    expect(await listDueDeliveries(database.db, endpoint.id, 10)).toHaveLength(1);
    expect(await listOverdueEndpoints(database.db, { olderThanSeconds: 0, limit: 10 })).toEqual([endpoint.id]);
    await deleteEndpoint(database.db, endpoint.id);
    expect(await msUntilNextDue(database.db, endpoint.id)).toBeNull();
    expect(await listOverdueEndpoints(database.db, { olderThanSeconds: 0, limit: 10 })).toEqual([]);
  });
});

describe('an attempt', () => {
  it('is stored with request and response, and sets the time of the next one', async () => {
    const endpoint = await newEndpoint(database.db);
    const delivery = first(await publish(database.db));
    await recordAttempts(database.db, [attemptOf(delivery, { responseBody: 'a\0b\ud800' })]);
    expect(await listAttempts(database.db, delivery.id)).toMatchObject([
      {
        number: 1,
        status: 500,
        timings: { dnsMs: 1 },
        response_headers: { 'content-length': '2' },
        response_body: 'a\ufffdb\ufffd',
      },
    ]);
    const ms = await msUntilNextDue(database.db, endpoint.id);
    expect(ms).toBeGreaterThan(0);
    expect(ms).toBeLessThanOrEqual(60_000);
    await deleteEndpoint(database.db, endpoint.id);
  });

  it('keeps a delivery cancelled that was cancelled during the attempt, unless it arrived', async () => {
    await newEndpoint(database.db);
    const one = first(await publish(database.db));
    const two = first(await publish(database.db));
    await deleteEndpoint(database.db, one.endpoint_id);
    await recordAttempts(database.db, [
      attemptOf(one),
      attemptOf(two, { status: 200, errorClass: null, error: null, next: { state: 'delivered' } }),
    ]);
    expect(await stateOf(one.id)).toMatchObject({ state: 'cancelled', attempts: 0 });
    expect(await stateOf(two.id)).toMatchObject({ state: 'delivered', attempts: 1 });
    expect(await listAttempts(database.db, one.id)).toHaveLength(1);
  });
});

describe('dead letters', () => {
  it('are counted, listed and redriven by filter, oldest first', async () => {
    const endpoint = await newEndpoint(database.db);
    const deliveries = [first(await publish(database.db)), first(await publish(database.db)), first(await publish(database.db))];
    for (const [place, delivery] of deliveries.entries()) {
      const errorClass = place === 2 ? 'tls_error' : 'http_error';
      await recordAttempts(database.db, [
        attemptOf(delivery, { number: 6, errorClass, next: { state: 'dead', reason: 'exhausted' } }),
      ]);
    }
    const filter = { endpointId: endpoint.id, errorClass: 'http_error' };
    expect(await countDeadLetters(database.db, filter)).toEqual({ matching: 2, redrivable: 2 });
    expect(await listDeadLetters(database.db, { filter, limit: 10 })).toHaveLength(2);
    expect(await countDeadLetters(database.db, { ...filter, since: new Date(Date.now() + 60_000).toISOString() })).toMatchObject({
      matching: 0,
    });
    expect(await redriveDeadLetters(database.db, { filter, limit: 1 })).toEqual([
      { id: deliveries[0]?.id, endpointId: endpoint.id },
    ]);
    expect(await listDueDeliveries(database.db, endpoint.id, 10)).toMatchObject([
      { trigger: 'redrive', attempts: 6, attemptsBefore: 6 },
    ]);
    await disableEndpoint(database.db, endpoint.id, 'failing');
    expect(await countDeadLetters(database.db, filter)).toEqual({ matching: 1, redrivable: 0 });
    expect(await redriveDeadLetters(database.db, { filter, limit: 10 })).toEqual([]);
    expect(await discardDeadLetters(database.db, { filter: { endpointId: endpoint.id }, note: 'sold', limit: 10 })).toBe(2);
    expect(await stateOf(deliveries[2]?.id as string)).toMatchObject({ state: 'discarded', note: 'sold' });
    await deleteEndpoint(database.db, endpoint.id);
  });
});

function stateOf(id: string) {
  return database.db.selectFrom('webhook_delivery').selectAll().where('id', '=', id).executeTakeFirstOrThrow();
}
