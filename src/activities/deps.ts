import type { Database } from '#db/database.ts';
import { type Audience, targetProviders } from '#domain/audience.ts';
import type { ConflictRules } from '#domain/conflict.ts';
import type { ProviderValues } from '#domain/contact.ts';
import type { ContactChanged } from '#domain/contact-changed.ts';
import type { Role } from '#domain/projection.ts';
import type { Provider, ProviderClient } from '#providers/provider.ts';
import type { DeliveryDeps } from './delivery/delivery-deps.ts';
import type { ListedLookup } from './passes/listed-lookup.ts';

/** What activities stand on; made once per worker process. */
export interface ActivityDeps {
  db: Database;
  /** Connected providers by id. */
  providers: ReadonlyMap<string, ConnectedProvider>;
  audiences: readonly Audience[];
  /** Members that hold only whom they have already; every other one holds everyone. */
  sharing: Readonly<Record<string, 'everyone' | 'linked'>>;
  conflicts: ConflictRules;
  now(): Date;
  /** Tells a contact's workflow of a change. Rejects when Temporal does not take it. */
  announce(contactId: string, changed: ContactChanged): Promise<void>;
  /** Where webhooks that are removed for their age are kept as files; left out for nowhere. */
  exportDirectory?: string | null;
  /** Left out where this process sends no webhooks. */
  delivery?: DeliveryDeps;
}

export interface ConnectedProvider {
  provider: Pick<Provider, 'id' | 'name' | 'fields' | 'createOnlyFields' | 'isSourceOnly' | 'goneAfterSeconds'>;
  /** What the provider can hold of some values, given how its account is set up. */
  fitValues(values: ProviderValues): ProviderValues;
  client: ProviderClient;
  /** Set during imports: quicker than `client.find`, for who has sent nothing yet. */
  listed?: ListedLookup;
}

/** Throws when a provider was disconnected after work for it was queued. */
export function getConnected(deps: ActivityDeps, id: string): ConnectedProvider {
  const connected = deps.providers.get(id);
  if (!connected) throw new Error(`${id} is not connected: set its environment variables and restart the worker`);
  return connected;
}

/** What a provider is to the business: null for one that only tells, as a form does. */
export function roleOf(deps: ActivityDeps, id: string): Role | null {
  if (targetProviders(deps.audiences).includes(id)) return 'audience';
  if (deps.providers.get(id)?.provider.isSourceOnly) return null;
  return deps.sharing[id] ?? 'everyone';
}
