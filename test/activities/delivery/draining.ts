import { afterAll, afterEach, beforeAll } from '@jest/globals';
import { createDeliveryDeps } from '#activities/delivery/create-delivery-deps.ts';
import type { DeliveryDeps } from '#activities/delivery/delivery-deps.ts';
import type { DrainTimes } from '#activities/delivery/drain.ts';
import { drainEndpoint } from '#activities/delivery/drain-endpoint.ts';
import { listAttempts } from '#db/delivery/attempts.ts';
import type { EndpointSettings } from '#db/delivery/endpoints.ts';
import type { EndpointRow } from '#db/delivery/tables.ts';
import { createAddressGuard } from '#delivery/address-guard.ts';
import { encryptionKey, newEndpoint, publish } from '#test/db/delivery/delivery-rows.ts';
import { useDatabase } from '#test/db/test-database.ts';

/** The dependencies of a worker's drains, on a database per file. Deletes the endpoints of each test after it. */
export function useDrains() {
  const database = useDatabase();
  const cleanUps: (() => Promise<unknown>)[] = [];
  let delivery: ReturnType<typeof createDeliveryDeps>;
  beforeAll(() => {
    delivery = createDeliveryDeps({
      ...{ db: database.db, databaseUrl: database.url, encryptionKey },
      ...{ allowPrivateAddresses: ['127.0.0.0/8'], requireHttps: false, log: { info() {}, warn() {} } },
    });
  });
  afterAll(() => delivery.close());
  afterEach(async () => {
    for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
    await database.db.updateTable('webhook_endpoint').set({ is_active: false, deleted_at: new Date() }).execute();
  });

  return {
    database,
    /** Runs after the test, in reverse order. */
    cleanUp: (act: () => Promise<unknown>) => void cleanUps.push(act),
    /** An endpoint for all events, with immediate retries. */
    endpoint: (settings: Partial<EndpointSettings> & { url: string }) =>
      newEndpoint(database.db, { retry_schedule: [0], ...settings }),
    publish: (facts?: Parameters<typeof publish>[1]) => publish(database.db, facts),
    /** Drains until nothing is due. Options replace the worker's dependencies. */
    drain(
      { id: endpointId }: EndpointRow,
      { lingerMs = 0, maxStayMs = 20_000, signal = new AbortController().signal, ...deps }: DrainOptions = {},
    ) {
      return drainEndpoint(
        { ...delivery, ...deps },
        { endpointId, lingerMs, stayAtMostMs: maxStayMs },
        signal,
        Buffer.from('test'),
      );
    },
    deliveriesOf: ({ id }: EndpointRow) =>
      database.db.selectFrom('webhook_delivery').selectAll().where('endpoint_id', '=', id).orderBy('id').execute(),
    attemptsOf: (deliveryId: string) => listAttempts(database.db, deliveryId),
    rowOf: ({ id }: EndpointRow) =>
      database.db.selectFrom('webhook_endpoint').selectAll().where('id', '=', id).executeTakeFirstOrThrow(),
  };
}

type DrainOptions = Partial<DrainTimes> & { signal?: AbortSignal } & Partial<DeliveryDeps>;

/** The default guard, https and public addresses only, with these names. */
export function publicGuard(names: Record<string, string[]> = {}) {
  const resolve = async (name: string) => {
    const addresses = names[name];
    if (!addresses) throw Object.assign(new Error('unknown'), { code: 'ENOTFOUND' });
    return addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));
  };
  return createAddressGuard({ resolve });
}
