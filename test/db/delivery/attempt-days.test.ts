import { expect, it } from '@jest/globals';
import { sql } from 'kysely';
import type { Database } from '#db/database.ts';
import { addAttemptDays, dropAttemptDay, listAttemptDays } from '#db/delivery/attempt-days.ts';
import { listAttempts, recordAttempts } from '#db/delivery/attempts.ts';
import { useDatabase } from '#test/db/test-database.ts';
import { eventually } from '#test/setup/eventually.ts';
import { attemptOf, newEndpoint, publish } from './delivery-rows.ts';

const database = useDatabase();

async function newDelivery() {
  await newEndpoint(database.db);
  const [delivery] = await publish(database.db);
  return delivery as NonNullable<typeof delivery>;
}

const record = async (db: Database, delivery: { id: string; endpoint_id: string }, ...startedAts: string[]) => {
  for (const startedAt of startedAts) await recordAttempts(db, [attemptOf(delivery, { startedAt: new Date(startedAt) })]);
};

const countStray = async () =>
  Number((await sql<{ n: string }>`select count(*) as n from webhook_attempt_default`.execute(database.db)).rows[0]?.n);

it('stores attempts by day, and drops whole days with their rows of the default partition', async () => {
  const { db } = database;
  const delivery = await newDelivery();
  await addAttemptDays(db, { first: new Date('2020-01-01T12:00:00Z'), days: 2 });
  await addAttemptDays(db, { first: new Date('2020-01-01T12:00:00Z'), days: 3 });
  await record(db, delivery, '2019-12-30T23:59:59Z', '2020-01-01T00:00:00Z', '2020-01-02T23:59:59Z', '2020-01-03T00:00:00Z');
  expect(await countStray()).toBe(1);
  const days = await listAttemptDays(db, new Date('2020-01-03T05:00:00Z'));
  expect(days).toEqual(['2019-12-30', '2020-01-01', '2020-01-02']);
  for (const day of days) await dropAttemptDay(db, day);
  const left = await listAttempts(db, delivery.id);
  expect(left.map(({ started_at }) => started_at.toISOString())).toEqual(['2020-01-03T00:00:00.000Z']);
  expect(await listAttemptDays(db, new Date('2020-01-03T05:00:00Z'))).toEqual([]);
});

it('creates no partition for a day with rows in the default partition, and loses none of them', async () => {
  const { db } = database;
  const delivery = await newDelivery();
  await record(db, delivery, '2031-05-05T10:00:00Z');
  await addAttemptDays(db, { first: new Date('2031-05-05T10:00:00Z'), days: 2 });
  expect(await listAttempts(db, delivery.id)).toHaveLength(1);
});

it('does not block inserts of attempts while a long read, such as a backup, holds the log', async () => {
  const { db } = database;
  const delivery = await newDelivery();
  await addAttemptDays(db, { first: new Date('2021-01-01T00:00:00Z'), days: 1 });
  const isDropped = await db.transaction().execute(async (reader) => {
    await sql`select from webhook_attempt limit 1`.execute(reader);
    const dropping = dropAttemptDay(db, '2021-01-01').then(() => true);
    await eventually(async () => {
      const { rows } = await sql`
        select from pg_locks join pg_database on pg_database.oid = database and datname = current_database()
        where not granted and relation = 'webhook_attempt'::regclass`.execute(db);
      expect(rows).not.toEqual([]);
    });
    await record(db, delivery, '2031-06-01T00:00:00Z', '2031-06-01T00:00:01Z');
    // The reader ends only now.
    return { dropping };
  });
  expect(await isDropped.dropping).toBe(true);
  expect(await listAttempts(db, delivery.id)).toHaveLength(2);
});
