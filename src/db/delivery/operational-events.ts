import { randomUUIDv7 } from 'node:crypto';
import { sql } from 'kysely';
import type { Database } from '#db/database.ts';
import type { OperationalEventType } from '#domain/delivery/operational-event.ts';
import { addTotals } from './totals.ts';

export interface NewOperationalEvent {
  type: OperationalEventType;
  /** The endpoint that the event is about, which does not get the event itself; null where it is about an account. */
  endpointId: string | null;
  at: Date;
  toText(id: string): string;
}

/** Counts the events, and writes deliveries of them to the subscribed endpoints, in the caller's transaction. */
export async function publishOperationalEvents(tx: Database, events: readonly NewOperationalEvent[]): Promise<void> {
  if (events.length === 0) return;
  const counts = [...Map.groupBy(events, ({ type }) => type)].map(([type, same]) => [type, same.length] as const);
  await addTotals(tx, 'operational_events', new Map(counts));
  const subscribers = await findSubscribers(tx, events);
  const deliveries = events.flatMap((event) => {
    const eventId = randomUUIDv7();
    return subscribers
      .filter(({ id, events: wanted }) => id !== event.endpointId && wanted.includes(event.type))
      .map(({ id: endpointId }) => ({ id: randomUUIDv7(), endpointId, event, eventId }));
  });
  if (deliveries.length > 0) await insert(tx, deliveries);
}

function findSubscribers(tx: Database, events: readonly NewOperationalEvent[]) {
  return tx
    .selectFrom('webhook_endpoint')
    .select(['id', 'events'])
    .where('is_active', '=', true)
    .where('deleted_at', 'is', null)
    .where(sql<boolean>`events && ${[...new Set(events.map(({ type }) => type))]}::text[]`)
    .execute();
}

interface NewDelivery {
  id: string;
  endpointId: string;
  event: NewOperationalEvent;
  eventId: string;
}

/** Inserts events and deliveries and notifies listeners, in one round trip. */
async function insert(tx: Database, deliveries: readonly NewDelivery[]): Promise<void> {
  const events = new Map(deliveries.map(({ eventId, event }) => [eventId, event]));
  const bodies = [...events].map(([id, { type, at, toText }]) => ({ id, type, at, body: toText(id) }));
  const rows = deliveries.map(({ id, endpointId, event: { type }, eventId }) => ({ id, endpointId, eventId, type }));
  await sql`
    with event as (
      insert into outbox_event (id, type, sequence, body, occurred_at)
      select id, type, 0, convert_to(body, 'UTF8'), at
      from jsonb_to_recordset(${JSON.stringify(bodies)}::jsonb) as row(id uuid, type text, at timestamptz, body text)
    ), delivery as (
      insert into webhook_delivery (id, endpoint_id, event_id, event_type, sequence, next_attempt_at)
      select id, "endpointId", "eventId", type, 0, now()
      from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as row(id uuid, "endpointId" uuid, "eventId" uuid, type text)
      returning endpoint_id
    )
    select pg_notify('webhook_due', endpoint_id::text) from (select distinct endpoint_id from delivery) as told`.execute(tx);
}
