import type { Generated, JSONColumnType } from 'kysely';
import type { DefaultNow, Timestamp } from '#db/columns.ts';

/** Accounts that people connect while Accord runs. */
export interface ConnectionTable {
  /** The account's id: its key under `accounts` in accord.yaml. */
  provider: string;
  /** Encrypted. Null for an account that the environment connects, and after a disconnect. */
  credentials: Buffer | null;
  revision: Generated<number>;
  method: ConnectionMethod | null;
  identity_id: string | null;
  identity_name: string | null;
  scopes: string[] | null;
  expires_at: Timestamp | null;
  connected_at: Timestamp | null;
  /** `api-key:<name>` */
  connected_by: string | null;
  failing_since: Timestamp | null;
  last_error: JSONColumnType<ConnectionError> | null;
  checks: JSONColumnType<ConnectionCheck[]> | null;
  checked_at: Timestamp | null;
}

export type ConnectionMethod = 'oauth' | 'key';

export interface ConnectionError {
  /** The error's name: an `AuthenticationError` needs a person. */
  type: string;
  /** One sentence for operators, without secrets. */
  message: string;
  /** ISO 8601. */
  at: string;
}

/** The result of one check of an account. */
export interface ConnectionCheck {
  name: string;
  isOk: boolean;
  /** One sentence. */
  message: string;
  /** The remedy; null when nothing needs to be done. */
  fix: string | null;
}

export type AuthorizationState = 'waiting' | 'connected' | 'denied' | 'failed' | 'other-account';

/** A person at the authorise page of a vendor. */
export interface AuthorizationRequestTable {
  id: string;
  provider: string;
  state_hash: Buffer;
  /** Encrypted. Null once it is finished. */
  secrets: Buffer | null;
  key_id: string;
  actor: string;
  created_at: DefaultNow;
  expires_at: Timestamp;
  used_at: Timestamp | null;
  state: Generated<AuthorizationState>;
  message: string | null;
}
