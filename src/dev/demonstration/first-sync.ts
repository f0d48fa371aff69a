import { setTimeout as delay } from 'node:timers/promises';
import { callJson, type JsonCall } from '#dev/call-json.ts';
import type { Stack } from '#dev/stack/stack.ts';
import type { Place } from './places.ts';
import { samplesOf } from './sample-lookalikes.ts';

export type ApiAccess = Pick<Stack, 'api' | 'apiKey'>;

interface SyncStats {
  total_contacts: number;
  pending: number;
}

interface Run {
  id: string;
  outcome: 'completed' | 'failed' | null;
  webUi: string | null;
}

/** Imports the samples into the sandboxes that are to have them, without webhooks: vendors send none for a bulk import. */
export async function importSamples(places: readonly Place[]): Promise<void> {
  for (const { place, records } of samplesOf(places)) await place.save(records, { webhooks: false });
}

/**
 * Runs a full pass over each of these providers, one after the other, and waits until no contact is pending. `onProgress` receives
 * the number of contacts that are in sync. Throws when a pass fails.
 */
export async function syncEverything(accord: ApiAccess, { providers, places, ...progress }: SyncOptions): Promise<void> {
  // A business subscribes to webhooks after its import: the vendor would report each record that the import creates.
  const receiving = places.filter(({ samples }) => samples !== 'contacts');
  const resumes = await Promise.all(receiving.map((place) => place.pauseWebhooks()));
  try {
    for (const provider of providers) await passOver(accord, provider, progress);
    await untilNothingIsPending(accord, progress);
  } finally {
    await Promise.all(resumes.map((resume) => resume()));
  }
}

interface SyncOptions extends Progress {
  /** Provider ids. */
  providers: readonly string[];
  places: readonly Place[];
}

interface Progress {
  onProgress(done: number): void;
  signal: AbortSignal;
}

async function passOver(accord: ApiAccess, provider: string, { onProgress, signal }: Progress): Promise<void> {
  const before = await findNewestRun(accord, provider, signal);
  await callApi(accord, '/sync/trigger', { method: 'POST', body: { provider }, signal });
  while (true) {
    const [run, stats] = await Promise.all([findNewestRun(accord, provider, signal), readStats(accord, signal)]);
    onProgress(stats.total_contacts - stats.pending);
    const { outcome, webUi } = run && run.id !== before?.id ? run : { outcome: null, webUi: null };
    if (outcome === 'failed') throw new Error(`The full pass over ${provider} failed. See its workflow: ${webUi}`);
    if (outcome === 'completed') return;
    await delay(200, undefined, { signal });
  }
}

/** A pass leaves some contacts to their own workflows, which end after it. */
async function untilNothingIsPending(accord: ApiAccess, { onProgress, signal }: Progress): Promise<void> {
  for (let pending = 1; pending > 0; ) {
    const stats = await readStats(accord, signal);
    onProgress(stats.total_contacts - stats.pending);
    pending = stats.pending;
    if (pending > 0) await delay(200, undefined, { signal });
  }
}

async function findNewestRun(accord: ApiAccess, provider: string, signal: AbortSignal): Promise<Run | null> {
  const { runs } = await callApi<{ runs: Run[] }>(accord, `/sync/runs?provider=${provider}&limit=1`, { signal });
  return runs[0] ?? null;
}

/** Makes Accord poll a provider at once, ahead of its schedule. */
export async function pollNow(accord: ApiAccess, provider: string, signal: AbortSignal): Promise<void> {
  await callApi(accord, '/sync/poll', { method: 'POST', body: { provider }, signal });
}

interface Candidates {
  candidates: { sides: { contactId: string; records: { provider: string; externalId: string | null }[] }[] }[];
}

/** The pairs of contacts that wait for a person's decision, up to 200. */
export async function listOpenCandidates(accord: ApiAccess, signal: AbortSignal): Promise<Candidates['candidates']> {
  return (await callApi<Candidates>(accord, '/api/v1/candidates?limit=200', { signal })).candidates;
}

/** The number of contacts in Accord's store. */
export async function countContacts(accord: ApiAccess, signal: AbortSignal): Promise<number> {
  return (await readStats(accord, signal)).total_contacts;
}

function readStats(accord: ApiAccess, signal: AbortSignal): Promise<SyncStats> {
  return callApi<SyncStats>(accord, '/sync/stats', { signal });
}

async function callApi<T>({ api, apiKey }: ApiAccess, path: string, call: JsonCall): Promise<T> {
  const headers = { authorization: `Bearer ${apiKey}` };
  const { data } = await callJson<{ data: T }>(`${api}${path}`, { ...call, headers });
  return data;
}
