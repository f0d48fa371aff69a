import type { Generated, JSONColumnType } from 'kysely';
import type { DefaultNow, Timestamp } from '#db/columns.ts';
import type { AccountMode } from '#domain/account-mode.ts';
import type { ListingDoubt } from '#domain/sync/listing-doubt.ts';
import type { ReconcileCounts } from '#domain/sync/reconcile.ts';

/** Arrived events and form submissions, and the progress of polls and reconcile runs. */

export interface AccountTable {
  provider: string;
  mode: AccountMode;
  mode_since: DefaultNow;
  created_at: DefaultNow;
}

/** A contact that a canary may write to. */
export interface CanaryContactTable {
  provider: string;
  contact_id: string;
}

export interface GoLiveRunTable {
  id: string;
  provider: string;
  /** The number of contacts of a canary; null for all. */
  contact_limit: number | null;
  state: Generated<'running' | 'completed' | 'stopped' | 'failed'>;
  pushed: Generated<number>;
  failed: Generated<number>;
  /** `api-key:<name>`. */
  actor: string;
  started_at: DefaultNow;
  finished_at: Timestamp | null;
  /** Why it failed, in one sentence. */
  error: string | null;
  /** Null while nobody has undone it. `expired`: its writes are past their retention. */
  undo_state: 'running' | 'completed' | 'failed' | 'expired' | null;
  undo_error: string | null;
  undo_actor: string | null;
  undo_started_at: Timestamp | null;
  undo_finished_at: Timestamp | null;
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
  /** The event named a version of the record that was merged before. */
  is_echo: Generated<boolean>;
}

export interface IngressRefusalTable {
  id: string;
  route: string;
  status: number;
  code: string;
  reason: string;
  remote_address: string | null;
  /** Of its route, code and second: the other columns are those of the first. */
  count: Generated<number>;
  refused_at: DefaultNow;
}

export interface FormSubmissionTable {
  id: string;
  form: string;
  /** By field name, as typed. */
  values: JSONColumnType<Record<string, string>>;
  evidence: JSONColumnType<Record<string, string>>;
  idempotency_key: string;
  received_at: Timestamp;
  /** Of a signed post, which is accepted once. */
  signature: string | null;
  /** Null for a submission without a message, and for those that arrived before messages were events. */
  message: string | null;
  /** The changes that wait for proof; null when none do. */
  pending: JSONColumnType<PendingChange[]> | null;
  accepted_at: Timestamp | null;
  /** `api-key:<name>`, or `email-link`. */
  accepted_by: string | null;
  /** When all of its values were merged into the contact. */
  applied_at: Timestamp | null;
  event_id: string | null;
}

/** A change of a contact that an unproven submission would have made. */
export interface PendingChange {
  field: string;
  before: unknown;
  after: unknown;
}

/** A submission's message on its way to a vendor that has notes. */
export interface SubmissionNoteTable {
  submission_id: string;
  provider: string;
  contact_id: string;
  body: string;
  attempts: Generated<number>;
  lease_owner: string | null;
  lease_until: Timestamp | null;
  /** The vendor's id of the note. */
  external_id: string | null;
  written_at: Timestamp | null;
  /** The vendor refuses this note. */
  failed_at: Timestamp | null;
  error: string | null;
  created_at: DefaultNow;
}

/** The email with a confirmation link for a submission whose changes wait for proof. */
export interface SubmissionConfirmationTable {
  submission_id: string;
  /** Null when no email is sent: see `refusal`. */
  address: string | null;
  /** The key of the mailbox and of the sender's network, by which emails are counted. */
  mailbox: string | null;
  sender: string;
  days: number;
  refusal: ConfirmationRefusal | null;
  requested_at: Timestamp;
  sent_at: Timestamp | null;
  /** When no further attempt was made. */
  failed_at: Timestamp | null;
  /** Of the last attempt. */
  error: string | null;
  confirmed_at: Timestamp | null;
}

/** Why only a person can accept a submission: no address of the contact, or too many emails. */
export type ConfirmationRefusal = 'unknown-address' | 'address-limit' | 'sender-limit';

/** The links that were sent and not used. */
export interface ConfirmationTokenTable {
  /** SHA-256 of the token, in hex. */
  hash: string;
  submission_id: string;
  expires_at: Timestamp;
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
  /** Why its missing records were not followed; null when they were. */
  doubt: ListingDoubt | null;
}

export interface ReconcileSeenTable {
  run_id: string;
  link_id: string;
  /** How the record differed from its last known values; null when it did not. Kept until the next pass of the account. */
  drift: 'changed' | 'missing' | null;
}
