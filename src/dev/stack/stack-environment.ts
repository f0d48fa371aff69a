import { fileURLToPath } from 'node:url';
import type { SandboxAddress } from '#sandbox/core/define-sandbox.ts';
import { inheritedEnvironment } from './inherited-environment.ts';
import { builtIn, findWebhookUrl } from './integrations.ts';

export interface StackAddresses {
  api: string;
  database: string;
  /** `host:port` */
  temporal: string;
  temporalUi: string;
}

/** The variables that name the stack's accord.yaml and the profile in it. */
export function stackRules(): { ACCORD_CONFIG: string; ACCORD_PROFILE: string } {
  const ofProject = fileURLToPath(new URL('../../../accord.yaml', import.meta.url));
  return { ACCORD_CONFIG: process.env.ACCORD_CONFIG ?? ofProject, ACCORD_PROFILE: 'sandbox' };
}

/** The environment of the API and the worker: that of production, with the sandboxes as the vendors, connected or to be connected. */
export function stackEnvironment(
  { api, database, temporal, temporalUi }: StackAddresses,
  accounts: Readonly<Record<string, SandboxAddress>>,
  encryptionKey: string,
  integrations = builtIn,
  isConnected = true,
): NodeJS.ProcessEnv {
  const connections = integrations.sandboxes.map(({ id, account, environment, appEnvironment }) => {
    const facts = account.parse(accounts[id]);
    return isConnected ? environment(facts, findWebhookUrl(api, id, integrations)) : (appEnvironment?.(facts) ?? {});
  });
  return {
    ...inheritedEnvironment(integrations),
    // As in the Dockerfile. Without limits V8 first collects garbage at several times the live size.
    NODE_OPTIONS: `${process.env.NODE_OPTIONS ?? ''} --max-old-space-size=1024 --max-semi-space-size=4`.trim(),
    MALLOC_ARENA_MAX: '2',
    ...stackRules(),
    ACCORD_ENCRYPTION_KEY: encryptionKey,
    DATABASE_URL: database,
    TEMPORAL_ADDRESS: temporal,
    TEMPORAL_NAMESPACE: 'default',
    TEMPORAL_UI_URL: temporalUi,
    API_HOST: '127.0.0.1',
    PORT: new URL(api).port,
    ACCORD_SANDBOXES: JSON.stringify(sandboxLinks(accounts, integrations)),
    ...Object.assign({}, ...connections),
  };
}

/** Variables by which the admin pages show the sandboxes side by side. */
function sandboxLinks(accounts: Readonly<Record<string, SandboxAddress>>, { sandboxes } = builtIn) {
  return sandboxes.flatMap(({ id, title }) => (accounts[id] ? [{ id, title, control: accounts[id].control }] : []));
}
