import { expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { pruneWebhooks } from '../../src/db/prune-webhooks.ts';
import { recordAttempts } from '../../src/db/webhook-attempts.ts';
import { useDatabase } from './test-database.ts';
import { attemptOf, newEndpoint, publish } from './webhook-rows.ts';

const database = useDatabase();
const day = 86_400_000;
const now = new Date();
const ago = (days: number) => new Date(now.getTime() - days * day);
const retention = { attempts: 30, payloads: 30, dead: 90 };
const prune = (at = now) => pruneWebhooks(database.db, { retention, now: at, onProgress() {} });

const count = async (table: 'outbox_event' | 'webhook_delivery' | 'webhook_attempt') =>
  (await database.db.selectFrom(table).selectAll().execute()).length;

it('removes what is too old; what waits stays, and a dead delivery keeps its payload', async () => {
  const { db } = database;
  await newEndpoint(db);
  const aged = async (days: number, columns: object) => {
    const [row] = await publish(db, { occurredAt: ago(days) });
    const id = row?.id as string;
    await db
      .updateTable('webhook_delivery')
      .set({ created_at: ago(days), ...columns })
      .where('id', '=', id)
      .execute();
    return id;
  };
  const delivered = { state: 'delivered' as const, next_attempt_at: null };
  const dead = (days: number) => ({ state: 'dead' as const, next_attempt_at: null, dead_at: ago(days) });
  await aged(31, delivered);
  await aged(120, dead(91));
  const kept = [await aged(29, delivered), await aged(120, dead(80)), await aged(200, {})];
  expect(await prune()).toMatchObject({ deliveries: 2, events: 2 });
  expect((await db.selectFrom('webhook_delivery').select('id').execute()).map(({ id }) => id).toSorted()).toEqual(
    kept.toSorted(),
  );
  expect(await count('outbox_event')).toBe(3);
  expect(await prune()).toEqual({ attemptDays: 0, deliveries: 0, events: 0 });
});

it('makes the days of the log ahead, and drops them whole', async () => {
  const { db } = database;
  await newEndpoint(db);
  const [delivery] = await publish(db);
  await prune();
  await recordAttempts(db, [attemptOf(delivery as never, { startedAt: now })]);
  const { rows } = await sql<{ rows: string }>`select count(*) as rows from webhook_attempt_default`.execute(db);
  expect(rows).toEqual([{ rows: '0' }]);
  const later = new Date(now.getTime() + 32 * day);
  expect((await prune(later)).attemptDays).toBeGreaterThan(0);
  expect(await count('webhook_attempt')).toBe(0);
});
