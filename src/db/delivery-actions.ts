import { randomUUIDv7 } from 'node:crypto';
import { sql } from 'kysely';
import type { Database } from './database.ts';
import { type DeliveryRow, notifyDue } from './webhook-deliveries.ts';

/** Makes a delivery that waits due now. Undefined where it does not wait. */
export async function retryDelivery(db: Database, id: string): Promise<DeliveryRow | undefined> {
  const row = await db
    .updateTable('webhook_delivery')
    .set({ next_attempt_at: sql<Date>`now()`, next_trigger: 'manual' })
    .where('id', '=', id)
    .where('state', '=', 'pending')
    .returningAll()
    .executeTakeFirst();
  if (row) await notifyDue(db, [row.endpoint_id]);
  return row;
}

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
