import type { ContactDeps, ProviderRules } from '#contacts/contact-deps.ts';
import type { ContactChanged } from '#domain/contact-changed.ts';
import type { ProviderClient } from '#providers/provider.ts';
import type { DeliveryDeps } from './delivery/delivery-deps.ts';
import type { FindRecords } from './passes/find-in-listing.ts';

/** Everything that activities depend on; made once per worker process. */
export interface ActivityDeps extends ContactDeps {
  providers: ReadonlyMap<string, ConnectedProvider>;
  /** Signals a change to the contact's workflow. Rejects when Temporal does not accept the signal. */
  announce(contactId: string, changed: ContactChanged): Promise<void>;
  /** The directory for exports of pruned deliveries; null or omitted deletes them without an export. */
  exportDirectory?: string | null;
  /** Omitted where this process sends no deliveries. */
  delivery?: DeliveryDeps;
}

export interface ConnectedProvider extends ProviderRules {
  client: ProviderClient;
  /** Set during imports: searches one listing of the provider instead of one `client.find` per contact. */
  listed?: FindRecords;
}
