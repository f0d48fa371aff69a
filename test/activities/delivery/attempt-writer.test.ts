import { expect, it } from '@jest/globals';
import { createAttemptWriter } from '#activities/delivery/attempt-writer.ts';
import { openDatabase } from '#db/database.ts';
import { createTcpGate } from '#test/api/tcp-gate.ts';
import { attemptOf, newEndpoint, publish } from '#test/db/delivery/delivery-rows.ts';
import { useDatabase } from '#test/db/test-database.ts';

const database = useDatabase();

async function throughGate() {
  const url = new URL(database.url);
  const gate = await createTcpGate({ host: url.hostname, port: Number(url.port) });
  url.host = `${gate.host}:${gate.port}`;
  return { gate, db: openDatabase({ url: url.href, onError: () => {} }) };
}

async function newDeliveries(count: number) {
  await newEndpoint(database.db);
  const published = await Promise.all(Array.from({ length: count }, () => publish(database.db)));
  return published.flat();
}

async function statesOf(deliveries: { id: string }[]) {
  const ids = deliveries.map(({ id }) => id);
  const rows = await database.db.selectFrom('webhook_delivery').select('state').where('id', 'in', ids).execute();
  return new Set(rows.map(({ state }) => state));
}
const delivered = { next: { state: 'delivered' as const }, status: 200, errorClass: null, error: null };

it('stores attempts that ended while PostgreSQL was down as soon as it is back', async () => {
  const { gate, db } = await throughGate();
  const record = createAttemptWriter(db);
  const deliveries = await newDeliveries(5);
  await gate.shut();
  const stored = Promise.all(deliveries.map((delivery) => record(attemptOf(delivery, delivered))));
  expect(await statesOf(deliveries)).toEqual(new Set(['pending']));
  await gate.open();
  await stored;
  expect(await statesOf(deliveries)).toEqual(new Set(['delivered']));
  await db.destroy();
  await gate.shut();
});

it('gives up in the end, so that the delivery is repeated', async () => {
  const { gate, db } = await throughGate();
  await gate.shut();
  const [delivery] = await newDeliveries(1);
  await expect(createAttemptWriter(db, { patienceMs: 200 })(attemptOf(delivery as never, delivered))).rejects.toThrow();
  await db.destroy();
});
