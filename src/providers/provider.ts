import type { IncomingHttpHeaders } from 'node:http';
import type { ZodType } from 'zod';
import type { AcceptedItems } from '#domain/accepted-items.ts';
import type { FieldName, ProviderValues, RecordPatch } from '#domain/contact.ts';
import type { SetField } from '#domain/equality.ts';
import type { DoNotContact } from '#domain/values.ts';
import type { LockAccount } from './account-lock.ts';
import type { Connector } from './connector.ts';
import type { ProviderError, UnreadableRecordError } from './errors.ts';
import type { CallObserver } from './http-call.ts';
import type { TokenStore } from './oauth.ts';
import type { RateShare } from './rate-share.ts';

/** The contract of a provider. Everything vendor-specific stays in the provider's folder. */
export interface Provider<Account = unknown, Secrets = unknown> {
  /**
   * The account's id, used in accord.yaml, the database, workflow ids and task queues: the vendor's id (letters and digits) for its first
   * account, `gohighlevel-west` for a further one.
   */
  id: string;
  /** Display name. */
  name: string;
  /** Canonical fields that the provider can store. */
  fields: readonly FieldName[];
  /** Fields beside `fields` that records show and no write can change. */
  readOnlyFields?: readonly FieldName[];
  /** Present where accord.yaml may name custom fields of the vendor. They are in `customFields` of the account: `WithCustomFields`. */
  customFields?: CustomFieldsOfVendor;
  /** Items of sets that the vendor takes in a write. Default: all. An item that it refuses stays in the record that shows it. */
  acceptedItems?: AcceptedItems;
  /** True for a provider that only supplies contacts and accepts no writes, such as web forms. */
  isSourceOnly?: true;
  /** True where the vendor keeps notes beside a contact's fields. Requires `ProviderClient.addNote` and `findNote`. */
  hasNotes?: true;
  /** How long a record must stay unfound before it counts as deleted: ids can reappear or belong to a merge. Default: 10. */
  goneAfterSeconds?: number;
  /** How a person handles two records of one person there. Accord merges none. */
  doubles?: DoublesAdvice;
  /** The effect of archiving a record there, in one sentence. Absent where the vendor cannot archive. */
  archive?: string;
  /** One sentence about automations that the vendor runs for new or changed records, with the advice for a first import. */
  automations?: string;
  /** Cron expression (UTC) of the polling schedule, where the vendor pushes no changes. Requires `ProviderClient.changes`. */
  pollSchedule?: string;
  /** Schema of the provider's section under `accounts` in accord.yaml. */
  accountSchema: ZodType<Account>;
  /** Schema of the provider's environment variables: a zod object with the variable names as keys. */
  secretsSchema: ZodType<Secrets>;
  /**
   * The environment variables that every account of the vendor must have for itself. The first one tells the accounts apart. Accounts
   * share the others, unless they have their own. Absent where there is one account only.
   */
  accountVariables?: readonly [string, ...string[]];
  /** Problems of settings that do not fit together across both schemas. They stop the start. */
  checkSettings?(settings: { account: Account; secrets: Secrets }): SettingsProblem[];
  /** The id under which the account's OAuth tokens are stored; null for an account with a static key. Present where OAuth is possible. */
  findOAuthAccount?(secrets: Secrets): string | null;
  /** How people connect an account while Accord runs. Absent for a provider that only settings connect. */
  connector?: Connector<ConnectOptions<Account, Secrets>>;
  /** Present when the vendor sends webhooks. */
  webhookRoutes?: readonly WebhookRoute<Account, Secrets>[];
  /**
   * Reduces `values` to the form that a read would return after the provider stored them: one email where it has room for one,
   * tags in its case. Keeps the first items of a set, in order. Pure and idempotent: values that were read or fitted before stay the
   * same, also where the vendor would not take them in a write.
   */
  fitValues(values: ProviderValues, account: Account): ProviderValues;
  /** Creates a client for one account. Makes no call. */
  connect(options: ConnectOptions<Account, Secrets>): ProviderClient;
}

