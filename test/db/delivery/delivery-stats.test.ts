import { randomUUIDv7 } from 'node:crypto';
import { afterEach, describe, expect, it } from '@jest/globals';
import { readDeliveryStats } from '#db/delivery/delivery-stats.ts';
import { listOverdueEndpoints } from '#db/delivery/endpoint-leases.ts';
import { deleteEndpoint, disableEndpoint } from '#db/delivery/endpoints.ts';
import { useDatabase } from '#test/db/test-database.ts';
import { newEndpoint, publish } from './delivery-rows.ts';

const database = useDatabase();
afterEach(async () => {
  const rows = await database.db.selectFrom('webhook_endpoint').select('id').execute();
  for (const { id } of rows) await deleteEndpoint(database.db, id);
  await database.db.deleteFrom('webhook_delivery').execute();
});

const setEndpoint = (id: string, columns: object) =>
  database.db.updateTable('webhook_endpoint').set(columns).where('id', '=', id).execute();
const setDelivery = (id: string, columns: object) =>
  database.db.updateTable('webhook_delivery').set(columns).where('id', '=', id).execute();
const minutesAgo = (minutes: number) => new Date(Date.now() - minutes * 60_000);

async function waitingFor(minutes: number, facts: Parameters<typeof publish>[1] = {}): Promise<string> {
  const [delivery] = await publish(database.db, facts);
  await setDelivery(delivery?.id as string, { next_attempt_at: minutesAgo(minutes) });
  return delivery?.id as string;
}

/** In whole minutes. */
const oldestDue = async () => Math.floor((await readDeliveryStats(database.db)).oldestDueSeconds / 60);
const forgotten = () => listOverdueEndpoints(database.db, { olderThanSeconds: 3, limit: 10 });

describe('delivery figures', () => {
  it('are zero without deliveries and endpoints', async () => {
    expect(await readDeliveryStats(database.db)).toEqual({
      ...{ pending: 0, dead: 0, oldestDueSeconds: 0, breakersOpen: 0, disabled: 0 },
    });
  });

  it('count pending and dead deliveries, open breakers, and endpoints that failures disabled', async () => {
    const [one, two, three] = [
      await newEndpoint(database.db),
      await newEndpoint(database.db, { events: ['new_lead'] }),
      await newEndpoint(database.db, { events: ['new_lead'] }),
    ];
    await waitingFor(-10);
    await setDelivery(await waitingFor(0), { state: 'dead', next_attempt_at: null, dead_at: new Date() });
    await setEndpoint(one.id, { breaker_state: 'open', breaker_until: minutesAgo(-1) });
    await disableEndpoint(database.db, two.id, 'failing');
    await disableEndpoint(database.db, three.id, 'operator');
    expect(await readDeliveryStats(database.db)).toMatchObject({ pending: 1, dead: 1, breakersOpen: 1, disabled: 1 });
    await setEndpoint(one.id, { breaker_state: 'half-open', breaker_until: null });
    expect(await readDeliveryStats(database.db)).toMatchObject({ breakersOpen: 0 });
  });

  it('hold the age of the oldest delivery that could be sent', async () => {
    const { id } = await newEndpoint(database.db);
    await waitingFor(-10);
    expect(await oldestDue()).toBe(0);
    await waitingFor(7);
    await waitingFor(5);
    expect(await oldestDue()).toBe(7);
    await setEndpoint(id, { breaker_state: 'open', breaker_until: minutesAgo(-1) });
    expect(await oldestDue()).toBe(0);
    await setEndpoint(id, { breaker_state: 'half-open', breaker_until: null });
    expect(await oldestDue()).toBe(7);
    await disableEndpoint(database.db, id, 'gone');
    expect(await oldestDue()).toBe(0);
  });

  it('ignore deliveries that wait behind a retry in an ordered endpoint, and so does the sweep', async () => {
    const { id } = await newEndpoint(database.db, { ordered: true });
    const contactId = randomUUIDv7();
    const first = await waitingFor(-10, { contactId, sequence: 1 });
    await waitingFor(7, { contactId, sequence: 2 });
    expect([await oldestDue(), await forgotten()]).toEqual([0, []]);
    await waitingFor(5);
    expect([await oldestDue(), await forgotten()]).toEqual([5, [id]]);
    await setDelivery(first, { state: 'delivered', next_attempt_at: null });
    expect([await oldestDue(), await forgotten()]).toEqual([7, [id]]);
  });
});
