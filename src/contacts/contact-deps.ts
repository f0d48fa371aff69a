import type { Database } from '#db/database.ts';
import type { ErasureSecret } from '#db/erasure/erasure-secret.ts';
import type { Capacity } from '#domain/accepted-items.ts';
import { type Audience, listAudienceTargets } from '#domain/audience.ts';
import type { DeleteRules } from '#domain/deletes/delete-policy.ts';
import type { OwnAddresses } from '#domain/matching/own-addresses.ts';
import type { MatchingRules } from '#domain/matching/recognise.ts';
import type { ConflictRules } from '#domain/merge/conflict.ts';
import type { Role } from '#domain/sync/projection.ts';
import type { Provider } from '#providers/provider.ts';

/** Everything that saving a contact depends on. The api and the worker both build it from the configuration. */
export interface ContactDeps {
  db: Database;
  /** Connected providers by id. */
  providers: ReadonlyMap<string, ProviderRules>;
  audiences: readonly Audience[];
  /** `linked`: the member keeps only contacts that it already has. A member that is not listed holds every contact. */
  sharing: Readonly<Record<string, 'everyone' | 'linked'>>;
  conflicts: ConflictRules;
  /** The policies for deletions at one account. Default: a person decides. */
  deletes?: DeleteRules;
  /** Addresses of the business itself, which identify nobody. Default: none. */
  ownAddresses?: OwnAddresses;
  /** How people are recognised. Default: `defaultRules` of the domain. */
  matching?: MatchingRules & { maxMergesPerHour: number };
  /** The names of the extras in accord.yaml. Default: none. */
  extras?: readonly string[];
  /** By which erased people are kept out. Omitted where nobody is erased, as in most tests. */
  erasureSecret?: ErasureSecret;
  now(): Date;
}

/** The facts of a connected provider that its projections depend on. */
export interface ProviderRules extends Capacity {
  provider: Pick<
    Provider,
    'id' | 'name' | 'fields' | 'isSourceOnly' | 'hasNotes' | 'goneAfterSeconds' | 'doubles' | 'automations'
  >;
}

/** The rules of one provider under the settings of its account. */
export function providerRules(provider: Provider, account: unknown): ProviderRules {
  return { provider, accepts: provider.acceptedItems, fitValues: (values) => provider.fitValues(values, account) };
}

/** The rules of every provider that has an account, by provider id. */
export function connectedRules(
  providers: readonly Provider[],
  accounts: Readonly<Record<string, { account: unknown } | undefined>>,
): Map<string, ProviderRules> {
  const connected = new Map<string, ProviderRules>();
  for (const provider of providers) {
    const settings = accounts[provider.id];
    if (settings) connected.set(provider.id, providerRules(provider, settings.account));
  }
  return connected;
}

/** Throws when a provider was disconnected after work for it was queued. */
export function getConnected<Connected extends ProviderRules>(
  deps: { providers: ReadonlyMap<string, Connected> },
  id: string,
): Connected {
  const connected = deps.providers.get(id);
  if (!connected) throw new Error(`${id} is not connected: accord connect ${id}, or set its variables and restart the worker`);
  return connected;
}

/** The role of a provider; null for a source-only one, which takes no contacts. */
export function roleOf(deps: ContactDeps, id: string): Role | null {
  if (listAudienceTargets(deps.audiences).includes(id)) return 'audience';
  if (deps.providers.get(id)?.provider.isSourceOnly) return null;
  return deps.sharing[id] ?? 'everyone';
}
