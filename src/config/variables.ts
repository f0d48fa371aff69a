import { variableSuffix } from '#domain/account-id.ts';
import type { Provider } from '#providers/provider.ts';
import { toJsonSchema } from './json-schema.ts';

type Variables = Pick<Provider, 'id' | 'secretsSchema' | 'accountVariables' | 'connector'>;
type Given = Readonly<Record<string, string>>;

/** The names of the environment variables that a provider reads, and of those that it requires, as for the vendor's first account. */
export function findSecretNames(secretsSchema: Provider['secretsSchema']): { all: string[]; required: string[] } {
  const { properties = {}, required = [] } = toJsonSchema(secretsSchema);
  return { all: Object.keys(properties), required };
}

/**
 * The variable that an account has in place of a vendor's `name`. What belongs to one account (its id, its key) has the suffix. The rest,
 * such as an OAuth app and a webhook secret, is shared with the first account, unless the variable with the suffix is set.
 */
export function variableOf({ id, accountVariables }: Variables, name: string, given: Given): string {
  const own = name + variableSuffix(id);
  return accountVariables?.includes(name) || own in given ? own : name;
}

/** Whether the environment has anything for this account alone. What an app needs, to which people connect accounts, is not enough. */
export function hasOwnVariables({ id, secretsSchema, connector }: Variables, given: Given): boolean {
  const names = findSecretNames(secretsSchema).all.filter((name) => !connector?.appVariables.includes(name));
  return names.some((name) => name + variableSuffix(id) in given);
}

/** The variables that the environment has for an account, by the names of the vendor's first account. */
export function findVariables(account: Variables, given: Given): Record<string, string> {
  return Object.fromEntries(
    findSecretNames(account.secretsSchema).all.flatMap((name) => {
      const value = given[variableOf(account, name, given)];
      return value === undefined ? [] : [[name, value] as const];
    }),
  );
}

/** A text with the variables of the vendor's first account, with those of this one instead. */
export function renameVariables(text: string, account: Variables, given: Given): string {
  const names = new Set(findSecretNames(account.secretsSchema).all);
  return text.replace(/\b[A-Z][A-Z\d_]*\b/g, (word) => (names.has(word) ? variableOf(account, word, given) : word));
}
