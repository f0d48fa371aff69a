import { randomUUIDv7 } from 'node:crypto';
import { sql } from 'kysely';
import type { Database } from '#db/database.ts';
import { notifyDue } from './deliveries.ts';
import { halfOpenBreaker } from './endpoint-health.ts';
import type { AttemptTrigger, DeliveryRow } from './tables.ts';

/**
 * Makes a delivery that waits the next one of its endpoint, also where the breaker is open: somebody wants to see how it goes.
 * Undefined where it does not wait.
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

export function retryDelivery(db: Database, id: string): Promise<DeliveryRow | undefined> {
  return makeNextDue(db, id, 'manual');
}

/** What is due is sent in the order of its time. */
const beforeAllOthers = sql<Date>`(
  select least(now(), min(waiting.next_attempt_at) - interval '1 millisecond') from webhook_delivery waiting
  where waiting.endpoint_id = webhook_delivery.endpoint_id and waiting.state = 'pending')`;

/** Ends a delivery that waits. Undefined where it does not wait. An attempt that is under way may arrive all the same. */
export async function cancelDelivery(db: Database, id: string): Promise<DeliveryRow | undefined> {
  const row = await db
    .updateTable('webhook_delivery')
    .set({ state: 'cancelled', next_attempt_at: null })
    .where('id', '=', id)
    .where('state', '=', 'pending')
    .returningAll()
    .executeTakeFirst();
  // In an ordered endpoint the next event of the contact waited for this one.
  if (row) await notifyDue(db, [row.endpoint_id]);
  return row;
}

/** Sends an event once more to the same endpoint, under an id of its own. */
export async function replayDelivery(db: Database, original: DeliveryRow): Promise<DeliveryRow> {
  const { endpoint_id, event_id, event_type, contact_id, sequence } = original;
  const row = await db
    .insertInto('webhook_delivery')
    .values({
      ...{ id: randomUUIDv7(), endpoint_id, event_id, event_type, contact_id, sequence: Number(sequence) },
      ...{ replay_of: original.id, next_attempt_at: sql<Date>`now()`, next_trigger: 'manual' },
    } as never)
    .returningAll()
    .executeTakeFirstOrThrow();
  await notifyDue(db, [endpoint_id]);
  return row;
}
