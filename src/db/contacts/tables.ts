import type { ColumnType, Generated, GeneratedAlways, JSONColumnType } from 'kysely';
import type { DefaultNow, Timestamp } from '#db/columns.ts';
import type { ContactFields, Provenance, ProviderValues, RecordPatch } from '#domain/contact.ts';
import type { IdentityKey } from '#domain/matching/identity-keys.ts';
import type { MatchKeyKind } from '#domain/matching/match-keys.ts';
import type { RefusalChannel, RefusalKey } from '#domain/refusal.ts';
import type { SyncStatus } from '#domain/sync/plan.ts';
import type { LeftReason } from '#domain/sync/undo-plan.ts';

/** Contacts, their links to provider records, and the history of both. */

export type LinkState = 'intent' | 'linked' | 'tombstoned' | 'detached';

export interface ContactTable {
  id: string;
  /** Rows written before a field existed lack it. */
  fields: JSONColumnType<Partial<ContactFields>>;
  provenance: JSONColumnType<Provenance, string | undefined, string>;
  /** Grows by one with each accepted change. */
  revision: Generated<number>;
  /** Marked as a customer by hand; independent of the tags. */
  is_customer: Generated<boolean>;
  sync_status: Generated<SyncStatus>;
  /** Channels that another contact refused for a phone number or an address of this one, when it was saved last. */
  held_refusals: Generated<RefusalChannel[]>;
  merged_into: string | null;
  /** False for contacts from before the keys, until these are computed. */
  has_match_keys: Generated<boolean>;
  /** The values that identify the person changed since the contact was last compared with others. */
  is_review_due: Generated<boolean>;
  /** The contact is being erased, or was: its row has no value, and gets none. */
  erasure_id: string | null;
  deleted_at: Timestamp | null;
  created_at: DefaultNow;
  updated_at: DefaultNow;
}

/** The text that a contact is found by. See `toSearchText`. */
export interface ContactSearchTable {
  contact_id: string;
  text: string;
}

export interface LinkTable {
  id: string;
  contact_id: string;
  provider: string;
  account_id: string;
  external_id: string | null;
  state: LinkState;
  /** Opaque; travels with our create, so that a record can be found when the answer is lost. */
  reference: string;
  /** Grows when a tombstoned record is created again on purpose. */
  generation: Generated<number>;
  /** The exact payload of a create that may be under way; the base of recovery. */
  intent_payload: JSONColumnType<ProviderValues> | null;
  /** The values that the provider was last known to hold. */
  shadow: JSONColumnType<ProviderValues> | null;
  /** Per field: the value sent and the value that the provider returned for it. */
  echo_pairs: JSONColumnType<Record<string, { sent: unknown; seen: unknown }>, string | undefined, string>;
  version: string | null;
  remote_updated_at: Timestamp | null;
  /** The dirty mark: set when a change is announced, cleared when the record is read. */
  changed_at: Timestamp | null;
  /** The newest version that webhooks have named since `changed_at`. Null when one of the changes has no version. */
  announced_version: string | null;
  /** The trace context of the request that set `changed_at`; null without one. */
  traceparent: string | null;
  /** The time at which the workflow was signalled about `changed_at`. */
  signalled_at: Timestamp | null;
  /** The only writer allowed to change the record until `lease_until`. */
  lease_owner: string | null;
  lease_until: Timestamp | null;
  last_error: JSONColumnType<LinkError> | null;
  /** `accord` if our own create made the record. */
  origin: Generated<'provider' | 'accord'>;
  /** The first read that did not find the record. */
  missing_since: Timestamp | null;
  /** Earlier shadows, the oldest first. A read that returns one of them may be stale. */
  recent: JSONColumnType<PastValues[], string | undefined, string>;
  /** Ids that a merge at the vendor folded into this record, until they are followed. */
  replaces: string[] | null;
  /** Fields whose conflict waits for a person, with the provider's value. */
  held: JSONColumnType<ProviderValues, string | undefined, string>;
  observed_at: Timestamp | null;
  pushed_at: Timestamp | null;
  /** When a read last showed that somebody else had edited the record. */
  edited_at: Timestamp | null;
  /** When Accord began to delete the record. */
  removed_at: Timestamp | null;
  /** When the record was archived: audiences place it nowhere. */
  archived_at: Timestamp | null;
  /** The approved request to delete the record, until that is done. */
  removal_id: string | null;
  created_at: DefaultNow;
}

