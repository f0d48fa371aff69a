import type { ColumnType, Generated, GeneratedAlways, JSONColumnType } from 'kysely';
import type { ContactFields, Provenance, ProviderValues, RecordPatch } from '../domain/contact.ts';
import type { LeadEventType, LeadFilters } from '../domain/lead-event.ts';
import type { ReconcileCounts } from '../domain/reconcile.ts';

/** One interface per table; the reasons stand in `migrations/`. */
export interface Tables {
  contact: ContactTable;
  link: LinkTable;
  link_alias: LinkAliasTable;
  write_attempt: WriteAttemptTable;
  inbox_event: InboxEventTable;
  ingress_refusal: IngressRefusalTable;
  contact_history: ContactHistoryTable;
  sync_cursor: SyncCursorTable;
  reconcile_run: ReconcileRunTable;
  reconcile_seen: ReconcileSeenTable;
  oauth_token: OAuthTokenTable;
  api_key: ApiKeyTable;
  audit_log: AuditLogTable;
  identity_key: IdentityKeyTable;
  match_candidate: MatchCandidateTable;
  form_submission: FormSubmissionTable;
  webhook_endpoint: WebhookEndpointTable;
  outbox_event: OutboxEventTable;
  webhook_delivery: WebhookDeliveryTable;
  webhook_attempt: WebhookAttemptTable;
  webhook_serving: WebhookServingTable;
  idempotency_key: IdempotencyKeyTable;
}

type Timestamp = ColumnType<Date, Date | string, Date | string>;
type DefaultNow = ColumnType<Date, Date | string | undefined, Date | string>;

export type SyncStatus = 'pending' | 'synced' | 'failed' | 'excluded_customer' | 'not_eligible';
export type LinkState = 'intent' | 'linked' | 'tombstoned' | 'detached' | 'quarantined';

export interface ContactTable {
  id: string;
  fields: JSONColumnType<ContactFields>;
  provenance: JSONColumnType<Provenance, string | undefined, string>;
  /** Grows by one with each accepted change. */
  revision: Generated<number>;
  /** Marked as a customer by hand, whatever the tags say. */
  is_customer: Generated<boolean>;
  sync_status: Generated<SyncStatus>;
  merged_into: string | null;
  deleted_at: Timestamp | null;
  created_at: DefaultNow;
  updated_at: DefaultNow;
}

/** What went wrong last at a link, for people and for `GET /sync/contacts/:id`. */
export interface LinkError {
  type: string;
  operation: string;
  message: string;
  status: number | null;
  traceId: string | null;
  /** Trying again helps only after a person changed something. */
  permanent: boolean;
  at: string;
}

export interface LinkTable {
  id: string;
  contact_id: string;
  provider: string;
  account_id: string;
  external_id: string | null;
  state: LinkState;
  /** Opaque; travels with our create, so that a lost answer can be looked up. */
  reference: string;
  /** Grows when a tombstoned record is created anew on purpose. */
  generation: Generated<number>;
  /** Exactly what a create that may be under way sends; the base of recovery. */
  intent_payload: JSONColumnType<ProviderValues> | null;
  /** The values that the provider was last known to hold. */
  shadow: JSONColumnType<ProviderValues> | null;
  /** Per field: what we sent → what the provider made of it. */
  echo_pairs: JSONColumnType<Record<string, { sent: unknown; seen: unknown }>, string | undefined, string>;
  version: string | null;
  remote_updated_at: Timestamp | null;
  /** Set when a change is announced, cleared when the record is read: the dirty mark. */
  changed_at: Timestamp | null;
  /** When the workflow was told of `changed_at`. */
  signalled_at: Timestamp | null;
  /** Who is writing to this record now, and until when that is believed. */
  lease_owner: string | null;
  lease_until: Timestamp | null;
  last_error: JSONColumnType<LinkError> | null;
  /** `accord` where our own create made the record. */
  origin: Generated<'provider' | 'accord'>;
  /** Since when a read finds nothing. */
  missing_since: Timestamp | null;
  /** Values that it was known to hold a moment ago, the oldest first. */
  recent: JSONColumnType<PastValues[], string | undefined, string>;
  /** Ids that a merge at the vendor folded into this record, until they are followed. */
  replaces: string[] | null;
  /** Fields whose conflict waits for a person, with what the provider holds. */
  held: JSONColumnType<ProviderValues, string | undefined, string>;
  observed_at: Timestamp | null;
  pushed_at: Timestamp | null;
  created_at: DefaultNow;
}

/** What a record held until `until`. */
export interface PastValues {
  until: string;
  values: ProviderValues;
}

export interface LinkAliasTable {
  provider: string;
  account_id: string;
  external_id: string;
  link_id: string;
  created_at: DefaultNow;
}

export interface WriteAttemptTable {
  id: string;
  link_id: string;
  operation: 'create' | 'update';
  patch: JSONColumnType<RecordPatch>;
  base_version: string | null;
  /** Workflow and run that wrote. */
  cause: string;
  started_at: DefaultNow;
  resolved_at: Timestamp | null;
  outcome: 'landed' | 'refused' | 'superseded' | null;
}

