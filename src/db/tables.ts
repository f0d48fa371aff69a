import type { Generated, GeneratedAlways, JSONColumnType } from 'kysely';
import type { ContactFields, Provenance, ProviderValues, RecordPatch } from '#domain/contact.ts';
import type { SyncStatus } from '#domain/plan.ts';
import type { ReconcileCounts } from '#domain/reconcile.ts';
import type { DefaultNow, Timestamp } from './columns.ts';
import type * as webhooks from './delivery/tables.ts';

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
  webhook_endpoint: webhooks.WebhookEndpointTable;
  outbox_event: webhooks.OutboxEventTable;
  webhook_delivery: webhooks.WebhookDeliveryTable;
  webhook_attempt: webhooks.WebhookAttemptTable;
  webhook_serving: webhooks.WebhookServingTable;
  webhook_total: webhooks.WebhookTotalTable;
  idempotency_key: webhooks.IdempotencyKeyTable;
}

export type LinkState = 'intent' | 'linked' | 'tombstoned' | 'detached' | 'quarantined';

export interface ContactTable {
  id: string;
  /** Rows that were written before a field existed lack it. */
  fields: JSONColumnType<Partial<ContactFields>>;
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
