import { setTimeout } from 'node:timers/promises';
import { sql } from 'kysely';
import type { Database } from '#db/database.ts';

/**
 * To make or to drop a day the log is locked for a moment. Whoever waits for that lock, behind a backup say, holds up every attempt that
 * is to be stored: so it gives up soon, and tries again a little later, a few times.
 */
const lockTimeout = '200ms';
const triesAtMost = 5;
const pauseMs = 1_000;
const lockNotAvailable = '55P03';
/** The comment on a table. */
const exported = 'exported';

/** Makes the partitions of `days` days from `first` on (UTC), as far as they are missing and nothing of theirs was stored already. */
export async function addAttemptDays(db: Database, { first, days }: { first: Date; days: number }): Promise<void> {
  for (let later = 0; later < days; later += 1) {
    const day = dayOf(first, later);
    const { rows } = await sql<{ isThere: boolean }>`
      select to_regclass(${partitionOf(day)}) is not null
        or exists (select from webhook_attempt_default where ${isOnDay(day)}) as "isThere"`.execute(db);
    if (rows[0]?.isThere) continue;
    await withBriefLock(db, (tx) =>
      sql
        .raw(
          `create table if not exists ${partitionOf(day)} partition of webhook_attempt
           for values from ('${midnight(day)}') to ('${midnight(dayAfter(day))}')`,
        )
        .execute(tx),
    );
  }
}

/** Days (UTC, `2026-11-22`) before that of `before` of which the log has something, or has room for it; the oldest first. */
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

/** Removes a day whole; row by row what was stored while there was no such day. */
export async function dropAttemptDay(db: Database, day: string): Promise<void> {
  await withBriefLock(db, (tx) => sql`drop table if exists ${sql.id(partitionOf(day))}`.execute(tx));
  await sql`delete from webhook_attempt_default where ${isOnDay(day)}`.execute(db);
}

/** Remembers that a day stands in a file: it may not be possible to drop it yet. One that was never made is not remembered. */
export async function markDayExported(db: Database, day: string): Promise<void> {
  const { rows } = await sql<{ isThere: boolean }>`
    select to_regclass(${partitionOf(day)}) is not null as "isThere"`.execute(db);
  if (rows[0]?.isThere) await sql`comment on table ${sql.id(partitionOf(day))} is ${sql.lit(exported)}`.execute(db);
}

export async function isDayExported(db: Database, day: string): Promise<boolean> {
  const { rows } = await sql<{ comment: string | null }>`
    select obj_description(to_regclass(${partitionOf(day)}), 'pg_class') as comment`.execute(db);
  return rows[0]?.comment === exported;
}

/** Which rows of the log are of a day. */
export function isOnDay(day: string) {
  return sql<boolean>`started_at >= ${midnight(day)}::timestamptz and started_at < ${midnight(dayAfter(day))}::timestamptz`;
}

async function withBriefLock(db: Database, run: (tx: Database) => Promise<unknown>): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await db.transaction().execute(async (tx) => {
        await sql`set local lock_timeout = ${sql.lit(lockTimeout)}`.execute(tx);
        await run(tx);
      });
    } catch (error) {
      if ((error as { code?: unknown }).code !== lockNotAvailable || tries === triesAtMost) throw error;
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
