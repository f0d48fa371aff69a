import type { z } from 'zod';
import type { Sandbox, SandboxAddress } from '#sandbox/core/define-sandbox.ts';
import type { sandboxes } from '#sandbox/index.ts';
import { inheritedEnvironment } from './inherited-environment.ts';
import { builtIn, findWebhookUrl } from './integrations.ts';

export interface SandboxesOptions {
  /** By sandbox id. */
  ports: Readonly<Record<string, number>>;
  dataDirectory: string;
  /** URL of Accord's API, which receives the webhooks. */
  api: string;
  /** False when people connect the accounts: then an account has webhooks as soon as it is subscribed. Default: true. */
  isConnected?: boolean;
}

/** The account that each sandbox serves, by sandbox id. `url` is the base URL for Accord's provider. */
export type AccountsOf<List extends readonly Sandbox[]> = {
  [Each in List[number] as Each['id']]: z.output<Each['account']>;
};

export type SandboxAccounts = AccountsOf<typeof sandboxes>;

/** The environment of the process that runs the sandboxes: `src/sandbox/main.ts`. */
export function sandboxEnvironment(
  { ports, dataDirectory, api, isConnected = true }: SandboxesOptions,
  integrations = builtIn,
): NodeJS.ProcessEnv & { SANDBOX_CONFIG: string } {
  const sandboxes = integrations.sandboxes.map(({ id, defaultPort, presets, appSettings, subscribesByApi = false }) => {
    const webhookUrl = findWebhookUrl(api, id, integrations);
    const webhookTargets = webhookUrl === undefined || (subscribesByApi && !isConnected) ? [] : [webhookUrl];
    const settings = { ...presets.unlimited, ...presets.stack, ...appSettings?.(`${api}/connections/callback`) };
    return [id, { port: ports[id] ?? defaultPort, webhookTargets, settings }];
  });
  const config = { dataDirectory, sandboxes: Object.fromEntries(sandboxes) };
  return { ...inheritedEnvironment(integrations), SANDBOX_CONFIG: JSON.stringify(config) };
}

/** Asks each running sandbox for its account. Throws while one does not answer. */
export async function readSandboxAccounts<const List extends readonly Sandbox[]>(
  ports: SandboxesOptions['ports'],
  sandboxes: List,
): Promise<AccountsOf<List>> {
  const accounts = await Promise.all(sandboxes.map(async (sandbox) => [sandbox.id, await readAccount(sandbox, ports)] as const));
  // TypeScript does not follow the list's types through `map` and `fromEntries`.
  return Object.fromEntries(accounts) as AccountsOf<List>;
}

async function readAccount({ id, defaultPort, account }: Sandbox, ports: SandboxesOptions['ports']): Promise<SandboxAddress> {
  const control = `http://127.0.0.1:${ports[id] ?? defaultPort}/_sandbox`;
  const response = await fetch(control, { signal: AbortSignal.timeout(5_000) });
  return account.parse(Object.assign({ control }, await response.json()));
}
