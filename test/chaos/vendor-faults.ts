import { callJson } from '#dev/call-json.ts';
import type { SandboxAccounts } from '#dev/stack/sandboxes.ts';

export type Vendor = keyof SandboxAccounts;

/** A fault of one vendor: of answers, of webhooks, or a setting that is back to normal after some time. */
export interface VendorFault {
  kind: string;
  at: Vendor;
  answer?: object;
  webhooks?: object;
  settings?: { set: object; back: object; forMs: number };
}

const everyVendor = ['gohighlevel', 'square', 'google', 'calltools'] as const;
const sendWebhooks = ['gohighlevel', 'square'] as const;
const writes = ['POST', 'PUT', 'PATCH', 'DELETE'] as const;

const json = { 'content-type': 'application/json' };

const answers: Record<string, object> = {
  'rate limit': { status: 429, headers: { 'retry-after': '2' }, times: 6 },
  'server error': { status: 500, body: { message: 'internal error' }, times: 4 },
  'page of an outage': { status: 503, body: '<html>down for maintenance</html>', times: 4 },
  hang: { hang: true, times: 1 },
  latency: { latencyMs: 800, times: 8 },
  'late body': { bodyLatencyMs: 800, times: 4 },
  'dropped request': { dropRequest: true, times: 3 },
  'truncated body': { afterWrite: true, status: 200, headers: json, body: '{"contact":{"id":"', times: 2 },
};

const afterWrites: Record<string, object> = {
  'dropped answer of a write': { dropResponse: true, times: 2 },
  'error after a write': { afterWrite: true, status: 500, body: 'lost', times: 2 },
  'no answer to a write': { afterWrite: true, hang: true, times: 1 },
};

const webhooks: Record<string, object> = {
  'dropped webhooks': { drop: 3 },
  'duplicate webhooks': { duplicate: 5 },
  'delayed webhooks': { delayMs: 2_000 },
  'webhooks in reverse order': { reorder: 3 },
  'webhooks in order and at once': { delayMs: 0, reorder: 0 },
};

/** The whole fault model of the sandboxes. */
export const vendorFaults: readonly VendorFault[] = [
  ...everyVendor.flatMap((at) => [
    ...Object.entries(answers).map(([kind, answer]) => ({ kind, at, answer })),
    ...Object.entries(afterWrites).flatMap(([kind, answer]) =>
      writes.slice(0, 3).map((method) => ({ kind, at, answer: { ...answer, method } })),
    ),
  ]),
  ...sendWebhooks.flatMap((at) => Object.entries(webhooks).map(([kind, change]) => ({ kind, at, webhooks: change }))),
  ...[0, 1, 2].map(() => ({
    kind: 'expired sync token',
    at: 'google' as const,
    // A second.
    settings: { set: { syncTokenDays: 1 / 86_400 }, back: { syncTokenDays: 7 }, forMs: 2_000 },
  })),
  ...[0, 1].map(() => ({
    kind: 'refused etags',
    at: 'google' as const,
    settings: { set: { spuriousMismatchRate: 0.3 }, back: { spuriousMismatchRate: 0 }, forMs: 3_000 },
  })),
];

/** Puts a fault in force. Returns when that is so, not when it is over. */
export async function addFault({ at, answer, webhooks, settings }: VendorFault, accounts: SandboxAccounts): Promise<void> {
  const { control } = accounts[at];
  if (answer) await callJson(`${control}/faults`, { method: 'POST', body: answer });
  if (webhooks) await callJson(`${control}/webhooks`, { method: 'PUT', body: webhooks });
  if (!settings) return;
  await callJson(`${control}/settings`, { method: 'PATCH', body: settings.set });
  setTimeout(() => callJson(`${control}/settings`, { method: 'PATCH', body: settings.back }).catch(() => {}), settings.forMs);
}

/** All vendors are well again, and send the webhooks that they hold back. */
export async function liftFaults(accounts: SandboxAccounts): Promise<void> {
  for (const { control } of Object.values(accounts)) {
    await fetch(`${control}/faults`, { method: 'DELETE' });
    await callJson(`${control}/webhooks`, { method: 'PUT', body: { drop: 0, duplicate: 0, delayMs: 0, reorder: 0 } });
  }
  for (const { at, settings } of vendorFaults)
    if (settings) await callJson(`${accounts[at].control}/settings`, { method: 'PATCH', body: settings.back });
}
