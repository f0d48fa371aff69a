import { variableSuffix } from '#domain/account-id.ts';
import type { Provider } from '#providers/provider.ts';
import { environmentSchema } from './environment.ts';
import { findNearest } from './nearest.ts';
import { findSecretNames } from './variables.ts';

/** The facts of a start, for one log line without secrets. */
export interface StartReport {
  /** Account ids. */
  connected: string[];
  /** Sentences with the reason. */
  notConnected: string[];
  /** Sentences about permissions that no production installation needs. */
  openDoors: string[];
  /** Sentences about ways of telling people of problems that lack a variable. */
  closedDoors: string[];
  /** A sentence for each variable that looks like a misspelled one of ours. */
  misspelled: string[];
  /** A sentence for each variable of an earlier release that has no effect any more. */
  retired: string[];
}

interface ReportedConfig {
  workspace?: object | null;
  providers: readonly Provider[];
  accounts: Readonly<Record<string, unknown>>;
  notConnected: readonly { because: string }[];
  webhooks: { allowPrivateAddresses: readonly string[]; requireHttps: boolean };
  encryptionKey: object | null;
  notify: { closed: readonly string[] };
}

/** Describes the configuration that a process starts with. Problems of the environment are in the report of the default workspace. */
export function reportStart(
  { workspace = null, providers, accounts, notConnected, webhooks, encryptionKey, notify }: ReportedConfig,
  env: Record<string, string | undefined> = workspace === null ? process.env : {},
): StartReport {
  const { allowPrivateAddresses: ranges, requireHttps } = webhooks;
  return {
    connected: Object.keys(accounts),
    notConnected: notConnected.map(({ because }) => because),
    openDoors: [
      ...(ranges.length > 0 ? [`Endpoints may be at private addresses: ${ranges.join(', ')}.`] : []),
      ...(requireHttps ? [] : ['Endpoints may use http, without encryption.']),
      ...(encryptionKey === null ? ['ACCORD_ENCRYPTION_KEY is not set: there are no lead webhooks and no OAuth grants.'] : []),
    ],
    closedDoors: [...notify.closed],
    misspelled: findMisspelled(env, providers),
    retired: Object.entries(retired).flatMap(([name, why]) => (env[name] ? [`${name} has no effect: ${why}. Remove it.`] : [])),
  };
}

const retired = { WORKER_COPIES: 'workers share the rate of an account by themselves' };

/** Without values, which may be secrets. Other programs have variables with the same beginnings, such as `GOOGLE_`. */
function findMisspelled(env: Record<string, string | undefined>, providers: readonly Provider[]): string[] {
  const ids = providers.map(({ id }) => id);
  const own = Object.keys(environmentSchema(ids).shape);
  const known = [
    ...own,
    ...providers.flatMap(({ id, secretsSchema }) => findSecretNames(secretsSchema).all.map((name) => name + variableSuffix(id))),
  ];
  const prefixes = new Set(known.filter((name) => name.includes('_')).map((name) => name.slice(0, name.indexOf('_') + 1)));
  const unknown = Object.keys(env).filter(
    (name) => !known.includes(name) && [...prefixes].some((prefix) => name.startsWith(prefix)),
  );
  return unknown.flatMap((name) => {
    const nearest = findNearest(name, known, 2);
    return nearest === null ? [] : [`${name} is no setting of Accord. Did you mean ${nearest}?`];
  });
}
