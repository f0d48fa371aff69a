import { randomUUIDv7 } from 'node:crypto';
import { sql } from 'kysely';
import type { Database } from '#db/database.ts';
import type { AttemptTimings, AttemptTrigger } from './tables.ts';

export interface AttemptRecord {
  deliveryId: string;
  endpointId: string;
  /** Of this delivery, from 1. */
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

/** The state of the delivery after the attempt. `afterSeconds` counts from now, by the clock of the database. */
export type AttemptConsequence =
  | { state: 'delivered' }
  | { state: 'pending'; afterSeconds: number }
  | { state: 'dead'; reason: string };

/**
 * Stores attempts and the resulting states of their deliveries, in one statement. A delivery that was cancelled meanwhile stays
 * cancelled, unless it arrived. A batch must not hold two attempts of one delivery.
 */
export async function recordAttempts(db: Database, attempts: readonly AttemptRecord[]): Promise<void> {
  if (attempts.length === 0) return;
  const rows = attempts.map((attempt) => ({ id: randomUUIDv7(), ...attempt }));
  // Not a named statement: a plan made while the tables were small scanned all deliveries until PostgreSQL next analyzed them.
  await sql`
    with attempt as (
      select * from jsonb_to_recordset(${toJson(rows)}::jsonb) as row(
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
      -- Not of a delivery that an erasure removed while it was sent: its answer may name the person.
      where exists (select from webhook_delivery where webhook_delivery.id = attempt."deliveryId")
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

/**
 * PostgreSQL takes neither NUL nor a lone surrogate, and a receiver may respond with both. JSON escapes them, so that one search finds the
 * few texts to correct.
 */
function toJson(rows: readonly unknown[]): string {
  const text = JSON.stringify(rows);
  return /\\u(?:0000|d[89a-f])/.test(text) ? JSON.stringify(rows, storable) : text;
}

function storable(_name: string, value: unknown): unknown {
  return typeof value === 'string' ? value.replaceAll('\0', '\uFFFD').toWellFormed() : value;
}

/** The attempts of one delivery, oldest first. */
export function listAttempts(db: Database, deliveryId: string) {
  return db
    .selectFrom('webhook_attempt')
    .selectAll()
    .where('delivery_id', '=', deliveryId)
    .orderBy('number')
    .orderBy('started_at')
    .execute();
}
