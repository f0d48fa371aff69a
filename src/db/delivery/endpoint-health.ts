import { sql } from 'kysely';
import type { Database } from '#db/database.ts';
import type { EndpointHealth } from '#domain/delivery/endpoint-health.ts';
import { notifyDue } from './deliveries.ts';
import type { EndpointRow } from './tables.ts';

/** The health columns of an endpoint as the domain knows them. */
export function toHealth(row: Pick<EndpointRow, HealthColumn>): EndpointHealth {
  return {
    breaker: row.breaker_state,
    openUntil: row.breaker_until?.getTime() ?? null,
    trips: row.breaker_trips,
    windowStartedAt: row.window_started_at?.getTime() ?? null,
    windowSuccesses: row.window_successes,
    windowFailures: row.window_failures,
    failingSince: row.failing_since?.getTime() ?? null,
    lastSuccessAt: row.last_success_at?.getTime() ?? null,
    lastFailureAt: row.last_failure_at?.getTime() ?? null,
  };
}

type HealthColumn =
  | 'breaker_state'
  | 'breaker_until'
  | 'breaker_trips'
  | 'window_started_at'
  | 'window_successes'
  | 'window_failures'
  | 'failing_since'
  | 'last_success_at'
  | 'last_failure_at';

export interface HealthChange {
  health: EndpointHealth;
  /** When false, the stored breaker stays, because a person may have changed it meanwhile. */
  hasBreakerChanged: boolean;
  lastError: string | null;
  /** The endpoint succeeded after failing for so long: dead letters from this period are to be redriven. Null: no recovery. */
  recoveredAfterMs: number | null;
}

/** Stores health, last error and, after a recovery, the period to redrive. */
export async function saveHealth(db: Database, id: string, change: HealthChange): Promise<void> {
  const { health, hasBreakerChanged, lastError, recoveredAfterMs } = change;
  await db
    .updateTable('webhook_endpoint')
    .set({
      ...(hasBreakerChanged && {
        breaker_state: health.breaker,
        breaker_until: toDate(health.openUntil),
        breaker_trips: health.trips,
      }),
      window_started_at: toDate(health.windowStartedAt),
      window_successes: health.windowSuccesses,
      window_failures: health.windowFailures,
      failing_since: toDate(health.failingSince),
      last_success_at: toDate(health.lastSuccessAt),
      last_failure_at: toDate(health.lastFailureAt),
      last_error: lastError,
      ...(recoveredAfterMs !== null && {
        redrive_since: sql<Date>`least(redrive_since, now() - make_interval(secs => ${recoveredAfterMs / 1_000}))`,
        redrive_until: sql<Date>`now()`,
      }),
    })
    .where('id', '=', id)
    .execute();
}

/** Lets one delivery through an open breaker, to test whether the endpoint is back. */
export async function halfOpenBreaker(db: Database, endpointId: string): Promise<void> {
  await db
    .updateTable('webhook_endpoint')
    .set({ breaker_state: 'half-open', breaker_until: null })
    .where('id', '=', endpointId)
    .where('breaker_state', '=', 'open')
    .execute();
}

/** Makes all pending deliveries of an endpoint due now, and lets one of them through an open breaker. */
export async function makeAllDueNow(db: Database, endpointId: string): Promise<void> {
  await halfOpenBreaker(db, endpointId);
  await db
    .updateTable('webhook_delivery')
    .set({ next_attempt_at: sql<Date>`now()`, next_trigger: 'manual' })
    .where('endpoint_id', '=', endpointId)
    .where('state', '=', 'pending')
    .where('next_attempt_at', '>', sql<Date>`now()`)
    .execute();
  await notifyDue(db, [endpointId]);
}

/** The number of pending deliveries of an endpoint, due or not, and when the oldest was created. */
export async function countPending(db: Database, endpointId: string): Promise<{ pending: number; oldestAt: Date | null }> {
  const { pending, oldest } = await db
    .selectFrom('webhook_delivery')
    .select(({ fn }) => [fn.countAll<string>().as('pending'), fn.min<Date | null>('created_at').as('oldest')])
    .where('endpoint_id', '=', endpointId)
    .where('state', '=', 'pending')
    .executeTakeFirstOrThrow();
  return { pending: Number(pending), oldestAt: oldest };
}

/** Cancels the pending deliveries of a deleted endpoint. */
export async function cancelPending(db: Database, endpointId: string): Promise<void> {
  await db
    .updateTable('webhook_delivery')
    .set({ state: 'cancelled', next_attempt_at: null, note: 'its endpoint was deleted' })
    .where('endpoint_id', '=', endpointId)
    .where('state', '=', 'pending')
    .execute();
}

function toDate(ms: number | null): Date | null {
  return ms === null ? null : new Date(ms);
}
