import { randomUUIDv7 } from 'node:crypto';
import { afterEach, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { drainEndpoint } from '#activities/delivery/drain-endpoint.ts';
import { createLeaseKeeper } from '#activities/delivery/lease-keeper.ts';
import { listExpiredEndpointLeases, listUnleasedEndpoints, releaseEndpointLease } from '#db/delivery/endpoint-leases.ts';
import { newEndpoint } from '#test/db/delivery/delivery-rows.ts';
import { useDatabase } from '#test/db/test-database.ts';
import { createTestDelivery } from '#test/setup/accord.ts';
import { eventually } from '#test/setup/eventually.ts';

const database = useDatabase();
const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
  await database.db.deleteFrom('webhook_serving').execute();
});

/** The lease keeper of a worker process. */
function process() {
  const serving = createLeaseKeeper(database.db, { info() {}, warn() {} });
  closing.push(() => serving.close());
  return serving;
}

const served = (endpointId: string, token: string) => ({ endpointId, taskToken: Buffer.from(token) });
/** Ages all leases, as if nobody had renewed them. */
const pass = (seconds: number) =>
  sql`update webhook_serving set until = until - make_interval(secs => ${seconds})`.execute(database.db);

describe('a drain', () => {
  it('learns that another one took its lease', async () => {
    const id = randomUUIDv7();
    const lost = await process().acquire(served(id, 'first'));
    const kept = await process().acquire(served(id, 'second'));
    await eventually(() => expect(lost.aborted).toBe(true));
    expect(kept.aborted).toBe(false);
  });

  it('learns it at once when the other one runs in the same process', async () => {
    const id = randomUUIDv7();
    const here = process();
    const lost = await here.acquire(served(id, 'first'));
    await here.acquire(served(id, 'second'));
    expect(lost.aborted).toBe(true);
  });

  it('does not release the lease of its successor', async () => {
    const { id } = await newEndpoint(database.db);
    const [one, other] = [process(), process()];
    await one.acquire(served(id, 'first'));
    await other.acquire(served(id, 'second'));
    await one.release(served(id, 'first'));
    expect(await listUnleasedEndpoints(database.db, [id])).toEqual([]);
    await other.release(served(id, 'second'));
    expect(await listUnleasedEndpoints(database.db, [id])).toEqual([id]);
  });

  it('ends when its lease is taken, before its maximum stay', async () => {
    const { id: endpointId } = await newEndpoint(database.db);
    const deliveries = [createTestDelivery(database.db, database.url), createTestDelivery(database.db, database.url)];
    const ended = new AbortController();
    const drains = deliveries.map((delivery, index) => {
      closing.push(() => delivery.close());
      const times = { lingerMs: 3_600_000, stayAtMostMs: 3_600_000 };
      return () => drainEndpoint(delivery, { endpointId, ...times }, ended.signal, Buffer.from(`${index}`));
    });
    const first = drains[0]?.();
    await eventually(async () => expect(await listUnleasedEndpoints(database.db, [endpointId])).toEqual([]));
    const second = drains[1]?.();
    expect(await first).toMatchObject({ pending: 0 });
    ended.abort();
    await second;
  });
});

describe('a worker that stops renewing', () => {
  it('is found by its token, until another one takes the lease', async () => {
    const { id } = await newEndpoint(database.db);
    const worker = process();
    await worker.acquire(served(id, 'gone'));
    worker.close();
    expect(await listExpiredEndpointLeases(database.db)).toEqual([]);
    await pass(60);
    expect(await listExpiredEndpointLeases(database.db)).toEqual([served(id, 'gone')]);
    expect(await listUnleasedEndpoints(database.db, [id])).toEqual([id]);
    await process().acquire(served(id, 'next'));
    expect(await listExpiredEndpointLeases(database.db)).toEqual([]);
  });

  it('keeps its lease when it was only slow and nobody took it', async () => {
    const { id } = await newEndpoint(database.db);
    const lost = await process().acquire(served(id, 'slow'));
    await pass(60);
    for (const each of await listExpiredEndpointLeases(database.db)) await releaseEndpointLease(database.db, each);
    await eventually(async () => expect(await listUnleasedEndpoints(database.db, [id])).toEqual([]));
    expect(lost.aborted).toBe(false);
  });
});
