import { randomUUIDv7 } from 'node:crypto';
import { sql } from 'kysely';
import type { Database } from './database.ts';
import type { AttemptTimings, AttemptTrigger } from './webhook-tables.ts';

export interface AttemptRecord {
  deliveryId: string;
  endpointId: string;
  /** 1 for the first of its delivery. */
  number: number;
  trigger: AttemptTrigger;
  startedAt: Date;
  durationMs: number;
  timings: AttemptTimings;
  status: number | null;
  errorClass: string | null;
  /** In plain words. */
  error: string | null;
  remoteAddress: string | null;
  requestHeaders: Record<string, string>;
  responseHeaders: Record<string, string> | null;
  responseBody: string | null;
  next: AttemptConsequence;
}

/** What an attempt makes of its delivery. Seconds are counted by the clock of the database, from now. */
export type AttemptConsequence =
  | { state: 'delivered' }
  | { state: 'pending'; afterSeconds: number }
  | { state: 'dead'; reason: string };

/**
 * Stores attempts and what they make of their deliveries, in one statement. A delivery that was cancelled meanwhile stays so, unless
 * it arrived: that is a fact. Of one delivery a batch holds one attempt.
 */
export async function recordAttempts(db: Database, attempts: readonly AttemptRecord[]): Promise<void> {
  if (attempts.length === 0) return;
  const rows = attempts.map((attempt) => ({ id: randomUUIDv7(), ...attempt }));
  await sql`
    with attempt as (
      select * from jsonb_to_recordset(${JSON.stringify(rows, storable)}::jsonb) as row(
        id uuid, "deliveryId" uuid, "endpointId" uuid, number int, trigger text, "startedAt" timestamptz, "durationMs" int,
        timings jsonb, status int, "errorClass" text, error text, "remoteAddress" text, "requestHeaders" jsonb,
        "responseHeaders" jsonb, "responseBody" text, next jsonb
      )
    ), stored as (
      insert into webhook_attempt (id, delivery_id, endpoint_id, number, trigger, started_at, duration_ms, timings, status,
        error_class, error, remote_address, request_headers, response_headers, response_body)
      select id, "deliveryId", "endpointId", number, trigger, "startedAt", "durationMs", timings, status,
        "errorClass", error, "remoteAddress", "requestHeaders", nullif("responseHeaders", 'null'), "responseBody"
      from attempt
    )
    update webhook_delivery delivery set
      attempts = greatest(delivery.attempts, attempt.number),
      state = attempt.next->>'state',
      next_attempt_at = case attempt.next->>'state'
        when 'pending' then now() + make_interval(secs => (attempt.next->>'afterSeconds')::float8) end,
      next_trigger = 'schedule',
      last_status = attempt.status,
      last_error_class = attempt."errorClass",
      last_error = attempt.error,
      delivered_at = case attempt.next->>'state' when 'delivered' then now() end,
      dead_at = case attempt.next->>'state' when 'dead' then now() end,
      dead_reason = attempt.next->>'reason'
    from attempt
    where delivery.id = attempt."deliveryId"
      and (delivery.state = 'pending' or (attempt.next->>'state' = 'delivered' and delivery.state in ('cancelled', 'dead')))
  `.execute(db);
}

/** A receiver may answer with anything; PostgreSQL takes neither NUL nor half a character. */
function storable(_name: string, value: unknown): unknown {
  return typeof value === 'string' ? value.replaceAll('\0', '\uFFFD').toWellFormed() : value;
}

/** The attempts of one delivery, the first one first. */
export function listAttempts(db: Database, deliveryId: string) {
  return db
    .selectFrom('webhook_attempt')
    .selectAll()
    .where('delivery_id', '=', deliveryId)
    .orderBy('number')
    .orderBy('started_at')
    .execute();
}

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
