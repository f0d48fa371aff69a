import { afterEach, describe, expect, it } from '@jest/globals';
import type { AttemptResult } from '#activities/delivery/attempt-delivery.ts';
import { EndpointMonitor } from '#activities/delivery/endpoint-monitor.ts';
import { makeAllDueNow } from '#db/delivery/endpoint-health.ts';
import type { EndpointRow } from '#db/delivery/tables.ts';
import { attemptOf, encryptionKey, newEndpoint } from '#test/db/delivery/delivery-rows.ts';
import { useDatabase } from '#test/db/test-database.ts';

const database = useDatabase();
afterEach(async () => {
  await database.db.updateTable('webhook_endpoint').set({ is_active: false, deleted_at: new Date() }).execute();
});

async function monitored() {
  const endpoint = await newEndpoint(database.db);
  const monitor = new EndpointMonitor({ db: database.db, encryptionKey } as never, endpoint.id);
  await monitor.load();
  return { endpoint, monitor };
}

const row = ({ id }: EndpointRow) =>
  database.db.selectFrom('webhook_endpoint').selectAll().where('id', '=', id).executeTakeFirstOrThrow();
const failed = ({ id }: EndpointRow): AttemptResult => ({
  ...{ ok: false, disable: false, at: Date.now() },
  record: attemptOf({ id: '0199c0de-2a00-7000-8000-00000000000b', endpoint_id: id }) as AttemptResult['record'],
});

describe('the monitor of an endpoint', () => {
  it('keeps a breaker that a person half-opened when earlier attempts end late', async () => {
    const { endpoint, monitor } = await monitored();
    for (let attempts = 0; attempts < 10; attempts += 1) await monitor.recordResult(failed(endpoint));
    expect(await row(endpoint)).toMatchObject({ breaker_state: 'open', breaker_trips: 1 });
    await makeAllDueNow(database.db, endpoint.id);
    await monitor.recordResult(failed(endpoint));
    await monitor.save();
    expect(await row(endpoint)).toMatchObject({ breaker_state: 'half-open', breaker_until: null, breaker_trips: 1 });
    await monitor.load();
    expect(monitor.allowed(10)).toBe(1);
    await monitor.recordResult(failed(endpoint));
    expect(await row(endpoint)).toMatchObject({ breaker_state: 'open', breaker_until: expect.any(Date), breaker_trips: 2 });
  });

  it('ignores health that was read during a save', async () => {
    const { endpoint, monitor } = await monitored();
    for (let attempts = 0; attempts < 9; attempts += 1) await monitor.recordResult(failed(endpoint));
    let recorded = Promise.resolve({ hasTurned: false });
    await database.db.transaction().execute(async (tx) => {
      await tx.selectFrom('webhook_endpoint').select('id').where('id', '=', endpoint.id).forUpdate().execute();
      recorded = monitor.recordResult(failed(endpoint));
      await monitor.load();
    });
    await recorded;
    expect(monitor.health).toMatchObject({ breaker: 'open', trips: 1 });
  });
});
