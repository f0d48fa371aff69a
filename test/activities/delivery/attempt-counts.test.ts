import { randomUUIDv7 } from 'node:crypto';
import { beforeEach, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { createAttemptCounts } from '#activities/delivery/attempt-counts.ts';
import { readTotals } from '#db/delivery/totals.ts';
import { attemptOf } from '#test/db/delivery/delivery-rows.ts';
import { useDatabase } from '#test/db/test-database.ts';
import { createTestDelivery } from '#test/setup/accord.ts';

const database = useDatabase();
const warnings: string[] = [];
const log = { info() {}, warn: (_facts: object, message: string) => void warnings.push(message) };
beforeEach(async () => {
  await database.db.deleteFrom('webhook_total').execute();
});

it('adds up the counts of several workers by outcome', async () => {
  const workers = [createAttemptCounts(database.db, log), createAttemptCounts(database.db, log)];
  for (const { add } of workers) for (const outcome of ['delivered', 'timeout', 'delivered']) add(outcome);
  await Promise.all(workers.map((worker) => worker.close()));
  workers[0]?.add('tls_error');
  await workers[0]?.close();
  const counts = { delivered: 4, timeout: 2, tls_error: 1 };
  expect(Object.fromEntries(await readTotals(database.db, 'attempts'))).toEqual(counts);
});

it('counts the attempts of a worker', async () => {
  const delivery = createTestDelivery(database.db, database.url);
  const attempt = attemptOf({ id: randomUUIDv7(), endpoint_id: randomUUIDv7() }, { errorClass: 'server_error' });
  await delivery.record(attempt);
  await delivery.record({ ...attempt, errorClass: null, next: { state: 'delivered' } });
  await delivery.close();
  expect(Object.fromEntries(await readTotals(database.db, 'attempts'))).toEqual({ server_error: 1, delivered: 1 });
});

it('keeps counts that could not be stored for the next time', async () => {
  const counts = createAttemptCounts(database.db, log);
  counts.add('delivered');
  await sql`alter table webhook_total rename to elsewhere`.execute(database.db);
  await counts.close();
  expect(warnings).toHaveLength(1);
  await sql`alter table elsewhere rename to webhook_total`.execute(database.db);
  counts.add('delivered');
  await counts.close();
  expect(await readTotals(database.db, 'attempts')).toEqual(new Map([['delivered', 2]]));
});
