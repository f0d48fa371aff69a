import { sql } from 'kysely';
import type { Database } from '#db/database.ts';

/** Of one delivery, one at each recovery. A delivery that the endpoint always refuses stays dead. */
const maxRedrives = 3;
/** The time between a failure and its being stored. */
const slack = '1 minute';
/** Dead letters that a healthy endpoint would have got. No permanent failures, and no tests, whose result a person has seen. */
const isMissed = sql<boolean>`dead_reason in ('exhausted', 'gone', 'expired') and event_type <> 'webhook.test'
  and auto_redrives < ${maxRedrives}`;

/** Whether an endpoint has missed deliveries in the last `ms`, by the clock of the database. */
export async function hasRecentDeadLetters(db: Database, endpointId: string, ms: number): Promise<boolean> {
  const { rows } = await sql<{ answer: boolean }>`
    select exists (
      select from webhook_delivery
      where endpoint_id = ${endpointId} and state = 'dead' and ${isMissed}
        and dead_at >= now() - make_interval(secs => ${ms / 1_000}) - ${slack}::interval
    ) as answer`.execute(db);
  return rows[0]?.answer === true;
}

/**
 * Makes up to `limit` deliveries due again that an endpoint missed while it was down, oldest first. Resolves to their number. Clears the
 * endpoint's redrive period when none is left.
 */
export async function redriveMissed(db: Database, endpointId: string, limit: number): Promise<number> {
  // A redrive period that was set meanwhile stays: it is cleared only as it was read.
  const { rows } = await sql<{ redriven: number }>`
    with missed as materialized (
      select redrive_since, redrive_until from webhook_endpoint where id = ${endpointId}
    ), chosen as materialized (
      select id from webhook_delivery delivery, missed
      where endpoint_id = ${endpointId} and state = 'dead' and ${isMissed}
        and dead_at between redrive_since - ${slack}::interval and redrive_until
      order by dead_at, id limit ${limit}
      for update of delivery skip locked
    ), redriven as (
      update webhook_delivery set state = 'pending', next_attempt_at = now(), next_trigger = 'redrive', attempts_before = attempts,
        auto_redrives = auto_redrives + 1, dead_at = null, dead_reason = null, note = null
      from chosen where webhook_delivery.id = chosen.id
    ), ended as (
      update webhook_endpoint endpoint set redrive_since = null, redrive_until = null from missed
      where id = ${endpointId} and endpoint.redrive_until = missed.redrive_until and (select count(*) from chosen) < ${limit}
    )
    select count(*)::int as redriven from chosen`.execute(db);
  return rows[0]?.redriven ?? 0;
}
