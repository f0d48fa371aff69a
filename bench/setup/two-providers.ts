import { findSecretNames } from '#config/variables.ts';
import { providers } from '#providers/index.ts';

const connected: readonly string[] = ['gohighlevel', 'calltools', 'webform'];

/**
 * Disconnects all providers but GoHighLevel and CallTools, by blank variables. The figures about that one direction were defined when
 * there were no other providers, and stay comparable.
 */
export const twoProviders: Record<string, string> = Object.fromEntries(
  providers
    .filter(({ id }) => !connected.includes(id))
    .flatMap(({ secretsSchema }) => findSecretNames(secretsSchema).all.map((name) => [name, ''])),
);
