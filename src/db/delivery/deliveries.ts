import { sql } from 'kysely';
import type { Database } from '#db/database.ts';
import { executeNamed } from '#db/named-statement.ts';
import type { AttemptTrigger, OutboxEventType } from './tables.ts';

export interface DueDelivery {
  id: string;
  eventId: string;
  eventType: OutboxEventType;
  contactId: string | null;
  /** Attempts so far. */
  attempts: number;
  /** Of `attempts`, those before the last redrive. They do not count as retries. */
  attemptsBefore: number;
  trigger: AttemptTrigger;
  dueAt: Date;
  /** The bytes to sign and send. */
  body: Buffer;
  /** Changes with every update of the endpoint's row. */
  endpointVersion: string;
}

/**
 * The deliveries that are due to an active endpoint by the clock of the database, longest due first. For an ordered endpoint, only the
 * earliest pending event of each contact.
 */
export async function listDueDeliveries(db: Database, endpointId: string, limit: number): Promise<DueDelivery[]> {
  const statement = sql<DueDelivery>`
    select delivery.id, delivery.event_id as "eventId", delivery.event_type as "eventType", delivery.contact_id as "contactId",
      delivery.attempts, delivery.attempts_before as "attemptsBefore", delivery.next_trigger as trigger,
      delivery.next_attempt_at as "dueAt",
      case when endpoint.include_previous then coalesce(event.body_with_previous, event.body) else event.body end as body,
      endpoint.xmin::text as "endpointVersion"
    from webhook_delivery delivery
    join webhook_endpoint endpoint on endpoint.id = delivery.endpoint_id
    join outbox_event event on event.id = delivery.event_id
    where delivery.endpoint_id = ${endpointId} and delivery.state = 'pending' and delivery.next_attempt_at <= now()
      and endpoint.is_active and endpoint.deleted_at is null
      and ${isNextInOrder}
    order by delivery.next_attempt_at, delivery.id
    limit ${sql.lit(limit)}`;
  const { rows } = await executeNamed(db, `due-deliveries-${limit}`, statement);
  return rows;
}

/** Milliseconds until a delivery is due to an active endpoint, by the clock of the database. 0: one is due. Null: none is pending. */
export async function msUntilNextDue(db: Database, endpointId: string): Promise<number | null> {
  const { rows } = await sql<{ ms: number }>`
    select greatest(0, extract(epoch from delivery.next_attempt_at - now()) * 1000)::float8 as ms
    from webhook_delivery delivery
    join webhook_endpoint endpoint on endpoint.id = delivery.endpoint_id
    where delivery.endpoint_id = ${endpointId} and delivery.state = 'pending'
      and endpoint.is_active and endpoint.deleted_at is null
      and ${isNextInOrder}
    order by delivery.next_attempt_at
    limit 1`.execute(db);
  return rows[0] ? Math.ceil(rows[0].ms) : null;
}

/**
 * SQL condition on `delivery` and `endpoint`: no earlier delivery must go first. A replay waits for none, because its place in the order
 * has passed.
 */
export const isNextInOrder = sql<boolean>`(not endpoint.ordered or delivery.contact_id is null or delivery.replay_of is not null or not exists (
  select from webhook_delivery earlier
  where earlier.endpoint_id = delivery.endpoint_id and earlier.contact_id = delivery.contact_id
    and earlier.sequence < delivery.sequence and earlier.state = 'pending' and earlier.replay_of is null))`;

/** Notifies workers and api, when the transaction commits, that something is due to these endpoints or that they changed. */
export async function notifyDue(db: Database, endpointIds: readonly string[]): Promise<void> {
  const ids = [...new Set(endpointIds)];
  if (ids.length === 0) return;
  await sql`select pg_notify('webhook_due', id) from unnest(${ids}::text[]) as row(id)`.execute(db);
}
