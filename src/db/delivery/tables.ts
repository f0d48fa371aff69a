import type { ColumnType, Generated, JSONColumnType, Selectable } from 'kysely';
import type { DefaultNow, Timestamp } from '#db/columns.ts';
import type { LeadEventType, LeadFilters } from '#domain/delivery/lead-event.ts';
import type { OperationalEventType } from '#domain/delivery/operational-event.ts';

// Endpoints, events, deliveries and attempts. They have no foreign keys, because attempts are dropped by the day, in partitions.

/** Types that an endpoint can subscribe to. */
export type EndpointEventType = LeadEventType | OperationalEventType;
export type OutboxEventType = EndpointEventType | 'webhook.test';
export type BreakerState = 'closed' | 'open' | 'half-open';
export type DisabledReason = 'gone' | 'failing' | 'operator';
export type DeliveryState = 'pending' | 'delivered' | 'dead' | 'cancelled' | 'discarded';
export type AttemptTrigger = 'schedule' | 'manual' | 'redrive' | 'test';

export interface WebhookEndpointTable {
  id: string;
  url: string;
  description: string | null;
  events: EndpointEventType[];
  /** Attempts after the first. */
  max_retries: Generated<number>;
  timeout_seconds: Generated<number>;
  /** Seconds to wait before each retry. */
  retry_schedule: number[] | null;
  /** JSON, encrypted. */
  custom_headers: Buffer | null;
  filters: JSONColumnType<LeadFilters> | null;
  rate_per_second: number | null;
  ordered: Generated<boolean>;
  include_previous: Generated<boolean>;
  is_active: Generated<boolean>;
  disabled_reason: DisabledReason | null;
  disabled_at: Timestamp | null;
  secret: Buffer;
  previous_secret: Buffer | null;
  previous_secret_until: Timestamp | null;
  breaker_state: Generated<BreakerState>;
  breaker_until: Timestamp | null;
  /** How often it opened without a recovery in between. */
  breaker_trips: Generated<number>;
  window_started_at: Timestamp | null;
  window_successes: Generated<number>;
  window_failures: Generated<number>;
  /** The first failure since the last success. */
  failing_since: Timestamp | null;
  last_success_at: Timestamp | null;
  last_failure_at: Timestamp | null;
  last_error: string | null;
  /** The endpoint recovered: dead letters from this period are being redriven. */
  redrive_since: Timestamp | null;
  redrive_until: Timestamp | null;
  created_at: DefaultNow;
  updated_at: DefaultNow;
  deleted_at: Timestamp | null;
}

export type EndpointRow = Selectable<WebhookEndpointTable>;

export interface OutboxEventTable {
  /** The `webhook-id` of each of its deliveries. */
  id: string;
  type: OutboxEventType;
  contact_id: string | null;
  /** Grows with each event of a contact. */
  sequence: ColumnType<string, number, never>;
  body: Buffer;
  body_with_previous: Buffer | null;
  occurred_at: Timestamp;
}

export interface WebhookDeliveryTable {
  /** The `X-Webhook-Delivery-Id`, the same at each attempt. */
  id: string;
  endpoint_id: string;
  event_id: string;
  event_type: OutboxEventType;
  contact_id: string | null;
  sequence: ColumnType<string, number, never>;
  state: Generated<DeliveryState>;
  attempts: Generated<number>;
  /** Of `attempts`, those before the last redrive. */
  attempts_before: Generated<number>;
  /** Null unless pending. */
  next_attempt_at: Timestamp | null;
  next_trigger: Generated<AttemptTrigger>;
  last_status: number | null;
  last_error_class: string | null;
  /** For people: one plain sentence. */
  last_error: string | null;
  replay_of: string | null;
  dead_at: Timestamp | null;
  dead_reason: string | null;
  note: string | null;
  delivered_at: Timestamp | null;
  /** Redrives because its endpoint recovered. */
  auto_redrives: Generated<number>;
  created_at: DefaultNow;
}

export type DeliveryRow = Selectable<WebhookDeliveryTable>;

/** Endpoint leases. */
export interface WebhookServingTable {
  endpoint_id: string;
  until: Timestamp;
  /** The owner of the lease: the token that identifies an attempt of the drain to Temporal. */
  task_token: Generated<Buffer>;
}

export interface WebhookAttemptTable {
  id: string;
  delivery_id: string;
  endpoint_id: string;
  /** Of its delivery, from 1. */
  number: number;
  trigger: AttemptTrigger;
  started_at: Timestamp;
  duration_ms: number;
  timings: JSONColumnType<AttemptTimings, string | undefined, string>;
  status: number | null;
  error_class: string | null;
  error: string | null;
  remote_address: string | null;
  request_headers: JSONColumnType<Record<string, string>, string | undefined, string>;
  response_headers: JSONColumnType<Record<string, string>> | null;
  response_body: string | null;
}

/** Milliseconds of each phase. A phase that did not happen is missing. */
export interface AttemptTimings {
  dnsMs?: number;
  connectMs?: number;
  tlsMs?: number;
  firstByteMs?: number;
}

/** Links for subscribers to their own endpoints. */
export interface PortalLinkTable {
  id: string;
  token_hash: Buffer;
  endpoint_ids: string[];
  created_by: string;
  created_at: DefaultNow;
  expires_at: Timestamp;
  /** To the minute. */
  last_used_at: Timestamp | null;
}

export type WebhookMetric = 'attempts' | 'operational_events';

export interface WebhookTotalTable {
  metric: WebhookMetric;
  /** The outcome of attempts, or the type of events. */
  label: string;
  total: ColumnType<string, number, number>;
}
