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
 * Writes the event and a delivery for each active endpoint whose subscription matches, in the caller's transaction: a change is never
 * committed without them. Resolves to the id of the event; null, and nothing written, when no endpoint matches.
 */
export async function publishLeadEvent(tx: Database, event: LeadEvent): Promise<string | null> {
  const subscribers = await findSubscribers(tx, event.type);
  const matching = subscribers.filter(({ filters }) => event.isWanted(filters));
  if (matching.length === 0) return null;
  const id = randomUUIDv7();
  const { type, contactId, sequence, occurredAt } = event;
  const body = event.toText(id, { withPrevious: false });
  const isPreviousAsked = matching.some((endpoint) => endpoint.isPreviousAsked);
  const bodyWithPrevious = isPreviousAsked ? event.toText(id, { withPrevious: true }) : null;
  const deliveries = matching.map((endpoint) => ({ deliveryId: randomUUIDv7(), endpointId: endpoint.id }));
  await insertEvent(tx, { id, type, contactId, sequence, occurredAt, body, bodyWithPrevious }, deliveries, 'schedule');
  return id;
}

/** Deletes an event that the same transaction published and that a later change of the contact replaces. */
export async function withdrawEvent(tx: Database, id: string): Promise<void> {
  await tx.deleteFrom('webhook_delivery').where('event_id', '=', id).execute();
  await tx.deleteFrom('outbox_event').where('id', '=', id).execute();
}

/** Writes a test event with one delivery. */
export async function publishTestEvent(
  db: Database,
  { endpointId, occurredAt, toText }: { endpointId: string; occurredAt: Date; toText(id: string): string },
): Promise<{ eventId: string; deliveryId: string }> {
  const id = randomUUIDv7();
  const event: NewEvent = {
    ...{ id, type: 'webhook.test', contactId: null, sequence: 0, occurredAt },
    ...{ body: toText(id), bodyWithPrevious: null },
  };
  const deliveryId = randomUUIDv7();
  await insertEvent(db, event, [{ deliveryId, endpointId }], 'test');
  return { eventId: id, deliveryId };
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

/**
 * Of one contact, for an endpoint that does not keep up. An update has all values of the contact, so that later ones make the earliest
 * needless: a contact that changes all the time fills no queue.
 */
const maxWaitingUpdates = 20;

/** Inserts event and deliveries and notifies listeners, in one round trip. The notification is sent when the transaction commits. */
async function insertEvent(
  tx: Database,
  event: NewEvent,
  deliveries: readonly { deliveryId: string; endpointId: string }[],
  trigger: AttemptTrigger,
): Promise<void> {
  const deliveryIds = deliveries.map(({ deliveryId }) => deliveryId);
  const endpointIds = deliveries.map(({ endpointId }) => endpointId);
  const { id, type, contactId, sequence, occurredAt, body, bodyWithPrevious } = event;
  const statement = sql`
    with event as (
      insert into outbox_event (id, type, contact_id, sequence, body, body_with_previous, occurred_at)
      values (${id}, ${type}, ${contactId}, ${sequence}, ${Buffer.from(body)},
        ${bodyWithPrevious === null ? null : Buffer.from(bodyWithPrevious)}, ${occurredAt})
    ), waiting as (
      select delivery.id from unnest(${endpointIds}::uuid[]) as endpoint(id), lateral (
        select earlier.id from webhook_delivery as earlier
        where earlier.state = 'pending' and earlier.endpoint_id = endpoint.id and earlier.contact_id = ${contactId}::uuid
          and earlier.event_type = 'lead_update' and ${type} = 'lead_update' and earlier.replay_of is null
        order by earlier.sequence desc offset ${maxWaitingUpdates - 1}
      ) as delivery
    ), superseded as (
      update webhook_delivery set state = 'cancelled', next_attempt_at = null, note = 'later updates of the contact took its place'
      where state = 'pending'
        and id in (select id from webhook_delivery where id in (select id from waiting) for update skip locked)
    ), delivery as (
      insert into webhook_delivery (id, endpoint_id, event_id, event_type, contact_id, sequence, next_attempt_at, next_trigger)
      select row.id, row.endpoint_id, ${id}::uuid, ${type}, ${contactId}::uuid, ${sequence}::bigint, now(), ${trigger}
      from unnest(${deliveryIds}::uuid[], ${endpointIds}::uuid[]) as row(id, endpoint_id)
      returning endpoint_id
    )
    select pg_notify('webhook_due', endpoint_id::text) from delivery`;
  await executeNamed(tx, 'insert-event', statement);
}
