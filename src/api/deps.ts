import type { Client } from '@temporalio/client';
import type { Logger } from 'pino';
import type { ContactDeps } from '#contacts/contact-deps.ts';
import type { Database } from '#db/database.ts';
import type { SealingKey } from '#db/seal.ts';
import type { AddressGuard } from '#delivery/address-guard.ts';
import type { AccountMode } from '#domain/account-mode.ts';
import type { Audience } from '#domain/audience.ts';
import type { IncidentRules } from '#domain/incidents/find-incidents.ts';
import type { Connector } from '#providers/connector.ts';
import type { ConnectOptions, Provider, WebhookRoute } from '#providers/provider.ts';
import type { Tracing } from '#tracing/tracing.ts';
import type { SyncTiming } from '#workflows/messages.ts';
import type { Dispatcher } from './dispatch/dispatcher.ts';
import type { Metrics } from './monitoring/metrics.ts';

/** The dependencies of the api; `server.ts` builds them from the configuration. */
export interface ApiDeps {
  db: Database;
  temporal: Client;
  /** All providers, connected or not. */
  providers: ApiProvider[];
  audiences: readonly Audience[];
  /** For operations that change a contact. */
  contacts: ContactDeps;
  dispatcher: Dispatcher;
  metrics: Metrics;
  /** Default: records nothing. */
  tracing?: Tracing;
  log: Logger;
  taskQueuePrefix: string;
  /** The schedules that workers create; `/readyz` reports those that are missing. */
  scheduleIds?: readonly string[];
  /** Passed to contact workflows when the api starts them. */
  timing?: Partial<SyncTiming>;
  /** The Temporal Web UI, such as `http://127.0.0.1:8233`; null leaves links to it out. */
  temporalUiUrl: string | null;
  /** Required to create subscribers' endpoints. */
  delivery?: DeliverySettings;
  /** The public URL of the api: the origin of its own form pages. */
  publicUrl?: string;
  /** Required to connect accounts. */
  connections?: ConnectionSettings;
  /** The sandboxes of `npm start`, which the admin pages show side by side; absent in production. */
  sandboxes?: readonly SandboxLink[];
  /** Recipients of messages about incidents, and the thresholds; by default no recipients, and the default thresholds. */
  notify?: NotifyRules;
  /** accord.yaml, for the page that shows the settings. */
  configFile?: {
    loaded: { path: string; profile: string | null; text: string };
    /** Whether the file has changed since, and its present problems. */
    check(): { isChanged: boolean; problems: string[] };
  };
  /** The directory of the built admin pages. */
  adminPages?: string;
}

/** A sandbox that takes the place of a vendor. */
export interface SandboxLink {
  /** The account in accord.yaml that it serves. */
  id: string;
  title: string;
  /** Root of its control routes, on this machine. */
  control: string;
}

export interface ConnectionSettings {
  /** The accounts that people may connect, by account id. */
  accounts: ReadonlyMap<string, ConnectableAccount>;
  /** Encrypts credentials; null while `ACCORD_ENCRYPTION_KEY` is unset. */
  encryptionKey: SealingKey | null;
  /** The mode in which an account begins anew. */
  newAccounts: AccountMode;
}

export interface ConnectableAccount {
  provider: Provider;
  connector: Connector<ConnectOptions<unknown, unknown>>;
  /** Settings of accord.yaml, as the provider's `accountSchema` parses them. */
  account: unknown;
  /** The variables of the environment that the provider reads. */
  variables: Readonly<Record<string, string>>;
  isInEnvironment: boolean;
  /** A profile for sandboxes: servers elsewhere are refused. */
  isLocalOnly: boolean;
  /** The lists that audiences assign there. */
  lists: readonly string[];
}

export interface NotifyRules extends IncidentRules {
  intervalMinutes: number;
  /** Ways that work. */
  ways: readonly ('email' | 'slack')[];
  /** A sentence for each way that lacks a variable. */
  closed: readonly string[];
}

export interface DeliverySettings {
  /** 32 bytes that encrypt endpoint secrets; null while `ACCORD_ENCRYPTION_KEY` is unset. */
  encryptionKey: SealingKey | null;
  /** By default 50. */
  maxEndpoints?: number;
  /** Decides which addresses endpoints may have. */
  guard: AddressGuard;
}

export interface ApiProvider {
  id: string;
  /** For people: `GoHighLevel`, or the account's name in accord.yaml. Default: its id. */
  name?: string;
  webhookRoutes: readonly WebhookRoute[];
  /** True for a provider that is never written to, such as web forms. */
  isSourceOnly?: boolean;
  /** True for a provider that sends no webhooks and is polled for changes. */
  isPolled?: boolean;
  /** Its parsed settings, for the verification of webhooks; null while it is not connected. */
  settings: { account: unknown; secrets: unknown } | null;
  /** The id under which its OAuth tokens are stored; null for a static key, and where there is no OAuth. */
  oauthAccountId?: string | null;
  /** A sentence that names the missing settings; null when it is connected. */
  notConnected: string | null;
  /** True while the database could not tell which accounts people have connected. */
  isUnknown?: boolean;
}
