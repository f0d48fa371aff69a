import type { Client } from '@temporalio/client';
import type { Logger } from 'pino';
import type { ContactDeps } from '#contacts/contact-deps.ts';
import type { Database } from '#db/database.ts';
import type { AddressGuard } from '#delivery/address-guard.ts';
import type { Audience } from '#domain/audience.ts';
import type { WebhookRoute } from '#providers/provider.ts';
import type { SyncTiming } from '#workflows/messages.ts';
import type { Dispatcher } from './dispatch/dispatcher.ts';
import type { Metrics } from './monitoring/metrics.ts';

/** All that the api stands on; `server.ts` builds it from the configuration, tests from what they need. */
export interface ApiDeps {
  db: Database;
  temporal: Client;
  /** Every provider that Accord knows, connected or not. */
  providers: ApiProvider[];
  audiences: readonly Audience[];
  /** For operations that change a contact. */
  contacts: ContactDeps;
  dispatcher: Dispatcher;
  metrics: Metrics;
  log: Logger;
  taskQueuePrefix: string;
  /** Handed to the contact workflows that are started from here. */
  timing?: Partial<SyncTiming>;
  /** Where the Temporal Web UI is, such as `http://127.0.0.1:8233`; null leaves links to it out. */
  temporalUiUrl: string | null;
  /** Required to create subscribers' endpoints. */
  delivery?: DeliverySettings;
  /** How the world reaches the api: its own form pages, as browsers name where they come from. */
  publicUrl?: string;
}

export interface DeliverySettings {
  /** 32 bytes that encrypt endpoint secrets; null while `ACCORD_ENCRYPTION_KEY` is unset. */
  encryptionKey: Buffer | null;
  /** Decides which addresses endpoints may have. */
  guard: AddressGuard;
}

export interface ApiProvider {
  id: string;
  webhookRoutes: readonly WebhookRoute[];
  /** It tells of people and takes nothing back. */
  isSourceOnly?: boolean;
  /** It must be asked what changed. */
  isPolled?: boolean;
  /** What its webhook routes verify with; null while it is not connected. */
  settings: { account: unknown; secrets: unknown } | null;
  /** The sentence that says what to set; null when it is connected. */
  notConnected: string | null;
}
