import type { Generated, JSONColumnType } from 'kysely';
import type { DefaultNow, Timestamp } from '#db/columns.ts';

// Proofs of erasures. No column holds personal data.

export interface ErasureTable {
  id: string;
  contact_id: string;
  /** The contacts that had been merged into it. */
  merged_ids: Generated<string[]>;
  reason: string;
  /** `api-key:<name>`. */
  actor: string;
  state: Generated<'running' | 'completed'>;
  /** The deleted rows, by table. */
  removed: JSONColumnType<Record<string, number>, string | undefined, string>;
  /** Subscribers' endpoints that got events of the person. */
  endpoint_ids: Generated<string[]>;
  /** Files on the worker's disk that name the contact. */
  export_files: Generated<string[]>;
  requested_at: DefaultNow;
  /** When its workflow was started. */
  started_at: Timestamp | null;
  completed_at: Timestamp | null;
  /** How often a record or a submission of the person was kept out. */
  blocked: Generated<number>;
  last_blocked_at: Timestamp | null;
  /** When the person returned: nothing is kept out any more. */
  lifted_at: Timestamp | null;
  /** `api-key:<name>`, or `form:<name>`. */
  lifted_by: string | null;
  lift_reason: string | null;
}

export interface ErasureRecordTable {
  erasure_id: string;
  link_id: string;
  provider: string;
  state: Generated<'open' | 'deleted' | 'verified'>;
  called_at: Timestamp | null;
  /** The vendor's answer to the deletion. `never-created`: no create of ours made a record. */
  answer: 'accepted' | 'not-found' | 'never-created' | null;
  verified_at: Timestamp | null;
  /** The status of the read that found nothing. */
  verified_status: number | null;
  /** The vendor's id of that request. */
  trace_id: string | null;
  attempts: Generated<number>;
  /** Why it is still open, in one sentence. */
  error: string | null;
  error_at: Timestamp | null;
}

export interface ErasedKeyTable {
  hash: Buffer;
  erasure_id: string;
}

export interface ErasureSecretTable {
  id: Generated<boolean>;
  secret: Buffer;
}
