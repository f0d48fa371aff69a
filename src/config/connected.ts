import type { Audience } from '#domain/audience.ts';
import type { Provider } from '#providers/provider.ts';
import type { AccordYaml } from './accord-yaml.ts';
import { type ConnectedAccount, findSettings, type NotConnected } from './connections.ts';
import { findSecretNames, variableOf } from './variables.ts';

/**
 * The connected accounts. A provider without a section in accord.yaml has the default settings. A provider without its secrets is
 * not connected. A provider that requires no secrets is connected by its section.
 */
export function toConnected(
  { accounts }: AccordYaml,
  { secrets, providers, problems }: { secrets: ReadonlyMap<string, unknown>; providers: readonly Provider[]; problems: string[] },
): Record<string, ConnectedAccount> {
  const connected: Record<string, ConnectedAccount> = {};
  for (const provider of providers) {
    const { id, secretsSchema, checkSettings } = provider;
    if (!secrets.has(id) || (accounts[id] === undefined && findSecretNames(secretsSchema).required.length === 0)) continue;
    const account = findSettings(provider, accounts);
    if (account.success) {
      connected[id] = { account: account.data, secrets: secrets.get(id) };
      const misfits = checkSettings?.({ account: account.data, secrets: secrets.get(id) }) ?? [];
      problems.push(...misfits.map(({ path, message }) => `accord.yaml: accounts.${[id, ...path].join('.')}: ${message}`));
    } else
      problems.push(...account.error.issues.map((issue) => `accord.yaml: accounts.${[id, ...issue.path].join('.')} is missing`));
  }
  return connected;
}

/** The reason why an account is not connected: the missing variables, the remedy, and the audiences that are not pushed there. */
export function explainAbsence(
  provider: Provider,
  { audiences, given }: { audiences: readonly Audience[]; given: Record<string, string> },
): NotConnected {
  const { id, name, secretsSchema, connector } = provider;
  const required = findSecretNames(secretsSchema).required.map((variable) => variableOf(provider, variable, given));
  const missing = required.filter((variable) => !(variable in given));
  const waiting = audiences.filter((audience) => id in audience.then).map((audience) => audience.name);
  const remedy = connector ? `run accord connect ${id}, or see .env.example` : 'see .env.example';
  const unset = `${and.format(missing)} ${missing.length === 1 ? 'is' : 'are'} not set (${remedy})`;
  const reason = `${name} is not connected: ${required.length === 0 ? `accord.yaml has no accounts.${id}` : unset}.`;
  const consequence = waiting.length === 0 ? '' : ` Members of ${and.format(waiting)} are not pushed there until it is.`;
  return { provider: id, because: reason + consequence };
}

const and = new Intl.ListFormat('en-GB');
