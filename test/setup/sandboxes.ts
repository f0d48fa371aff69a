import { builtIn, findWebhookUrl, type Integrations } from '#dev/stack/integrations.ts';
import { parseAccountId } from '#domain/account-id.ts';
import type { Sandbox } from '#sandbox/core/define-sandbox.ts';
import type { RunningSandbox } from '#sandbox/core/sandbox.ts';
import type { sandboxes } from '#sandbox/index.ts';

type BuiltIn = (typeof sandboxes)[number];
export type SandboxId = BuiltIn['id'];

/** The sandboxes that a test has started. A test that uses another one fails there. */
export type Sandboxes = { [Each in BuiltIn as Each['id']]: Awaited<ReturnType<Each['start']>> };

export async function startSandboxes(
  ids: readonly string[] = ['gohighlevel', 'calltools'],
  { sandboxes, providers }: Integrations = builtIn,
): Promise<Sandboxes> {
  const wanted = sandboxes.filter(({ id }) => ids.some((each) => vendorOf(each) === id));
  const isPolled = (id: string) => providers.some((each) => each.id === id && each.pollSchedule !== undefined);
  const started = await Promise.all(
    wanted.map(async (each) => {
      const accounts = ids.filter((id) => id !== each.id && vendorOf(id) === each.id).map((id) => suffixOf(id) ?? id);
      return [each.id, await startSandbox(each, { isPolled: isPolled(each.id), accounts })] as const;
    }),
  );
  return Object.fromEntries(started) as never;
}

/** No quota binds. A change shows in the next poll, so that a test waits for no delay of the vendor. */
async function startSandbox(
  { presets, start }: Sandbox,
  { isPolled, accounts }: { isPolled: boolean; accounts: string[] },
): Promise<RunningSandbox<object>> {
  const sandbox = await start({ settings: { ...presets.unlimited, ...(isPolled && presets.immediate) }, accounts });
  // The list that the test audience places people in: accounts have it, and their keys may not create one.
  await control(sandbox, 'POST', 'people', { lists: ['Cold Leads'] });
  return sandbox;
}

/** The sandbox of an account: those of one vendor share it. */
export const vendorOf = (accountId: string): string => parseAccountId(accountId)?.vendor ?? accountId;
/** The name of a further account in its sandbox; null for the first one. */
export const suffixOf = (accountId: string): string | null => parseAccountId(accountId)?.suffix ?? null;

export async function closeSandboxes(sandboxes: Sandboxes): Promise<void> {
  await Promise.all(Object.values(sandboxes).map((sandbox) => sandbox.close()));
}

/** Points the webhooks of the vendors that send some at an API. */
export function aimWebhooks(sandboxes: Sandboxes, api: string, integrations: Integrations = builtIn): void {
  for (const sandbox of Object.values(sandboxes)) {
    const url = findWebhookUrl(api, sandbox.id, integrations);
    if (url !== undefined) sandbox.webhooks.change({ targets: [url] });
  }
}

/** Calls a control route: an edit in the vendor's own pages, a fault, a setting. */
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
