import { environmentSchema } from '#config/environment.ts';
import { suggest } from '#config/nearest.ts';
import { findSecretNames } from '#config/variables.ts';
import { parseAccountId } from '#domain/account-id.ts';
import type { Provider } from '#providers/provider.ts';
import { environmentOf } from './environment.ts';
import { variablePrefix, workspacesFolder } from './names.ts';

type Given = Readonly<Record<string, string>>;

/** The parts of a configuration that two workspaces may not have in common. */
interface Loaded {
  workspace: { name: string } | null;
  providers: readonly Provider[];
  accounts: Readonly<Record<string, { secrets: unknown }>>;
  database: { url: string } | null;
}

/** A problem for each variable of a workspace that does not exist, such as one with a misspelled name. */
export function findStrayPrefixes(given: Given, names: readonly string[], vendors: readonly Provider[]): string[] {
  const known = new Set([
    ...Object.keys(environmentSchema(null).shape),
    ...vendors.flatMap(({ secretsSchema }) => findSecretNames(secretsSchema).all),
  ]);
  const prefixes = names.map(variablePrefix);
  return Object.keys(given).flatMap((variable) => {
    const [, prefix = '', name = ''] = /^([A-Z][A-Z\d_]*?__)([A-Z][A-Z\d_]*?)(__.+)?$/.exec(variable) ?? [];
    // `GHL_API_KEY__WEST` belongs to a second account of the default workspace.
    if (!known.has(name) || prefixes.includes(prefix) || known.has(prefix.slice(0, -2))) return [];
    const file = `${prefix.slice(0, -2).toLowerCase().replaceAll('_', '-')}.yaml`;
    const nearest = suggest(
      variable,
      prefixes.map((each) => each + name),
    );
    return [`${variable} is set, but ${workspacesFolder(given)} has no ${file}${nearest}`];
  });
}

/** A problem for each thing that two workspaces may not have in common. */
export function findShared(given: Given, configs: readonly Loaded[]): string[] {
  const seen = new Map<string, string>();
  return configs.flatMap((config) =>
    listIdentities(given, config).flatMap(({ key, variable }) => {
      const first = seen.get(key);
      if (first === undefined) seen.set(key, variable);
      // Two accounts of one workspace are compared when it is loaded.
      if (first === undefined || first === variable) return [];
      return [`${first} and ${variable} have the same value: two workspaces share no database, namespace or vendor account`];
    }),
  );
}

interface Identity {
  key: string;
  /** The name outside. */
  variable: string;
}

function listIdentities(given: Given, { workspace, providers, accounts, database }: Loaded): Identity[] {
  const env = workspace === null ? given : environmentOf(workspace.name, given);
  const prefix = workspace === null ? '' : variablePrefix(workspace.name);
  const vendorAccounts = providers.flatMap(({ id, accountVariables }) => {
    // A server, such as a silo of CallTools, serves many businesses.
    const identity = accountVariables?.find((name) => !name.endsWith('_BASE_URL'));
    const value = identity === undefined ? undefined : Object(accounts[id]?.secrets)[identity];
    const vendor = parseAccountId(id)?.vendor ?? id;
    // A second account of the same vendor in one workspace has another value.
    return value === undefined ? [] : [{ key: `${vendor} ${String(value).toLowerCase()}`, variable: prefix + identity }];
  });
  return [
    ...(database ? [{ key: `database ${placeOf(database.url)}`, variable: `${prefix}DATABASE_URL` }] : []),
    {
      key: `namespace ${env.TEMPORAL_ADDRESS ?? ''} ${env.TEMPORAL_NAMESPACE ?? 'default'}`,
      variable: `${prefix}TEMPORAL_NAMESPACE`,
    },
    ...vendorAccounts,
  ];
}

/** The same for two roles of one database. */
function placeOf(url: string): string {
  if (!URL.canParse(url)) return url;
  const { hostname, port, pathname } = new URL(url);
  return `${hostname}:${port || '5432'}${pathname}`;
}
