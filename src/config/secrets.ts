import type { z } from 'zod';
import { parseAccountId, variableSuffix } from '#domain/account-id.ts';
import type { Provider } from '#providers/provider.ts';
import { suggest } from './nearest.ts';
import { findSecretNames, findVariables, hasOwnVariables, renameVariables, variableOf } from './variables.ts';

type Given = Readonly<Record<string, string>>;

/**
 * The secrets of each connected account, by account id. An account without any of its secrets is not connected. An account with
 * only some of its required secrets is a problem. A provider that requires none is connected.
 */
export function readSecrets(given: Given, providers: readonly Provider[], problems: string[]): Map<string, unknown> {
  const secrets = new Map<string, unknown>();
  for (const provider of providers) {
    const { required } = findSecretNames(provider.secretsSchema);
    if (required.length > 0 && !hasOwnVariables(provider, given)) continue;
    const result = provider.secretsSchema.safeParse(findVariables(provider, given));
    if (result.success) secrets.set(provider.id, result.data);
    else problems.push(...result.error.issues.map((issue) => describe(issue, given, provider)));
  }
  problems.push(...findStrayVariables(given, providers), ...findRepeatedAccounts(secrets, given, providers));
  return secrets;
}

/** Safe to show: zod's messages name the expected value and never repeat the given one. */
function describe(issue: z.core.$ZodIssue, given: Given, provider: Provider): string {
  const variable = variableOf(provider, issue.path.join('.'), given);
  const message = renameVariables(issue.message, provider, given);
  if (variable in given) return `${variable} is invalid: ${message}`;
  return issue.code === 'invalid_type'
    ? `${variable} is not set, but ${provider.name} requires it`
    : `${variable} is not set: ${message}`;
}

/** A problem for each variable with the suffix of an account that accord.yaml does not have. */
function findStrayVariables(given: Given, providers: readonly Provider[]): string[] {
  const vendors = providers.filter(({ id, accountVariables }) => parseAccountId(id)?.suffix === null && accountVariables);
  const known = providers.flatMap(({ id, secretsSchema }) =>
    findSecretNames(secretsSchema).all.map((name) => name + variableSuffix(id)),
  );
  return Object.keys(given).flatMap((variable) => {
    const [, name = '', suffix = ''] = /^(.+?)__(.+)$/.exec(variable) ?? [];
    const vendor = vendors.find(({ secretsSchema }) => findSecretNames(secretsSchema).all.includes(name));
    if (!vendor || known.includes(variable)) return [];
    const account = `accounts.${vendor.id}-${suffix.toLowerCase().replaceAll('_', '-')}`;
    return [
      `${variable} is set, but accord.yaml has no ${account}${suggest(
        variable,
        known.filter((each) => each !== name),
      )}`,
    ];
  });
}

/** A problem for each account that is connected twice: every contact would be synced with itself. */
function findRepeatedAccounts(secrets: ReadonlyMap<string, unknown>, given: Given, providers: readonly Provider[]): string[] {
  const seen = new Map<string, Provider>();
  return providers.flatMap((provider) => {
    const [identity] = provider.accountVariables ?? [];
    if (identity === undefined || !secrets.has(provider.id)) return [];
    const key = `${identity}=${String(Object(secrets.get(provider.id))[identity]).toLowerCase()}`;
    const first = seen.get(key);
    if (!first) {
      seen.set(key, provider);
      return [];
    }
    const variables = [first, provider].map((each) => variableOf(each, identity, given));
    return [
      `${variables.join(' and ')} have the same value: accounts.${first.id} and accounts.${provider.id} would be one account`,
    ];
  });
}
