import { z } from 'zod';
import { timeOf } from '#api/rest/page.ts';
import type { listAttempts } from '#db/delivery/attempts.ts';
import type { DeliveryRow } from '#db/delivery/tables.ts';
import { leadEventTypes } from '#domain/delivery/lead-event.ts';
import type { DeadReason } from '#domain/delivery/next-step.ts';
import { operationalEventTypes } from '#domain/delivery/operational-event.ts';

const time = z.iso.datetime().nullable();

export const deadReasons = ['exhausted', 'permanent', 'gone', 'expired'] as const satisfies DeadReason[];
export const deliveryStates = ['pending', 'delivered', 'dead', 'cancelled', 'discarded'] as const;
export const eventTypes = [...leadEventTypes, 'webhook.test', ...operationalEventTypes] as const;

export const delivery = z
  .object({
    id: z.string().meta({ description: 'The `X-Webhook-Delivery-Id`, the same at each attempt.' }),
    endpoint_id: z.string(),
    event_id: z.string().meta({ description: 'The `webhook-id`.' }),
    event_type: z.enum(eventTypes),
    contact_id: z.string().nullable().meta({ description: '`data.id` of the event.' }),
    sequence: z.int(),
    state: z.enum(deliveryStates),
    attempts: z.int(),
    next_attempt_at: time.meta({ description: 'When a pending delivery is due.' }),
    last_status: z.int().nullable(),
    last_error_class: z.string().nullable(),
    last_error: z.string().nullable().meta({ description: 'The error in plain words.' }),
    replay_of: z.string().nullable().meta({ description: 'The delivery that this one replays.' }),
    dead_at: time,
    dead_reason: z.string().nullable().meta({
      description:
        '`exhausted`: no retry is left. `permanent`: no retry can help. `gone`: the endpoint asked to be disabled. `expired`: it was due for as long as payloads are kept and could not be sent.',
    }),
    note: z.string().nullable(),
    delivered_at: time,
    created_at: z.iso.datetime(),
  })
  .meta({ id: 'WebhookDelivery' });

const attempt = z
  .object({
    number: z.int(),
    trigger: z.enum(['schedule', 'manual', 'redrive', 'test']),
    started_at: z.iso.datetime(),
    duration_ms: z.int(),
    timings: z.object({ dns_ms: z.number(), connect_ms: z.number(), tls_ms: z.number(), first_byte_ms: z.number() }).partial(),
    status: z.int().nullable(),
    error_class: z.string().nullable(),
    error: z.string().nullable(),
    remote_address: z.string().nullable(),
    request_headers: z.record(z.string(), z.string()),
    response_headers: z.record(z.string(), z.string()).nullable(),
    response_body: z.string().nullable().meta({ description: 'The first 64 KB.' }),
  })
  .meta({ id: 'WebhookAttempt' });

export const deliveryWithAttempts = delivery
  .extend({
    payload: z.unknown().meta({ description: 'The event that is sent; null once retention has removed it.' }),
    attempt_log: z.array(attempt),
  })
  .meta({ id: 'WebhookDeliveryWithAttempts' });

/** The delivery as the API shows it. */
export function toDelivery(row: DeliveryRow): z.input<typeof delivery> {
  const { id, endpoint_id, event_id, event_type, contact_id, state, attempts, last_status, last_error_class, last_error } = row;
  const { replay_of, dead_reason, note } = row;
  return {
    ...{ id, endpoint_id, event_id, event_type, contact_id, sequence: Number(row.sequence), state, attempts },
    ...{ next_attempt_at: timeOf(row.next_attempt_at), last_status, last_error_class, last_error, replay_of },
    ...{ dead_at: timeOf(row.dead_at), dead_reason, note, delivered_at: timeOf(row.delivered_at) },
    created_at: row.created_at.toISOString(),
  };
}

/** The attempt as the API shows it. */
export function toAttempt({ id: _, delivery_id: __, endpoint_id: ___, ...row }: Attempt): z.input<typeof attempt> {
  const { started_at, timings, request_headers, response_headers, ...rest } = row;
  return {
    ...rest,
    started_at: started_at.toISOString(),
    timings: toTimings(timings),
    request_headers: { ...request_headers },
    response_headers: response_headers && { ...response_headers },
  };
}

/** Steps that an attempt did not reach are absent. */
function toTimings({ dnsMs, connectMs, tlsMs, firstByteMs }: Attempt['timings']): z.input<typeof attempt>['timings'] {
  return {
    ...(dnsMs !== undefined && { dns_ms: dnsMs }),
    ...(connectMs !== undefined && { connect_ms: connectMs }),
    ...(tlsMs !== undefined && { tls_ms: tlsMs }),
    ...(firstByteMs !== undefined && { first_byte_ms: firstByteMs }),
  };
}

type Attempt = Awaited<ReturnType<typeof listAttempts>>[number];
