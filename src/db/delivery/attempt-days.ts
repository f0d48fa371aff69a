import { setTimeout } from 'node:timers/promises';
import { sql } from 'kysely';
import pg from 'pg';
import type { Database } from '#db/database.ts';

/**
 * Creating or dropping a partition locks the whole log for a moment. A statement that waits for this lock, behind a backup for example,
 * blocks all inserts of attempts. So it gives up soon and retries a few times.
 */
const lockTimeout = '200ms';
const maxTries = 5;
const pauseMs = 1_000;
const lockNotAvailable = '55P03';
/** A comment on the partition marks it. */
const exported = 'exported';

/** Creates missing partitions for `days` days from `first` on (UTC). Skips days of which the default partition holds rows already. */
export async function addAttemptDays(db: Database, { first, days }: { first: Date; days: number }): Promise<void> {
  for (let later = 0; later < days; later += 1) {
    const day = dayOf(first, later);
    const { rows } = await sql<{ isThere: boolean }>`
      select to_regclass(${partitionOf(day)}) is not null
        or exists (select from webhook_attempt_default where ${isOnDay(day)}) as "isThere"`.execute(db);
    if (rows[0]?.isThere) continue;
    await withLockTimeout(db, (tx) =>
      sql
        .raw(
          `create table if not exists ${partitionOf(day)} partition of webhook_attempt
           for values from ('${midnight(day)}') to ('${midnight(dayAfter(day))}')`,
        )
        .execute(tx),
    );
  }
}

/** The days (UTC, `2026-11-22`) before `before` with a partition or with rows in the default partition, oldest first. */
export async function listAttemptDays(db: Database, before: Date): Promise<string[]> {
  const { rows } = await sql<{ day: string }>`
    select to_date(right(relid::regclass::text, 8), 'YYYYMMDD')::text as day from pg_partition_tree('webhook_attempt')
    where isleaf and relid::regclass::text ~ '^webhook_attempt_\\d{8}$'
      and relid::regclass::text < ${partitionOf(dayOf(before))}
    union
    select distinct (started_at at time zone 'UTC')::date::text from webhook_attempt_default
    where started_at < ${midnight(dayOf(before))}::timestamptz
    order by day`.execute(db);
  return rows.map(({ day }) => day);
}

/** Drops the partition of a day, and deletes its rows from the default partition. */
export async function dropAttemptDay(db: Database, day: string): Promise<void> {
  await withLockTimeout(db, (tx) => sql`drop table if exists ${sql.id(partitionOf(day))}`.execute(tx));
  await sql`delete from webhook_attempt_default where ${isOnDay(day)}`.execute(db);
}

/** Marks a day as exported, because dropping its partition may fail. Does nothing for a day without a partition. */
export async function markDayExported(db: Database, day: string): Promise<void> {
  const { rows } = await sql<{ isThere: boolean }>`
    select to_regclass(${partitionOf(day)}) is not null as "isThere"`.execute(db);
  if (rows[0]?.isThere) await sql`comment on table ${sql.id(partitionOf(day))} is ${sql.lit(exported)}`.execute(db);
}

/** Whether the partition of a day is marked as exported. */
export async function isDayExported(db: Database, day: string): Promise<boolean> {
  const { rows } = await sql<{ comment: string | null }>`
    select obj_description(to_regclass(${partitionOf(day)}), 'pg_class') as comment`.execute(db);
  return rows[0]?.comment === exported;
}

/** SQL condition: the attempt started on this day (UTC). */
export function isOnDay(day: string) {
  return sql<boolean>`started_at >= ${midnight(day)}::timestamptz and started_at < ${midnight(dayAfter(day))}::timestamptz`;
}

async function withLockTimeout(db: Database, run: (tx: Database) => Promise<unknown>): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await db.transaction().execute(async (tx) => {
        await sql`set local lock_timeout = ${sql.lit(lockTimeout)}`.execute(tx);
        await run(tx);
      });
    } catch (error) {
      if (!(error instanceof pg.DatabaseError) || error.code !== lockNotAvailable || tries === maxTries) throw error;
      await setTimeout(pauseMs);
    }
  }
}

function dayOf(date: Date, later = 0): string {
  return new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate() + later)).toISOString().slice(0, 10);
}

const dayAfter = (day: string): string => dayOf(new Date(midnight(day)), 1);
const midnight = (day: string): string => `${day}T00:00:00Z`;
const partitionOf = (day: string): string => `webhook_attempt_${day.replaceAll('-', '')}`;
