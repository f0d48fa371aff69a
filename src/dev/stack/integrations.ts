import { providers } from '#providers/index.ts';
import type { Provider } from '#providers/provider.ts';
import type { Sandbox } from '#sandbox/core/define-sandbox.ts';
import { sandboxes } from '#sandbox/index.ts';

/** The systems that a stack connects: Accord's providers, and the sandboxes that take the place of their vendors. */
export interface Integrations {
  providers: readonly Provider[];
  sandboxes: readonly Sandbox[];
}

export const builtIn: Integrations = { providers, sandboxes };

/** The URL of Accord's API that takes a provider's webhooks; undefined where the vendor sends none. */
export function findWebhookUrl(api: string, id: string, { providers } = builtIn): string | undefined {
  const path = providers.find((provider) => provider.id === id)?.webhookRoutes?.[0]?.paths[0];
  return path === undefined ? undefined : `${api}${path}`;
}
