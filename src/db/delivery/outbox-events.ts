import { randomUUIDv7 } from 'node:crypto';
import { sql } from 'kysely';
import type { Database } from '#db/database.ts';
import { executeNamed } from '#db/named-statement.ts';
import type { LeadEvent, LeadEventType, LeadFilters } from '#domain/delivery/lead-event.ts';
import type { AttemptTrigger, OutboxEventType } from './tables.ts';

interface NewEvent {
  id: string;
  type: OutboxEventType;
  contactId: string | null;
  sequence: number;
  occurredAt: Date;
  body: string;
  bodyWithPrevious: string | null;
}

/**
 * Writes the event and one delivery for each active endpoint that wants it, for the caller's transaction to commit: there is never
 * the change without them. Where nobody wants it nothing is written. Answers with the event's id, or null.
 */
export async function publishLeadEvent(tx: Database, event: LeadEvent): Promise<string | null> {
  const subscribers = await findSubscribers(tx, event.type);
  const wanting = subscribers.filter(({ filters }) => event.isWanted(filters));
  if (wanting.length === 0) return null;
  const id = randomUUIDv7();
  const { type, contactId, sequence, occurredAt } = event;
  const body = event.toText(id, { withPrevious: false });
  const isPreviousAsked = wanting.some((endpoint) => endpoint.isPreviousAsked);
  const bodyWithPrevious = isPreviousAsked ? event.toText(id, { withPrevious: true }) : null;
  const endpointIds = wanting.map((endpoint) => endpoint.id);
  await insertEvent(tx, { id, type, contactId, sequence, occurredAt, body, bodyWithPrevious }, endpointIds, 'schedule');
  return id;
}

/** Takes back what this transaction itself has published: it went on to change the same contact. */
export async function withdrawEvent(tx: Database, id: string): Promise<void> {
  await tx.deleteFrom('webhook_delivery').where('event_id', '=', id).execute();
  await tx.deleteFrom('outbox_event').where('id', '=', id).execute();
}

/** An event that one endpoint is sent to see whether it arrives. Answers with the id of its delivery. */
export async function publishTestEvent(
  db: Database,
  { endpointId, occurredAt, toText }: { endpointId: string; occurredAt: Date; toText(id: string): string },
): Promise<{ eventId: string; deliveryId: string }> {
  const id = randomUUIDv7();
  const event: NewEvent = {
    ...{ id, type: 'webhook.test', contactId: null, sequence: 0, occurredAt },
    ...{ body: toText(id), bodyWithPrevious: null },
  };
  const [deliveryId] = await insertEvent(db, event, [endpointId], 'test');
  return { eventId: id, deliveryId: deliveryId as string };
}

async function findSubscribers(tx: Database, type: LeadEventType): Promise<Subscriber[]> {
  const statement = sql<Subscriber>`
    select id, filters, include_previous as "isPreviousAsked" from webhook_endpoint
    where is_active and deleted_at is null and ${type} = any(events)`;
  const { rows } = await executeNamed(tx, 'find-subscribers', statement);
  return rows;
}

interface Subscriber {
  id: string;
  filters: LeadFilters | null;
  isPreviousAsked: boolean;
}

/** Event, deliveries and the call to whoever listens, in one round trip. The call is heard when the transaction commits. */
async function insertEvent(
  tx: Database,
  event: NewEvent,
  endpointIds: readonly string[],
  trigger: AttemptTrigger,
): Promise<string[]> {
  const deliveryIds = endpointIds.map(() => randomUUIDv7());
  const { id, type, contactId, sequence, occurredAt, body, bodyWithPrevious } = event;
  const statement = sql`
    with event as (
      insert into outbox_event (id, type, contact_id, sequence, body, body_with_previous, occurred_at)
      values (${id}, ${type}, ${contactId}, ${sequence}, ${Buffer.from(body)},
        ${bodyWithPrevious === null ? null : Buffer.from(bodyWithPrevious)}, ${occurredAt})
    ), delivery as (
      insert into webhook_delivery (id, endpoint_id, event_id, event_type, contact_id, sequence, next_attempt_at, next_trigger)
      select row.id, row.endpoint_id, ${id}::uuid, ${type}, ${contactId}::uuid, ${sequence}::bigint, now(), ${trigger}
      from unnest(${deliveryIds}::uuid[], ${endpointIds}::uuid[]) as row(id, endpoint_id)
      returning endpoint_id
    )
    select pg_notify('webhook_due', endpoint_id::text) from delivery`;
  await executeNamed(tx, 'insert-event', statement);
  return deliveryIds;
}
