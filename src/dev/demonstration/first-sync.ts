import { setTimeout as delay } from 'node:timers/promises';
import { callJson, type JsonCall } from '#dev/call-json.ts';
import type { SandboxAccounts } from '#dev/stack/sandboxes.ts';
import type { Stack } from '#dev/stack/stack.ts';
import { webhookUrls } from '#dev/stack/stack-environment.ts';
import { waitUntil } from '#dev/wait-until.ts';
import { sampleContacts } from './sample-contacts.ts';

export type DemonstratedStack = Pick<Stack, 'api' | 'apiKey' | 'sandboxes'>;

interface SyncStats {
  total_contacts: number;
  pending: number;
}

interface Run {
  id: string;
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

/**
 * A full pass over each of these providers, one after the other, as every night. `onProgress` is told how many contacts are
 * wherever they belong. Throws when one fails.
 */
export async function syncEverything(stack: DemonstratedStack, { providers, ...progress }: SyncOptions): Promise<void> {
  await untilSearchable(stack.sandboxes, progress.signal);
  await subscribeAtSquare(stack, false);
  try {
    for (const provider of providers) await passOver(stack, provider, progress);
    await untilNothingIsPending(stack, progress);
  } finally {
    await subscribeAtSquare(stack, true);
  }
}

interface SyncOptions extends Progress {
  /** Their ids. */
  providers: readonly string[];
}

interface Progress {
  onProgress(done: number): void;
  signal: AbortSignal;
}

/** As one does it: the webhooks are subscribed to when the import is done, for Square would tell of each of the 500 that we make there. */
async function subscribeAtSquare({ api, sandboxes }: DemonstratedStack, isOn: boolean): Promise<void> {
  const targets = isOn ? [webhookUrls(api).square] : [];
  await callJson(`${sandboxes.square.control}/webhooks`, { method: 'PUT', body: { targets } });
}

async function passOver(stack: DemonstratedStack, provider: string, { onProgress, signal }: Progress): Promise<void> {
  const before = await findNewestRun(stack, provider, signal);
  await callApi(stack, '/sync/trigger', { method: 'POST', body: { provider }, signal });
  while (true) {
    const [run, stats] = await Promise.all([findNewestRun(stack, provider, signal), readStats(stack, signal)]);
    onProgress(stats.total_contacts - stats.pending);
    const { outcome, webUi } = run && run.id !== before?.id ? run : { outcome: null, webUi: null };
    if (outcome === 'failed') throw new Error(`The pass over ${provider} failed; what it did: ${webUi}`);
    if (outcome === 'completed') return;
    await delay(200, undefined, { signal });
  }
}

/** What a pass left to the contacts' own workflows comes after it. */
async function untilNothingIsPending(stack: DemonstratedStack, { onProgress, signal }: Progress): Promise<void> {
  for (let pending = 1; pending > 0; ) {
    const stats = await readStats(stack, signal);
    onProgress(stats.total_contacts - stats.pending);
    pending = stats.pending;
    if (pending > 0) await delay(200, undefined, { signal });
  }
}

async function findNewestRun(stack: DemonstratedStack, provider: string, signal: AbortSignal): Promise<Run | null> {
  const { runs } = await callApi<{ runs: Run[] }>(stack, `/sync/runs?provider=${provider}&limit=1`, { signal });
  return runs[0] ?? null;
}

/** Has Accord ask a provider now what changed, and not at the next minute. */
export async function pollNow(stack: DemonstratedStack, provider: string, signal: AbortSignal): Promise<void> {
  await callApi(stack, '/sync/poll', { method: 'POST', body: { provider }, signal });
}

/** How many people Accord knows. */
export async function countContacts(stack: DemonstratedStack, signal: AbortSignal): Promise<number> {
  return (await readStats(stack, signal)).total_contacts;
}

function readStats(stack: DemonstratedStack, signal: AbortSignal): Promise<SyncStats> {
  return callApi<SyncStats>(stack, '/sync/stats', { signal });
}

async function callApi<T>({ api, apiKey }: DemonstratedStack, path: string, call: JsonCall): Promise<T> {
  const headers = { authorization: `Bearer ${apiKey}` };
  const { data } = await callJson<{ data: T }>(`${api}${path}`, { ...call, headers });
  return data;
}