export interface InboxEventTable {
  id: string;
  provider: string;
  event_id: string | null;
  type: string;
  account_id: string;
  external_id: string;
  link_id: string | null;
  scheme: string;
  payload: string;
  headers: JSONColumnType<Record<string, string>>;
  occurred_at: Timestamp | null;
  received_at: Timestamp;
}

export interface IngressRefusalTable {
  id: string;
  route: string;
  status: number;
  code: string;
  reason: string;
  remote_address: string | null;
  refused_at: DefaultNow;
}

export type HistoryKind =
  | 'created'
  | 'changed'
  | 'conflict'
  | 'resolved'
  | 'pushed'
  | 'tombstoned'
  | 'restored'
  | 'merged'
  | 'consent'
  | 'marked_customer'
  | 'unmarked_customer';

export interface ContactHistoryTable {
  id: GeneratedAlways<string>;
  contact_id: string;
  at: DefaultNow;
  kind: HistoryKind;
  /** A provider's id, `accord`, or `api-key:<name>`. */
  actor: string;
  provider: string | null;
  field: string | null;
  before: JSONColumnType<object> | null;
  after: JSONColumnType<object> | null;
  /** The value that lost a conflict. */
  losing: JSONColumnType<object> | null;
  cause: string | null;
}

export interface SyncCursorTable {
  provider: string;
  account_id: string;
  name: string;
  cursor: JSONColumnType<{ since: string }>;
  updated_at: DefaultNow;
}

export interface ReconcileRunTable {
  id: string;
  provider: string;
  account_id: string;
  trigger: string;
  workflow_id: string;
  workflow_run_id: string;
  counts: JSONColumnType<ReconcileCounts>;
  started_at: DefaultNow;
  finished_at: Timestamp | null;
  outcome: 'completed' | 'failed' | null;
}

export interface ReconcileSeenTable {
  run_id: string;
  link_id: string;
}

export interface OAuthTokenTable {
  provider: string;
  account_id: string;
  ciphertext: Buffer | null;
  updated_at: DefaultNow;
}

export interface ApiKeyTable {
  id: string;
  name: string;
  /** The first characters of the key, to tell keys apart in a list. */
  prefix: string;
  hash: Buffer;
  scopes: string[];
  created_at: DefaultNow;
  last_used_at: Timestamp | null;
  revoked_at: Timestamp | null;
}

export interface AuditLogTable {
  id: string;
  at: DefaultNow;
  actor: string;
  action: string;
  target: string;
  details: JSONColumnType<object, string | undefined, string>;
}

export interface IdentityKeyTable {
  kind: 'email' | 'phone';
  value: string;
  contact_id: string;
}

export interface MatchCandidateTable {
  id: string;
  contact_id: string;
  other_contact_id: string;
  evidence: JSONColumnType<object>;
  state: Generated<'open' | 'same' | 'different'>;
  created_at: DefaultNow;
  decided_at: Timestamp | null;
  decided_by: string | null;
}

export interface FormSubmissionTable {
  id: string;
  form: string;
  /** By field name, as typed. */
  values: JSONColumnType<Record<string, string>>;
  evidence: JSONColumnType<Record<string, string>>;
  idempotency_key: string;
  received_at: Timestamp;
}

export type OutboxEventType = LeadEventType | 'webhook.test';
export type BreakerState = 'closed' | 'open' | 'half-open';
export type DisabledReason = 'gone' | 'failing' | 'operator';
export type DeliveryState = 'pending' | 'delivered' | 'dead' | 'cancelled' | 'discarded';
export type AttemptTrigger = 'schedule' | 'manual' | 'redrive' | 'test';

export interface WebhookEndpointTable {
  id: string;
  url: string;
  description: string | null;
  events: LeadEventType[];
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
  /** How often in a row it opened. */
  breaker_trips: Generated<number>;
  window_started_at: Timestamp | null;
  window_successes: Generated<number>;
  window_failures: Generated<number>;
  /** Since when nothing but failures. */
  failing_since: Timestamp | null;
  last_success_at: Timestamp | null;
  last_failure_at: Timestamp | null;
  last_error: string | null;
  /** What died in this time is being sent again, for the endpoint came back. */
  redrive_since: Timestamp | null;
  redrive_until: Timestamp | null;
  created_at: DefaultNow;
  updated_at: DefaultNow;
  deleted_at: Timestamp | null;
}

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
  /** In plain words. */
  last_error: string | null;
  replay_of: string | null;
  dead_at: Timestamp | null;
  dead_reason: string | null;
  note: string | null;
  delivered_at: Timestamp | null;
  /** Times that it was sent again because its endpoint came back. */
  auto_redrives: Generated<number>;
  created_at: DefaultNow;
}

export interface WebhookServingTable {
  endpoint_id: string;
  until: Timestamp;
}

export interface WebhookAttemptTable {
  id: string;
  delivery_id: string;
  endpoint_id: string;
  /** 1 for the first. */
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

/** Milliseconds that each phase took; what did not happen is left out. */
export interface AttemptTimings {
  dnsMs?: number;
  connectMs?: number;
  tlsMs?: number;
  firstByteMs?: number;
}

export interface IdempotencyKeyTable {
  actor: string;
  key: string;
  request_hash: Buffer;
  answer: Buffer | null;
  created_at: DefaultNow;
}
