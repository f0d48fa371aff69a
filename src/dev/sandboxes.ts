import { inheritedEnvironment } from './stack-environment.ts';

export interface SandboxesOptions {
  ports: { gohighlevel: number; calltools: number };
  dataDirectory: string;
  /** Where the sandbox of GoHighLevel sends its webhooks. */
  webhookUrl: string;
}

export interface SandboxAccounts {
  gohighlevel: { url: string; control: string; token: string; locationId: string; webhookPublicKey: string };
  calltools: { url: string; control: string; token: string };
}

/** What `main.ts` of the sandboxes reads. */
export function sandboxEnvironment({ ports, dataDirectory, webhookUrl }: SandboxesOptions): NodeJS.ProcessEnv {
  const config = {
    dataDirectory,
    sandboxes: {
      // The real account takes 100 calls in 10 seconds: a first sync would take minutes, as it does there.
      gohighlevel: { port: ports.gohighlevel, webhookTargets: [webhookUrl], settings: { rateLimitMax: 1_000 } },
      calltools: { port: ports.calltools, settings: { bucketCreateAllowed: true } },
    },
  };
  return { ...inheritedEnvironment(), SANDBOX_CONFIG: JSON.stringify(config) };
}

/** How a service gets at the sandboxes' accounts, as they say themselves. Throws while they do not answer. */
export async function readSandboxAccounts({ ports }: Pick<SandboxesOptions, 'ports'>): Promise<SandboxAccounts> {
  const [gohighlevel, calltools] = await Promise.all([readAccount(ports.gohighlevel), readAccount(ports.calltools)]);
  return { gohighlevel, calltools: { ...calltools, url: `${calltools.url}/api` } } as SandboxAccounts;
}

async function readAccount(port: number): Promise<Record<string, unknown> & { url: string }> {
  const url = `http://127.0.0.1:${port}`;
  const response = await fetch(`${url}/_sandbox/`, { signal: AbortSignal.timeout(5_000) });
  const info = (await response.json()) as Record<string, unknown>;
  return { url, control: `${url}/_sandbox`, ...info };
}
