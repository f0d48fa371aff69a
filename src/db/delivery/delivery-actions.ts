import { randomUUIDv7 } from 'node:crypto';
import { sql } from 'kysely';
import type { Database } from '#db/database.ts';
import { notifyDue } from './deliveries.ts';
import { halfOpenBreaker } from './endpoint-health.ts';
import type { AttemptTrigger, DeliveryRow } from './tables.ts';

/**
 * Makes a pending delivery the next one of its endpoint, through an open breaker as well, because a person waits for the result.
 * Undefined when it is not pending.
 */
export async function makeNextDue(db: Database, id: string, trigger: AttemptTrigger): Promise<DeliveryRow | undefined> {
  const row = await db
    .updateTable('webhook_delivery')
    .set({ next_attempt_at: beforeAllOthers, next_trigger: trigger })
    .where('id', '=', id)
    .where('state', '=', 'pending')
    .returningAll()
    .executeTakeFirst();
  if (!row) return undefined;
  await halfOpenBreaker(db, row.endpoint_id);
  await notifyDue(db, [row.endpoint_id]);
  return row;
}

/** Due deliveries are sent in the order of this time. */
const beforeAllOthers = sql<Date>`(
  select least(now(), min(waiting.next_attempt_at) - interval '1 millisecond') from webhook_delivery waiting
  where waiting.endpoint_id = webhook_delivery.endpoint_id and waiting.state = 'pending')`;

/** Cancels a pending delivery. Undefined when it is not pending. An attempt in flight may arrive all the same. */
export async function cancelDelivery(db: Database, id: string): Promise<DeliveryRow | undefined> {
  const row = await db
    .updateTable('webhook_delivery')
    .set({ state: 'cancelled', next_attempt_at: null })
    .where('id', '=', id)
    .where('state', '=', 'pending')
    .returningAll()
    .executeTakeFirst();
  // For an ordered endpoint, the next event of the contact may be due now.
  if (row) await notifyDue(db, [row.endpoint_id]);
  return row;
}

/** Creates another delivery of the same event to the same endpoint. */
export async function replayDelivery(db: Database, original: DeliveryRow): Promise<DeliveryRow> {
  const { endpoint_id, event_id, event_type, contact_id, sequence } = original;
  const row = await db
    .insertInto('webhook_delivery')
    .values({
      ...{ id: randomUUIDv7(), endpoint_id, event_id, event_type, contact_id, sequence: Number(sequence) },
      ...{ replay_of: original.id, next_attempt_at: sql<Date>`now()`, next_trigger: 'manual' },
    })
    .returningAll()
    .executeTakeFirstOrThrow();
  await notifyDue(db, [endpoint_id]);
  return row;
}
