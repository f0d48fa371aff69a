import { randomBytes, randomUUIDv7 } from 'node:crypto';
import type { Database } from '#db/database.ts';
import type { AttemptRecord } from '#db/delivery/attempts.ts';
import { createEndpoint, type EndpointSettings } from '#db/delivery/endpoints.ts';
import { publishLeadEvent } from '#db/delivery/outbox-events.ts';
import type { EndpointRow } from '#db/delivery/tables.ts';
import type { LeadEvent } from '#domain/delivery/lead-event.ts';

export const encryptionKey = randomBytes(32);

/** Of an active endpoint for all events. */
export const endpointSettings: EndpointSettings & { secret: string } = {
  url: 'https://subscriber.example/hook',
  description: null,
  events: ['new_lead', 'lead_update'],
  max_retries: 5,
  timeout_seconds: 30,
  retry_schedule: null,
  custom_headers: null,
  filters: null,
  rate_per_second: null,
  ordered: false,
  include_previous: false,
  is_active: true,
  secret: 'whsec_c2VjcmV0',
};

export function newEndpoint(db: Database, settings: Partial<EndpointSettings> = {}): Promise<EndpointRow> {
  return createEndpoint(db, encryptionKey, { ...endpointSettings, ...settings });
}

export function leadEvent(facts: Partial<LeadEvent> = {}): LeadEvent {
  return {
    type: 'lead_update',
    contactId: randomUUIDv7(),
    sequence: 1,
    occurredAt: new Date(),
    isWanted: () => true,
    toText: (id, { withPrevious }) => JSON.stringify({ id, withPrevious }),
    ...facts,
  };
}

/** Publishes an event and resolves to its deliveries. */
export async function publish(db: Database, facts: Partial<LeadEvent> = {}) {
  const event = leadEvent(facts);
  await publishLeadEvent(db, event);
  return db
    .selectFrom('webhook_delivery')
    .selectAll()
    .where('contact_id', '=', event.contactId)
    .where('sequence', '=', String(event.sequence) as never)
    .orderBy('id')
    .execute();
}

/** An attempt that failed with 500, by default. */
export function attemptOf(delivery: { id: string; endpoint_id: string }, facts: Partial<AttemptRecord> = {}): AttemptRecord {
  return {
    deliveryId: delivery.id,
    endpointId: delivery.endpoint_id,
    number: 1,
    trigger: 'schedule',
    startedAt: new Date(),
    durationMs: 12,
    timings: { dnsMs: 1, connectMs: 2, firstByteMs: 9 },
    status: 500,
    errorClass: 'http_error',
    error: 'The subscriber answered 500.',
    remoteAddress: '203.0.113.7',
    requestHeaders: { 'content-type': 'application/json' },
    responseHeaders: { 'content-length': '2' },
    responseBody: 'no',
    next: { state: 'pending', afterSeconds: 60 },
    ...facts,
  };
}
