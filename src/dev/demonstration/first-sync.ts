import { setTimeout as delay } from 'node:timers/promises';
import { callJson, type JsonCall } from '../call-json.ts';
import type { SandboxAccounts } from '../sandboxes.ts';
import type { Stack } from '../stack.ts';
import { webhookUrls } from '../stack-environment.ts';
import { waitUntil } from '../wait-until.ts';
import { sampleContacts } from './sample-contacts.ts';

export type DemonstratedStack = Pick<Stack, 'api' | 'apiKey' | 'sandboxes'>;

interface SyncStats {
  total_contacts: number;
  pending: number;
}

interface Run {
  outcome: 'completed' | 'failed' | null;
  webUi: string | null;
}

/** Puts the sample contacts into the sandbox of GoHighLevel as a bulk import does there: without a webhook for each. */
export async function importSampleContacts({ gohighlevel }: SandboxAccounts, signal: AbortSignal): Promise<void> {
  const body = { contacts: sampleContacts(), webhooks: false };
  await callJson(`${gohighlevel.control}/records`, { method: 'POST', body, signal });
}

/** GoHighLevel's search shows what was written after seconds only, and a full pass lists by search. */
async function untilSearchable({ gohighlevel }: SandboxAccounts, signal: AbortSignal): Promise<void> {
  const headers = { authorization: `Bearer ${gohighlevel.token}`, version: '2021-07-28' };
  const body = { locationId: gohighlevel.locationId, pageLimit: 1 };
  const search = async () => {
    const { total } = await callJson<{ total: number }>(`${gohighlevel.url}/contacts/search`, {
      method: 'POST',
      headers,
      body,
      signal,
    });
    if (total < sampleContacts().length) throw new Error(`it shows ${total} contacts`);
  };
  await waitUntil('The search of GoHighLevel', search, { everyMs: 200, signal });
}

/** One full pass over GoHighLevel, as every night. `onProgress` is told how many contacts are wherever they belong. Throws when it fails. */
export async function syncEverything(
  stack: DemonstratedStack,
  { onProgress, signal }: { onProgress: (done: number) => void; signal: AbortSignal },
): Promise<void> {
  await untilSearchable(stack.sandboxes, signal);
  await subscribeAtSquare(stack, false);
  try {
    await passOverGoHighLevel(stack, onProgress, signal);
  } finally {
    await subscribeAtSquare(stack, true);
  }
}

/** As one does it: the webhooks are subscribed to when the import is done, for Square would tell of each of the 500 that we make there. */
async function subscribeAtSquare({ api, sandboxes }: DemonstratedStack, isOn: boolean): Promise<void> {
  const targets = isOn ? [webhookUrls(api).square] : [];
  await callJson(`${sandboxes.square.control}/webhooks`, { method: 'PUT', body: { targets } });
}

async function passOverGoHighLevel(
  stack: DemonstratedStack,
  onProgress: (done: number) => void,
  signal: AbortSignal,
): Promise<void> {
  await callApi(stack, '/sync/trigger', { method: 'POST', body: { provider: 'gohighlevel' }, signal });
  while (true) {
    const [run, stats] = await Promise.all([
      callApi<{ runs: Run[] }>(stack, '/sync/runs?provider=gohighlevel&limit=1', { signal }),
      callApi<SyncStats>(stack, '/sync/stats', { signal }),
    ]);
    const { outcome = null, webUi } = run.runs[0] ?? {};
    onProgress(stats.total_contacts - stats.pending);
    if (outcome === 'failed') throw new Error(`The pass over GoHighLevel failed; what it did: ${webUi}`);
    if (outcome === 'completed' && stats.pending === 0) return;
    await delay(200, undefined, { signal });
  }
}

/** Has Accord ask a provider now what changed, and not at the next minute. */
export async function pollNow(stack: DemonstratedStack, provider: string, signal: AbortSignal): Promise<void> {
  await callApi(stack, '/sync/poll', { method: 'POST', body: { provider }, signal });
}

/** How many people Accord knows. */
export async function countContacts(stack: DemonstratedStack, signal: AbortSignal): Promise<number> {
  return (await callApi<SyncStats>(stack, '/sync/stats', { signal })).total_contacts;
}

async function callApi<T>({ api, apiKey }: DemonstratedStack, path: string, call: JsonCall): Promise<T> {
  const headers = { authorization: `Bearer ${apiKey}` };
  const { data } = await callJson<{ data: T }>(`${api}${path}`, { ...call, headers });
  return data;
}
