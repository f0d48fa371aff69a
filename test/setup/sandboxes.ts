import { randomBytes } from 'node:crypto';
import { startCallToolsSandbox } from '#sandbox/calltools/index.ts';
import { startGoHighLevelSandbox } from '#sandbox/gohighlevel/index.ts';
import { startGoogleSandbox } from '#sandbox/google/index.ts';
import { startSquareSandbox } from '#sandbox/square/index.ts';

const starters = {
  gohighlevel: () =>
    startGoHighLevelSandbox({
      settings: { rateLimitMax: 100_000, locationId: `loc${randomBytes(8).toString('hex')}`.slice(0, 20) },
    }),
  async calltools() {
    const dialer = await startCallToolsSandbox();
    await control(dialer, 'POST', 'records', { buckets: ['Cold Leads'] });
    return dialer;
  },
  square: () => startSquareSandbox(),
  // What a test changes, the next poll sees: nothing waits for Google's minutes.
  google: () => startGoogleSandbox({ settings: { ...unbound, propagationDelayMs: 0, searchWarmUpMs: 0 } }),
};

const unbound = {
  ...{ criticalReadsPerMinute: 100_000, criticalWritesPerMinute: 100_000 },
  ...{ writeRequestsPerMinute: 100_000, groupReadsPerMinute: 100_000, fullSyncsPerMinute: 100_000 },
};

export type SandboxId = keyof typeof starters;
type Started = { [Id in SandboxId]: Awaited<ReturnType<(typeof starters)[Id]>> };

/** Those that were started: a test that reaches for another one fails there. */
export type Sandboxes = Started;

export async function startSandboxes(ids: readonly SandboxId[] = ['gohighlevel', 'calltools']): Promise<Sandboxes> {
  const started = await Promise.all(ids.map(async (id) => [id, await starters[id]()] as const));
  return Object.fromEntries(started) as never;
}

export async function closeSandboxes(sandboxes: Sandboxes): Promise<void> {
  await Promise.all(Object.values(sandboxes).map((sandbox) => sandbox.close()));
}

/** Where those that push are to post. */
export function webhookUrls(api: string): Partial<Record<SandboxId, string>> {
  return { gohighlevel: `${api}/webhook/ghl`, square: `${api}/webhooks/square` };
}

export function aimWebhooks(sandboxes: Sandboxes, api: string): void {
  for (const [id, url] of Object.entries(webhookUrls(api))) sandboxes[id as SandboxId]?.webhooks.change({ targets: [url] });
}

/** What people do on the vendor's own pages, and what tests ask of a sandbox. */
export async function control<T = unknown>(
  sandbox: { controlUrl: string },
  method: string,
  path: string,
  body?: unknown,
): Promise<T> {
  const response = await fetch(`${sandbox.controlUrl}/${path}`, {
    method,
    ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
  });
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
  return (response.status === 204 ? null : await response.json()) as T;
}
