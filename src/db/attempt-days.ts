import { sql } from 'kysely';
import type { Database } from './database.ts';

/** Makes the partitions of `days` days from `first` on (UTC), as far as they are missing and nothing of theirs was stored already. */
export async function addAttemptDays(db: Database, { first, days }: { first: Date; days: number }): Promise<void> {
  for (let day = 0; day < days; day += 1) {
    const from = dayText(first, day);
    const isLate = await db
      .selectFrom('webhook_attempt_default' as 'webhook_attempt')
      .select('id')
      .where(sql<boolean>`started_at >= ${from}::timestamptz and started_at < ${dayText(first, day + 1)}::timestamptz`)
      .limit(1)
      .executeTakeFirst();
    if (isLate) continue;
    await sql
      .raw(
        `create table if not exists ${partitionOf(from)} partition of webhook_attempt
         for values from ('${from}') to ('${dayText(first, day + 1)}')`,
      )
      .execute(db);
  }
}

/** Removes whole days before `before`, and single rows where they have no day of their own. Answers with the names of what it dropped. */
export async function dropAttemptsBefore(db: Database, before: Date): Promise<string[]> {
  const { rows } = await sql<{ name: string }>`
    select relid::regclass::text as name from pg_partition_tree('webhook_attempt')
    where isleaf and relid::regclass::text ~ '^webhook_attempt_\\d{8}$'
      and relid::regclass::text < ${partitionOf(dayText(before, 0))}`.execute(db);
  for (const { name } of rows) await sql`drop table if exists ${sql.id(name)}`.execute(db);
  await sql`delete from webhook_attempt_default where started_at < ${dayText(before, 0)}::timestamptz`.execute(db);
  return rows.map(({ name }) => name);
}

/** `2026-11-22T00:00:00Z`: midnight, UTC, `later` days after `date`. */
function dayText(date: Date, later: number): string {
  const day = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate() + later));
  return `${day.toISOString().slice(0, 10)}T00:00:00Z`;
}

const partitionOf = (day: string): string => `webhook_attempt_${day.slice(0, 10).replaceAll('-', '')}`;