export interface CustomFieldsOfVendor {
  /** The name of a custom field in accord.yaml, for messages. */
  help: string;
  /** Fields among `fields` that the vendor holds in custom fields only. */
  only: readonly FieldName[];
  /** The word in accord.yaml for a custom field with the name that ours has. Absent where there is none. */
  ownName?: string;
}

export interface SettingsProblem {
  /** Below the provider's section of accord.yaml. */
  path: string[];
  /** A sentence that names the remedy, without a capital and a full stop. */
  message: string;
}

export interface DoublesAdvice {
  /** A sentence: where to merge the two, or the alternative where the vendor cannot merge. */
  advice: string;
  /** The page of a record in the vendor's web app. */
  toUrl?(record: { externalId: string; accountId: string }): string;
}

export interface ConnectOptions<Account, Secrets> {
  account: Account;
  secrets: Secrets;
  /** Stores OAuth tokens between runs. */
  tokens: TokenStore;
  /** For vendors whose calls must not overlap, also across processes. Omitted where one process calls the account. */
  lockAccount?: LockAccount;
  /** Stored form submissions. Required by a provider that reads them. */
  submissions?: SubmissionStore;
  /** All lists that audiences assign at this provider, by name or id as written in accord.yaml. */
  lists: readonly string[];
  /** The part of the account's rate that this process uses. Omitted where it is the only one. */
  share?: RateShare;
  /** Hears of each request to the account. */
  observer?: CallObserver;
}

/** The calls to one account. On failure, every method throws a `ProviderError`; on abort, the signal's reason. Nothing else. */
export interface ProviderClient {
  /** The vendor's id of the account that the credentials belong to (a GHL location, a CallTools silo). */
  accountId: string;
  /** Average call rate of the account, for all workers together. */
  requestsPerSecond: number;
  /** Reads the current record. Throws `NotFoundError` when it does not exist, `UnreadableRecordError` when it cannot be mapped. */
  read(externalId: string, call?: CallOptions): Promise<ProviderRecord>;
  /** Returns one page of all records, in an order that stays stable while records change. */
  list(page: { cursor: string | null }, call?: CallOptions): Promise<RecordPage>;
  /**
   * Reads many records, in the order of the ids; null for each one that does not exist, an error for each one that cannot be mapped.
   * Present when the vendor has a bulk read.
   */
  readMany?(externalIds: readonly string[], call?: CallOptions): Promise<(ProviderRecord | UnreadableRecordError | null)[]>;
  /**
   * Returns one page of the changes since an earlier call, including our own. With `since` null, lists everything and starts
   * tracking changes. Throws `ExpiredCursorError` when the vendor no longer accepts `since`.
   */
  changes?(position: { since: string | null; cursor: string | null }, call?: CallOptions): Promise<ChangePage>;
  /**
   * Searches by reference, phone and email. Every hit is compared with the lookup; the vendor's ranking is never trusted. Throws
   * `UnreadableRecordError` when a hit cannot be mapped: a create instead could make a duplicate.
   */
  find(lookup: RecordLookup, call?: CallOptions): Promise<ProviderRecord[]>;
  /**
   * Creates a record that carries `reference`. The outcome is `merged` when the vendor merged it into an existing record. Throws
   * `UnreadableRecordError` with `createOperation` and the record's id when the answer cannot be mapped: the record is linked by it.
   */
  create(patch: RecordPatch, options: CallOptions & { reference: string }): Promise<WriteResult>;
  /**
   * Creates many records and returns one result each, in order: a `ProviderError` for each one that was refused. Throws when the
   * outcome of all is unknown. Present when the vendor has a bulk create.
   */
  createMany?(creates: readonly NewRecord[], call?: CallOptions): Promise<(WriteResult | ProviderError)[]>;
  /**
   * Updates only the fields in the patch. Where the vendor has versions, `version` is the precondition: throws
   * `PreconditionFailedError` when the record has a newer one. Null skips the check.
   */
  update(externalId: string, patch: RecordPatch, options: CallOptions & { version: string | null }): Promise<WriteResult>;
  /**
   * Deletes a record. Throws `NotFoundError` when it does not exist, and `PreconditionFailedError` as `update` does. Absent at a
   * source-only provider.
   */
  remove?(externalId: string, options: CallOptions & { version: string | null }): Promise<void>;
  /**
   * Finds the fields that the account's settings name and the account does not have. Empty where the account tells nothing yet. Present
   * where settings name fields.
   */
  findMissingFields?(call?: CallOptions): Promise<MissingField[]>;
  /** Finds the lists that audiences assign and the account does not have. Present where lists are no tags. */
  findMissingLists?(call?: CallOptions): Promise<string[]>;
  /** Adds a note to a record and returns the note's id. */
  addNote?(externalId: string, body: string, call?: CallOptions): Promise<string>;
  /** The id of the record's note that contains `text`; null when there is none. */
  findNote?(externalId: string, text: string, call?: CallOptions): Promise<string | null>;
  /** Emails a confirmation link. Throws `InvalidRequestError` when the mail server refuses this email for good. */
  sendConfirmation?(mail: ConfirmationMail, call?: CallOptions): Promise<void>;
}

