import type { IncomingHttpHeaders } from 'node:http';
import type { ZodType } from 'zod';
import type { FieldName, ProviderValues, RecordPatch } from '#domain/contact.ts';
import type { DoNotContact } from '#domain/values.ts';
import type { ProviderError } from './errors.ts';
import type { TokenStore } from './oauth.ts';

/** What a provider is to Accord. Everything vendor-specific stays behind it, in the provider's folder. */
export interface Provider<Account = unknown, Secrets = unknown> {
  /** As it stands in accord.yaml, the database, workflow ids and task queues. */
  id: string;
  /** As people write it. */
  name: string;
  /** Canonical fields that it can hold. */
  fields: readonly FieldName[];
  /** Those of `fields` that it takes with a create and never changes again. */
  createOnlyFields?: readonly FieldName[];
  /** It tells of people and takes nothing back, as a form does. */
  isSourceOnly?: true;
  /** How long a record must stay unfound before it is believed gone: ids may come back, or turn out to be merged. 10 by default. */
  goneAfterSeconds?: number;
  /** How often to ask for changes where nothing is pushed: a cron expression in UTC. Its client then has `changes`. */
  pollSchedule?: string;
  /** Its section under `accounts` in accord.yaml. */
  accountSchema: ZodType<Account>;
  /** The environment variables that it reads: a zod object whose keys are the variable names. */
  secretsSchema: ZodType<Secrets>;
  /** Present where the vendor pushes. */
  webhookRoutes?: readonly WebhookRoute<Account, Secrets>[];
  /**
   * What a read would show if the provider held all of `values` that it can: one email where it has room for one, tags in its
   * case. Pure, and a fixed point: what was read, or fitted before, comes back as it is.
   */
  fitValues(values: ProviderValues, account: Account): ProviderValues;
  connect(options: ConnectOptions<Account, Secrets>): ProviderClient;
}

export interface ConnectOptions<Account, Secrets> {
  account: Account;
  secrets: Secrets;
  /** Where OAuth tokens live between runs. */
  tokens: TokenStore;
  /** What visitors have sent by forms; a provider that reads them cannot connect without. */
  submissions?: SubmissionStore;
  /** Every list that the audiences hand out at this provider, as accord.yaml says it: a name or an id. */
  lists: readonly string[];
  /** How many processes call this account: each takes its share of the account's rate. */
  sharedBy: number;
}

/**
 * The calls that Accord makes. Every method throws a `ProviderError`, and nothing else, when the provider refuses, and the
 * signal's reason when the caller's signal aborts it.
 */
export interface ProviderClient {
  /** The vendor's id of the account that the credentials belong to (a GHL location, a CallTools silo). */
  accountId: string;
  /** How fast this client may call, over time. */
  requestsPerSecond: number;
  /** The record as it is now. Throws `NotFoundError` when it is gone. */
  read(externalId: string, call?: CallOptions): Promise<ProviderRecord>;
  /** One page of all records, in an order that survives changes during the listing. */
  list(page: { cursor: string | null }, call?: CallOptions): Promise<RecordPage>;
  /** Many records at once, in the order of the ids; null for those that are gone. Present where the vendor has a call for it. */
  readMany?(externalIds: readonly string[], call?: CallOptions): Promise<(ProviderRecord | null)[]>;
  /**
   * One page of what changed since an earlier call, ours included. `since` null lists everything and begins to watch.
   * Throws `ExpiredCursorError` when the vendor no longer knows of `since`.
   */
  changes?(position: { since: string | null; cursor: string | null }, call?: CallOptions): Promise<ChangePage>;
  /** Records that may be this contact; every hit was compared with what was asked, none is trusted for its rank. */
  find(lookup: RecordLookup, call?: CallOptions): Promise<ProviderRecord[]>;
  /** Creates a record that carries `reference`. `merged` when the vendor folded it into one that it had. */
  create(patch: RecordPatch, options: CallOptions & { reference: string }): Promise<WriteResult>;
  /**
   * Creates many in one call; one answer for each, in order, a `ProviderError` for one that was refused. Throws when the outcome
   * of all is unknown. Present where the vendor has a call for it.
   */
  createMany?(creates: readonly NewRecord[], call?: CallOptions): Promise<(WriteResult | ProviderError)[]>;
  /**
   * Changes just what the patch names. `version` is the precondition where the vendor has one: throws
   * `PreconditionFailedError` when the record has moved on since.
   */
  update(externalId: string, patch: RecordPatch, options: CallOptions & { version: string | null }): Promise<WriteResult>;
}

