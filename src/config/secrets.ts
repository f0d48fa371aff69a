import type { z } from 'zod';
import type { Provider } from '#providers/provider.ts';
import { toJsonSchema } from './json-schema.ts';

/** What configuration needs to know of a provider. */
export type ProviderSettings = Pick<
  Provider,
  'id' | 'name' | 'accountSchema' | 'secretsSchema' | 'isSourceOnly' | 'pollSchedule'
>;

/**
 * The secrets of every provider that has some in the environment, by provider id. One that has none is not connected, which is no
 * error; one that has half of them is. One that needs none has what it needs.
 */
export function readSecrets(
  given: Record<string, string>,
  providers: readonly ProviderSettings[],
  problems: string[],
): Map<string, unknown> {
  const secrets = new Map<string, unknown>();
  for (const { id, name, secretsSchema } of providers) {
    const { all, required } = findSecretNames(secretsSchema);
    const own = all.filter((variable) => variable in given);
    if (own.length === 0 && required.length > 0) continue;
    const result = secretsSchema.safeParse(Object.fromEntries(own.map((variable) => [variable, given[variable]])));
    if (result.success) secrets.set(id, result.data);
    else problems.push(...result.error.issues.map((issue) => describe(issue, given, name)));
  }
  return secrets;
}

/** Names of the environment variables that a provider reads, and of those that it cannot do without. */
export function findSecretNames(secretsSchema: z.ZodType): { all: string[]; required: string[] } {
  const { properties = {}, required = [] } = toJsonSchema(secretsSchema);
  return { all: Object.keys(properties), required };
}

/** zod's messages say what was expected and never what was found; that is what lets them be shown. */
function describe(issue: z.core.$ZodIssue, given: Record<string, string>, providerName: string): string {
  const variable = issue.path.join('.');
  if (variable in given) return `${variable} is not right: ${issue.message}`;
  return issue.code === 'invalid_type'
    ? `${variable} is not set, and ${providerName} needs it`
    : `${variable} is not set: ${issue.message}`;
}
