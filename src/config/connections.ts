import { findServersElsewhere } from '#providers/base-urls.ts';
import type { Provider } from '#providers/provider.ts';
import type { AccordYaml } from './accord-yaml.ts';
import { findVariables, variableOf } from './variables.ts';

/** Settings of accord.yaml and secrets of the environment, as the provider's `accountSchema` and `secretsSchema` parse them. */
export interface ConnectedAccount {
  account: unknown;
  secrets: unknown;
}

export interface ConnectableAccount {
  /** Settings of accord.yaml, as the provider's `accountSchema` parses them. */
  account: unknown;
  /** The variables of the environment that the account reads, by the names of the vendor's first account. */
  variables: Record<string, string>;
  /** The environment connects the account: a stored connection has no effect. */
  isInEnvironment: boolean;
  /** A profile for sandboxes: servers elsewhere are refused. */
  isLocalOnly: boolean;
}

export interface NotConnected {
  /** The account's id. */
  provider: string;
  /** A sentence that names the settings to add. */
  because: string;
}

type Accounts = Record<string, ConnectedAccount>;

interface Connections {
  providers: readonly Provider[];
  accounts: Accounts;
  connectable: Readonly<Record<string, ConnectableAccount>>;
  notConnected: NotConnected[];
}

/** Leaves out an account whose settings in accord.yaml are required and missing. */
export function toConnectable(
  { accounts }: AccordYaml,
  connected: Accounts,
  given: Record<string, string>,
  providers: readonly Provider[],
): Record<string, ConnectableAccount> {
  const isLocalOnly = given.ACCORD_PROFILE === sandboxProfile;
  const connectable: Record<string, ConnectableAccount> = {};
  for (const provider of providers) {
    const { id, connector } = provider;
    const account = findSettings(provider, accounts);
    if (!connector || !account.success) continue;
    const variables = findVariables(provider, given);
    connectable[id] = { account: account.data, variables, isInEnvironment: id in connected, isLocalOnly };
  }
  return connectable;
}

/** The account's section of accord.yaml, which is parsed already; the default settings without one. */
export function findSettings({ id, accountSchema }: Provider, accounts: AccordYaml['accounts']) {
  return accounts[id] === undefined ? accountSchema.safeParse({}) : { success: true as const, data: accounts[id] };
}

/**
 * The configuration with the accounts that people have connected. `stored` has their variables, by account id. An account that the
 * environment connects keeps its settings from there.
 */
export function withConnections<C extends Connections>(config: C, stored: ReadonlyMap<string, Record<string, string>>): C {
  const accounts = { ...config.accounts };
  const problems = new Map<string, string>();
  for (const provider of config.providers) {
    const { id, name, secretsSchema } = provider;
    const [connectable, own] = [config.connectable[id], stored.get(id)];
    if (!connectable || !own || connectable.isInEnvironment) continue;
    const secrets = secretsSchema.safeParse({ ...own, ...connectable.variables });
    const parsed = new Map([[id, secrets.data]]);
    const isElsewhere = connectable.isLocalOnly && secrets.success && findRealAccounts(parsed, [provider], {}).length > 0;
    if (secrets.success && !isElsewhere) accounts[id] = { account: connectable.account, secrets: secrets.data };
    else problems.set(id, `${name} is not connected: ${isElsewhere ? elsewhere : incomplete}.`);
  }
  const notConnected = config.notConnected
    .filter(({ provider }) => !(provider in accounts))
    .map(({ provider, because }) => ({ provider, because: problems.get(provider) ?? because }));
  return Object.freeze({ ...config, accounts, notConnected });
}

const elsewhere = 'ACCORD_PROFILE is sandbox, but its server is not on this machine';
const incomplete = 'what is stored of its connection does not fit this release; connect it again (accord connect)';

/** Its rates and permissions are too generous for real accounts. */
export const sandboxProfile = 'sandbox';

/** A problem for each vendor whose base URL is not on this machine, as those of sandboxes are. */
export function findRealAccounts(
  secrets: ReadonlyMap<string, unknown>,
  providers: readonly Provider[],
  given: Record<string, string>,
): string[] {
  const real = providers.flatMap((provider) =>
    findServersElsewhere(secrets.get(provider.id)).map((name) => variableOf(provider, name, given)),
  );
  return [...new Set(real)].map(
    (name) => `ACCORD_PROFILE is ${sandboxProfile}, but ${name} is not a sandbox on this machine: unset ACCORD_PROFILE`,
  );
}
