import type { z } from 'zod';
import type { Provider } from '#providers/provider.ts';
import { toJsonSchema } from './json-schema.ts';

/** The part of a provider that configuration reads. */
export type ProviderSettings = Pick<
  Provider,
  'id' | 'name' | 'accountSchema' | 'secretsSchema' | 'checkSettings' | 'isSourceOnly' | 'pollSchedule'
>;

/**
 * The secrets of each connected provider, by provider id. A provider without any of its secrets is not connected. A provider with
 * only some of its required secrets is a problem. A provider that requires none is connected.
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

/** The names of the environment variables that a provider reads, and of those that it requires. */
export function findSecretNames(secretsSchema: z.ZodType): { all: string[]; required: string[] } {
  const { properties = {}, required = [] } = toJsonSchema(secretsSchema);
  return { all: Object.keys(properties), required };
}

/** Safe to show: zod's messages name the expected value and never repeat the given one. */
function describe(issue: z.core.$ZodIssue, given: Record<string, string>, providerName: string): string {
  const variable = issue.path.join('.');
  if (variable in given) return `${variable} is invalid: ${issue.message}`;
  return issue.code === 'invalid_type'
    ? `${variable} is not set, but ${providerName} requires it`
    : `${variable} is not set: ${issue.message}`;
}