/** A field that accord.yaml names and the account does not have. */
export interface MissingField {
  /** Its key in accord.yaml, such as `accounts.calltools.emailField`. */
  setting: string;
  field: string;
  /** The fields of the account that the key could name. */
  existing: string[];
}

export interface CallOptions {
  signal?: AbortSignal;
  /** Order in the rate limiter's queue, from 1 (first) to 5 (last). Default: 3. */
  priority?: number;
}

export interface ProviderRecord {
  externalId: string;
  /** Former ids of this record: the vendor renamed it, or merged other records into it. */
  replaces?: string[];
  /** Version or etag for preconditions; null when the vendor has none. A decimal number counts upwards: a higher one is newer. */
  version: string | null;
  /** ISO 8601, by the vendor's clock; null when unknown. */
  updatedAt: string | null;
  /** The opaque reference that our create set; null without one. */
  reference: string | null;
  /** False for a listing row that lacks part of the record: read it by id before treating absent values as empty. */
  complete: boolean;
  /** Of an incomplete row: every email address and phone number (E.164) of the record, also those that are no values. Absent where unknown. */
  keys?: { emails: string[]; phones: string[] };
  values: ProviderValues;
  /** Explicit consent that came with the record. Only consent lifts an earlier refusal. */
  consent?: Consent;
  /** Present for a form submission. */
  submission?: Submission;
  /** It fills empty fields of a contact, and replaces nothing: a row of an imported file. */
  onlyFills?: true;
  /** The contact that the record names by itself: a row of our own export. */
  contactId?: string;
}

/** The facts of a form submission that are no values of a contact. */
export interface Submission {
  /** Name of the form in accord.yaml. */
  form: string;
  /** Title of the form. */
  title: string;
  /** Null for a submission without a message. */
  message: string | null;
  /** URL of the page that sent it. */
  page: string | null;
  submittedAt: Date;
  /** Anybody may have sent it: it makes a new contact, and changes an existing one only after a person's decision. */
  isUnproven: boolean;
  /** A signature, the link in an email or a person's decision proves its sender. */
  isProven: boolean;
  /** The words of the refusals that the visitor ticked, and where and how; null without one. */
  refusal: { words: string; evidence: Record<string, string> } | null;
  /** It was held back and has been accepted since: its values have to be merged. */
  isAccepted: boolean;
  /** Null where only a person can accept it. */
  confirmation: ConfirmationRules | null;
  /** Sets whose items from the submission come before the contact's. */
  preferred: SetField[];
}

/** The rules for proving a submission by a link that is sent by email. */
export interface ConfirmationRules {
  /** How long the link can be used. */
  days: number;
  /** Maximum number of emails to one address in 24 hours. */
  perAddress: number;
  /** Maximum number of emails for submissions of one sender in 24 hours. */
  perSender: number;
  /** The IP address that sent the submission; null when unknown. */
  sender: string | null;
}

