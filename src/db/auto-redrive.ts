import { sql } from 'kysely';
import type { Database } from './database.ts';

/** Once more for each recovery, and no more often than this: what an endpoint refuses whenever it is asked stays dead. */
const redrivesAtMost = 3;
/** Failures are timed by the clock of the worker, deaths by that of the database. */
const clockSlack = '1 minute';
/** What would have arrived had the endpoint been well: no redirects, and no tests, which somebody has looked at already. */
const isMissed = sql<boolean>`dead_reason in ('exhausted', 'gone', 'expired') and event_type <> 'webhook.test'
  and auto_redrives < ${redrivesAtMost}`;

/** Whether an endpoint has missed deliveries since then (milliseconds since 1970). */
export async function hasDiedSince(db: Database, endpointId: string, since: number): Promise<boolean> {
  const { rows } = await sql<{ answer: boolean }>`
    select exists (
      select from webhook_delivery
      where endpoint_id = ${endpointId} and state = 'dead' and dead_at >= ${new Date(since)}::timestamptz - ${clockSlack}::interval
        and ${isMissed}
    ) as answer`.execute(db);
  return rows[0]?.answer === true;
}

/**
 * Makes up to `limit` deliveries due again that an endpoint missed while it was down, those first that died first. Answers how many;
 * when there are none left, the endpoint is done with them.
 */
export async function redriveAfterRecovery(db: Database, endpointId: string, limit: number): Promise<number> {
  const { numAffectedRows = 0n } = await sql`
    with chosen as materialized (
      select delivery.id from webhook_delivery delivery join webhook_endpoint endpoint on endpoint.id = delivery.endpoint_id
      where delivery.endpoint_id = ${endpointId} and delivery.state = 'dead' and ${isMissed}
        and delivery.dead_at between endpoint.redrive_since - ${clockSlack}::interval and endpoint.redrive_until
      order by delivery.dead_at, delivery.id limit ${limit}
      for update of delivery skip locked
    )
    update webhook_delivery set state = 'pending', next_attempt_at = now(), next_trigger = 'redrive', attempts_before = attempts,
      auto_redrives = auto_redrives + 1, dead_at = null, dead_reason = null, note = null
    from chosen where webhook_delivery.id = chosen.id`.execute(db);
  if (Number(numAffectedRows) < limit) await endRedrive(db, endpointId);
  return Number(numAffectedRows);
}

async function endRedrive(db: Database, endpointId: string): Promise<void> {
  await db
    .updateTable('webhook_endpoint')
    .set({ redrive_since: null, redrive_until: null })
    .where('id', '=', endpointId)
    .execute();
}
