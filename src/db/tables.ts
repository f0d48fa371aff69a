import type { JSONColumnType } from 'kysely';
import type { DefaultNow, Timestamp } from './columns.ts';
import type { AuthorizationRequestTable, ConnectionTable } from './connections/tables.ts';
import type { ConsentEvidenceTable, SuppressionTable } from './consent/tables.ts';
import type * as contacts from './contacts/tables.ts';
import type { DeleteRequestTable } from './deletes/tables.ts';
import type * as webhooks from './delivery/tables.ts';
import type * as erasures from './erasure/tables.ts';
import type * as imports from './imports/tables.ts';
import type { IncidentTable } from './incidents/tables.ts';
import type * as sync from './sync/tables.ts';

/** One interface per table. The migrations explain the constraints and indexes. */
export interface Tables {
  contact: contacts.ContactTable;
  contact_search: contacts.ContactSearchTable;
  link: contacts.LinkTable;
  link_alias: contacts.LinkAliasTable;
  write_attempt: contacts.WriteAttemptTable;
  contact_history: contacts.ContactHistoryTable;
  identity_key: contacts.IdentityKeyTable;
  refused_key: contacts.RefusedKeyTable;
  suppression: SuppressionTable;
  consent_evidence: ConsentEvidenceTable;
  match_key: contacts.MatchKeyTable;
  match_candidate: contacts.MatchCandidateTable;
  contact_merge: contacts.ContactMergeTable;

  delete_request: DeleteRequestTable;

  inbox_event: sync.InboxEventTable;
  ingress_refusal: sync.IngressRefusalTable;
  form_submission: sync.FormSubmissionTable;
  submission_note: sync.SubmissionNoteTable;
  submission_confirmation: sync.SubmissionConfirmationTable;
  confirmation_token: sync.ConfirmationTokenTable;
  account: sync.AccountTable;
  canary_contact: sync.CanaryContactTable;
  go_live_run: sync.GoLiveRunTable;
  sync_cursor: sync.SyncCursorTable;
  reconcile_run: sync.ReconcileRunTable;
  reconcile_seen: sync.ReconcileSeenTable;

  incident: IncidentTable;

  contact_import: imports.ContactImportTable;
  import_part: imports.ImportPartTable;
  import_row: imports.ImportRowTable;
  import_key: imports.ImportKeyTable;

  webhook_endpoint: webhooks.WebhookEndpointTable;
  outbox_event: webhooks.OutboxEventTable;
  webhook_delivery: webhooks.WebhookDeliveryTable;
  webhook_attempt: webhooks.WebhookAttemptTable;
  webhook_serving: webhooks.WebhookServingTable;
  webhook_total: webhooks.WebhookTotalTable;
  portal_link: webhooks.PortalLinkTable;

  erasure: erasures.ErasureTable;
  erasure_record: erasures.ErasureRecordTable;
  erased_key: erasures.ErasedKeyTable;
  erasure_secret: erasures.ErasureSecretTable;

  oauth_token: OAuthTokenTable;
  connection: ConnectionTable;
  authorization_request: AuthorizationRequestTable;
  api_key: ApiKeyTable;
  admin_session: AdminSessionTable;
  sign_in_link: SignInLinkTable;
  audit_log: AuditLogTable;
  idempotency_key: IdempotencyKeyTable;
  worker_lease: WorkerLeaseTable;
}

export interface WorkerLeaseTable {
  provider: string;
  worker_id: string;
  joined_at: DefaultNow;
  renewed_at: Timestamp;
  until: Timestamp;
  /** How much of its share it uses. */
  per_second: number | null;
  used_per_second: number | null;
  waiting: number | null;
  paused_until: Timestamp | null;
  last_success_at: Timestamp | null;
}

export interface OAuthTokenTable {
  provider: string;
  account_id: string;
  ciphertext: Buffer | null;
  expires_at: Timestamp | null;
  refreshed_at: Timestamp | null;
  /** Cleared by the next successful refresh. */
  last_error: JSONColumnType<TokenError> | null;
  updated_at: DefaultNow;
}

export interface TokenError {
  type: string;
  /** One sentence for operators, without secrets. */
  message: string;
  /** ISO 8601. */
  at: string;
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
  expires_at: Timestamp | null;
}

export interface AdminSessionTable {
  token_hash: Buffer;
  key_id: string;
  created_at: DefaultNow;
  expires_at: Timestamp;
}

export interface SignInLinkTable {
  token_hash: Buffer;
  key_id: string;
  expires_at: Timestamp;
}

export interface AuditLogTable {
  id: string;
  at: DefaultNow;
  actor: string;
  action: string;
  target: string;
  details: JSONColumnType<object, string | undefined, string>;
}

export interface IdempotencyKeyTable {
  actor: string;
  key: string;
  /** Of method, path and body. */
  request_hash: Buffer;
  /** Encrypted. Null only inside the transaction that claimed the key. */
  answer: Buffer | null;
  created_at: DefaultNow;
}