/** The last error of a link, for people and for `GET /sync/contacts/:id`. */
export interface LinkError {
  type: string;
  operation: string;
  message: string;
  status: number | null;
  traceId: string | null;
  /** A retry cannot succeed until a person changes something. */
  permanent: boolean;
  at: string;
}

/** The values that a record held until `until` (ISO 8601). */
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
  /** The workflow and run that wrote. */
  cause: string;
  started_at: DefaultNow;
  resolved_at: Timestamp | null;
  outcome: 'landed' | 'refused' | 'superseded' | null;
  /** The newest go-live of the account when the write was planned. */
  run_id: string | null;
  /** The values of the changed fields before an update, as far as they were known. */
  before: JSONColumnType<ProviderValues> | null;
  /** The outcome of the undo of the go-live, once the record has been dealt with. */
  undo: JSONColumnType<RecordUndo> | null;
}

/** Outcome of a go-live's undo for one record. */
export interface RecordUndo {
  outcome: 'removed' | 'restored' | 'left';
  /** Why the record, or some of its fields, stay as they are; null when nothing stays. */
  reason: LeftReason | null;
  /** The vendor's refusal, in one sentence. */
  error: string | null;
  /** The fields that stay. */
  fields: string[];
  /** ISO 8601. */
  at: string;
}

export type HistoryKind =
  | 'created'
  | 'changed'
  | 'conflict'
  | 'resolved'
  | 'pushed'
  | 'tombstoned'
  | 'restored'
  | 'removed'
  | 'merged'
  | 'split'
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
  /** The record that the entry is about. */
  link_id: string | null;
}

export interface IdentityKeyTable {
  kind: 'email' | 'phone';
  value: string;
  contact_id: string;
  /** False while only unproven form submissions have named it. */
  is_proven: Generated<boolean>;
}

/** A phone number or email address that a contact refused to be reached at, by one channel. */
export interface RefusedKeyTable {
  channel: ColumnType<RefusalChannel, RefusalChannel | undefined, RefusalChannel>;
  kind: 'email' | 'phone';
  value: string;
  contact_id: string;
  created_at: DefaultNow;
}

/** A value by which a contact is found for comparison. See `toMatchKeys`. */
export interface MatchKeyTable {
  kind: MatchKeyKind;
  value: string;
  contact_id: string;
}

export interface MatchCandidateTable {
  id: string;
  contact_id: string;
  other_contact_id: string;
  evidence: JSONColumnType<object>;
  /** `later`: a person put the decision off. */
  state: Generated<'open' | 'later' | 'same' | 'different'>;
  created_at: DefaultNow;
  decided_at: Timestamp | null;
  /** `api-key:<name>`, `accord`, or the provider that merged the records. */
  decided_by: string | null;
}

/** A merge, with everything that it takes to undo it. */
export interface ContactMergeTable {
  id: string;
  survivor_id: string;
  /** Null for a record that had no contact of its own. */
  other_id: string | null;
  survivor_before: JSONColumnType<ContactSnapshot>;
  other_before: JSONColumnType<ContactSnapshot>;
  survivor_after: JSONColumnType<ContactSnapshot>;
  /** The links of the other side, as they were before. */
  links: JSONColumnType<LinkSnapshot[], string, string>;
  /** Contacts that had been merged into the other one before. */
  absorbed: string[];
  why: string;
  evidence: JSONColumnType<object> | null;
  /** `accord`, a provider's id, or `api-key:<name>`. */
  actor: string;
  cause: string | null;
  /** The survivor's last history entry of the merge: every later one is an edit. */
  last_history_id: string;
  at: DefaultNow;
  undone_at: Timestamp | null;
  undone_by: string | null;
}

/** A contact at one time. */
export interface ContactSnapshot {
  fields: ContactFields;
  provenance: Provenance;
  isCustomer: boolean;
  isDeleted: boolean;
  keys: (IdentityKey & { isProven: boolean })[];
  /** Keys that it refused to be called at. */
  refused: RefusalKey[];
}

export interface LinkSnapshot {
  id: string;
  provider: string;
  externalId: string | null;
  state: LinkState;
  shadow: ProviderValues | null;
}
