import { findSecretNames } from '#config/variables.ts';
import { builtIn, type Integrations } from './integrations.ts';

/** Variables of real servers, which Accord's own processes read. */
const ofServers = /^(TEMPORAL|DATABASE|API|ACCORD|TASK_QUEUE|WORKER)_|^(PORT|PUBLIC_URL)$/;

/** This process's environment without the settings of real accounts and servers: they must not leak from the shell into a stack. */
export function inheritedEnvironment({ providers }: Pick<Integrations, 'providers'> = builtIn): NodeJS.ProcessEnv {
  const secrets = providers.flatMap(({ secretsSchema }) => findSecretNames(secretsSchema).all);
  // A variable that an older or newer release reads has the same prefix: `GHL_`.
  const prefixes = new Set(secrets.map((name) => name.slice(0, name.indexOf('_') + 1)).filter((prefix) => prefix !== ''));
  const isSecret = (name: string) => secrets.includes(name) || [...prefixes].some((prefix) => name.startsWith(prefix));
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !ofServers.test(name) && !isSecret(name)));
}
