import type { JSONColumnType } from 'kysely';
import type { DefaultNow, Timestamp } from '#db/columns.ts';
import type { ReconcileCounts } from '#domain/reconcile.ts';

/** Arrived events and form submissions, and the progress of polls and reconcile runs. */

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

export interface FormSubmissionTable {
  id: string;
  form: string;
  /** By field name, as typed. */
  values: JSONColumnType<Record<string, string>>;
  evidence: JSONColumnType<Record<string, string>>;
  idempotency_key: string;
  received_at: Timestamp;
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