export interface CallOptions {
  signal?: AbortSignal;
  /** 1 (first) to 5 (last) when calls queue for the rate limit; 3 by default. */
  priority?: number;
}

export interface ProviderRecord {
  externalId: string;
  /** Other ids under which this record was known: the vendor has renamed it, or merged those into it. */
  replaces?: string[];
  /** Version or etag for preconditions; null where the vendor has none. */
  version: string | null;
  /** ISO 8601, the vendor's clock; null where it does not say. */
  updatedAt: string | null;
  /** The opaque reference that our create gave it, if it carries one. */
  reference: string | null;
  /** False for listing rows that lack part of the record: read by id before believing what is absent. */
  complete: boolean;
  values: ProviderValues;
  /** An explicit permission that the person gave with it, which alone lifts an earlier refusal. */
  consent?: Consent;
}

export interface Consent {
  grants: (keyof DoNotContact)[];
  /** When, where and to which words: kept for whoever asks for proof. */
  evidence: Record<string, string>;
}

export interface RecordPage {
  records: ProviderRecord[];
  /** Where the next page begins; null after the last. */
  cursor: string | null;
  /** How many records the vendor says there are, if it does. */
  total: number | null;
}

export interface ChangePage {
  records: ProviderRecord[];
  /** Ids of records that were deleted. */
  deleted: string[];
  /** Where the next page begins; null on the last. */
  cursor: string | null;
  /** On the last page: what the next poll asks from. */
  since: string | null;
}

export interface NewRecord {
  patch: RecordPatch;
  reference: string;
}

export interface RecordLookup {
  reference: string | null;
  /** E.164. */
  phones: string[];
  emails: string[];
}

export interface WriteResult {
  outcome: 'created' | 'merged' | 'updated';
  record: ProviderRecord;
}

/** One URL that a vendor posts to. `receive` is pure: same request and settings, same verdict. */
export interface WebhookRoute<Account = unknown, Secrets = unknown> {
  /** The first is the one to hand to the vendor, the others are accepted as well. */
  paths: readonly string[];
  receive(request: WebhookRequest, settings: { account: Account; secrets: Secrets }): WebhookVerdict;
  /** What the vendor must hear when we cannot store, so that it sends again. */
  whenUnavailable: { status: 429 | 503; retryAfterSeconds: number };
}

export interface WebhookRequest {
  headers: IncomingHttpHeaders;
  /** Exactly the bytes that arrived. Signatures cover these, not a parsed copy. */
  rawBody: Buffer;
  receivedAt: Date;
}

export type WebhookVerdict =
  | { kind: 'accepted'; scheme: string; events: WebhookEvent[] }
  /** Genuine, and not for us. */
  | { kind: 'ignored'; scheme: string; reason: string }
  /** `reason` is a sentence that says what to do about it. */
  | { kind: 'refused'; status: 400 | 401; code: RefusalCode; reason: string };

export type RefusalCode = 'not-configured' | 'missing-signature' | 'wrong-signature' | 'malformed-body' | 'stale-timestamp';

/** A hint that a record changed. Its body is kept for people; the record itself is read again. */
export interface WebhookEvent {
  /** Unique per provider; null where the vendor sends none and nothing in the body stands for one. */
  eventId: string | null;
  /** The vendor's name of the event, such as `ContactTagUpdate`. */
  type: string;
  /** The vendor's account id, such as a GHL location. */
  accountId: string;
  externalId: string;
  /** Ids that a merge at the vendor has folded into `externalId`. */
  replaces?: string[];
  occurredAt: Date | null;
}

/** Submissions of forms, as they were stored with their evidence. */
export interface SubmissionStore {
  find(id: string): Promise<StoredSubmission | null>;
}

export interface StoredSubmission {
  id: string;
  /** The form's name in accord.yaml. */
  form: string;
  /** By field name, as it was typed. */
  values: Record<string, string>;
  /** Where it came from: origin, page, address, browser, the words that were agreed to. */
  evidence: Record<string, string>;
  receivedAt: Date;
}
