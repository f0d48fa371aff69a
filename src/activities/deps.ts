import type { ContactDeps, ProviderRules } from '#contacts/contact-deps.ts';
import type { WatchedAccount } from '#db/incidents/incident-facts.ts';
import type { IncidentRules } from '#domain/incidents/find-incidents.ts';
import type { OperatorMessage } from '#domain/incidents/message.ts';
import type { ContactChanged } from '#domain/sync/contact-changed.ts';
import type { Priority } from '#domain/sync/priority.ts';
import type { CallOptions, ProviderClient, ProviderRecord, RecordLookup } from '#providers/provider.ts';
import type { DeliveryDeps } from './delivery/delivery-deps.ts';

/** Everything that activities depend on; made once per worker process. */
export interface ActivityDeps extends ContactDeps {
  providers: ReadonlyMap<string, ConnectedProvider>;
  /** Signals a change to the contact's workflow. Rejects when Temporal does not accept the signal. */
  signalContact(contactId: string, changed: ContactChanged): Promise<void>;
  /** Starts the workflow that emails a submission's confirmation link. Omitted where no form asks for confirmation. */
  startConfirmation?(submissionId: string): Promise<void>;
  /** Hears of a write to an account, and for how many seconds its change has been in Accord. Omitted where nobody counts. */
  onSynced?(provider: string, lagSeconds: number): void;
  /** Omitted in tests that read no log. */
  log?: ActivityLog;
  /** Search attributes for new workflows; omitted where the namespace has all of Accord's search attributes. */
  listable?(): Promise<Listable>;
  /** The directory for exports of pruned deliveries; null or omitted deletes them without an export. */
  exportDirectory?: string | null;
  /** Omitted where nobody is told of problems. */
  incidents?: IncidentDeps;
  /** Omitted where this process sends no deliveries. */
  delivery?: DeliveryDeps;
  /** Whether this process has the activities of an account, and so its part of the rate. Omitted where it has those of all. */
  serves?(provider: string): boolean;
}

export interface IncidentDeps {
  accounts: readonly WatchedAccount[];
  rules: IncidentRules;
  /** One cause is told of at most once in this time, by each channel. */
  intervalMinutes: number;
  /** Channels without a sender are not used. A message that is sent again has the same key. */
  senders: Partial<Record<'email' | 'slack', (message: OperatorMessage, key: string) => Promise<void>>>;
  /** Its name; null for the default one. */
  workspace: string | null;
  /** The admin pages. */
  link: string;
}

export interface Listable {
  /** The states of workflows: parked, with an open breaker. */
  states: boolean;
  /** The ids of a contact's records. */
  externalIds: boolean;
}

export type ActivityLog = Record<'warn', (facts: object, message: string) => void>;

export interface ConnectedProvider extends ProviderRules {
  client: ProviderClient;
  /** Whether a call would start now, without waiting for the account's rate. Omitted: no push is made at once. */
  isFree?(): boolean;
  /** Set while many contacts are pushed: searches one listing of all records, where a `client.find` for each takes longer. */
  findInListing?: FindRecords;
}

export type FindRecords = (lookup: RecordLookup, call: CallOptions) => Promise<ProviderRecord[]>;

/** The options of every provider call that an activity makes. */
export interface ActivityCall extends CallOptions {
  priority?: Priority;
  /** The activity was attempted before: that attempt's result is lost, but its transactions may have committed. Default: false. */
  isRetry?: boolean;
}