export interface ConfirmationMail {
  submissionId: string;
  /** Name of the form in accord.yaml. */
  form: string;
  to: string;
  /** The secret part of the link. */
  token: string;
}

export interface Consent {
  grants: (keyof DoNotContact)[];
  /** Proof of the consent: time, place and wording. */
  evidence: Record<string, string>;
}

export interface RecordPage {
  records: ProviderRecord[];
  /** Rows that cannot be mapped. They exist: a record among them is never missing. */
  unreadable: UnreadableRecordError[];
  /** Start of the next page; null after the last page. */
  cursor: string | null;
  /** The vendor's total count of records; null when it reports none. */
  total: number | null;
}

export interface ChangePage {
  records: ProviderRecord[];
  /** Changed rows that cannot be mapped. */
  unreadable: UnreadableRecordError[];
  /** Ids of deleted records. */
  deleted: string[];
  /** Start of the next page; null on the last page. */
  cursor: string | null;
  /** Start of the next poll. Only the last page has it; null on the others. */
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
  /** The vendor created the record, and some of its values are lost or unconfirmed. The record is linked, and this error is thrown. */
  dropped?: ProviderError;
}

/** One URL that a vendor posts webhooks to. */
export interface WebhookRoute<Account = unknown, Secrets = unknown> {
  /** Give the first path to the vendor. The others are aliases. */
  paths: readonly string[];
  /** Verifies and parses a webhook. Pure: the same request and settings give the same verdict. */
  receive(request: WebhookRequest, settings: { account: Account; secrets: Secrets }): WebhookVerdict;
  /** The response that makes the vendor retry while we cannot store webhooks. */
  whenUnavailable: { status: 429 | 503; retryAfterSeconds: number };
  /** Webhooks are proved by a secret that they carry, not by a signature: an address may send few wrong ones. */
  hasGuessableSecret?: boolean;
}

export interface WebhookRequest {
  headers: IncomingHttpHeaders;
  /** The exact bytes that arrived. Signatures cover these, not a parsed copy. */
  rawBody: Buffer;
  receivedAt: Date;
}

export type WebhookVerdict =
  | { kind: 'accepted'; scheme: string; events: WebhookEvent[] }
  /** Authentic, but not for this account. */
  | { kind: 'ignored'; scheme: string; reason: string }
  /** The OAuth grant of this account was taken back. `message` contains the remedy. */
  | { kind: 'revoked'; scheme: string; accountId: string; message: string; at: Date }
  /** `reason` is one sentence that says how to fix it. */
  | { kind: 'refused'; status: 400 | 401; code: RefusalCode; reason: string };

export type RefusalCode = 'not-configured' | 'missing-signature' | 'wrong-signature' | 'malformed-body' | 'stale-timestamp';

/** A hint that a record changed. The webhook's body is kept for inspection only; the record is read again. */
export interface WebhookEvent {
  /** Unique per provider; null when the body has no usable id. */
  eventId: string | null;
  /** The vendor's event name, such as `ContactTagUpdate`. */
  type: string;
  /** The vendor's account id, such as a GHL location. */
  accountId: string;
  externalId: string;
  /** Ids that the vendor merged into `externalId`. */
  replaces?: string[];
  /** The version of the record after the event, as a decimal number, where the vendor counts versions upwards and names it. */
  version?: string;
  occurredAt: Date | null;
}

/** Stored form submissions with their evidence. */
export interface SubmissionStore {
  find(id: string): Promise<StoredSubmission | null>;
}

export interface StoredSubmission {
  id: string;
  /** Name of the form in accord.yaml. */
  form: string;
  /** Raw input by field name. */
  values: Record<string, string>;
  /** Origin, page, IP address, browser and consent wording. */
  evidence: Record<string, string>;
  receivedAt: Date;
  /** Whether a person accepted its changes. */
  isAccepted?: boolean;
  /** Whether all of its values are merged. */
  isApplied?: boolean;
}
