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
  provider: string;
  counts: { listed: number };
  outcome: 'completed' | 'failed' | null;
  webUi: string | null;
}

/** Imports the samples into the sandboxes that are to have them, without webhooks: vendors send none for a bulk import. */
export async function importSamples(places: readonly Place[], contacts: number): Promise<void> {
  for (const { place, records } of samplesOf(places, contacts)) await place.save(records, { webhooks: false });
}

export interface Progress {
  onProgress(done: number): void;
  signal: AbortSignal;
}

/**
 * Waits until every account has been read: the worker starts a full pass over each account that it connects for the first time. Waits for
 * the contacts that a pass left to their own workflows, too: a record counts as a contact until it is recognised. `onProgress` receives the
 * number of records that were read. Throws when a pass fails.
 */
export async function untilEverythingIsRead(
  accord: ApiAccess,
  { providers, onProgress, signal }: Progress & { providers: readonly string[] },
): Promise<void> {
  while (true) {
    const runs = await Promise.all(providers.map((provider) => findNewestRun(accord, provider, signal)));
    onProgress(runs.reduce((sum, run) => sum + (run?.counts.listed ?? 0), 0));
    const failed = runs.find((run) => run?.outcome === 'failed');
    if (failed) throw new Error(`The full pass over ${failed.provider} failed. See its workflow: ${failed.webUi}`);
    if (runs.every((run) => run?.outcome === 'completed')) break;
    await delay(200, undefined, { signal });
  }
  await untilNothingIsPending(accord, signal);
}

export interface AccountPlan {
  provider: string;
  counts: Record<string, number>;
  recognised: number;
}

/** The planned writes, by account. */
export async function readPlan(accord: ApiAccess, signal: AbortSignal): Promise<AccountPlan[]> {
  return (await callApi<{ accounts: AccountPlan[] }>(accord, '/api/v1/plan', { signal })).accounts;
}

/**
 * Goes live with every account, and waits until nothing is left to write. `onProgress` receives the number of contacts that were written
 * to an account. Returns at once when every account is live, as in a folder of an earlier release.
 */
export async function goLive(
  accord: ApiAccess,
  { places, onProgress, signal }: Progress & { places: readonly Place[] },
): Promise<void> {
  // A business subscribes to webhooks after its import: the vendor would report each record that the import creates.
  const receiving = places.filter(({ samples }) => samples !== 'contacts');
  const resumes = await Promise.all(receiving.map((place) => place.pauseWebhooks()));
  try {
    const { accounts } = await callApi<{ accounts: { mode: string | null }[] }>(accord, '/sync/accounts', { signal });
    if (accounts.some(({ mode }) => mode !== null && mode !== 'live')) await runEach(accord, { onProgress, signal });
    await untilNothingIsPending(accord, signal);
  } finally {
    await Promise.all(resumes.map((resume) => resume()));
  }
}

async function runEach(accord: ApiAccess, { onProgress, signal }: Progress): Promise<void> {
  const started = await callApi<{ runs: GoLiveRun[] }>(accord, '/api/v1/go-live', { method: 'POST', body: {}, signal });
  while (true) {
    const { runs } = await callApi<{ runs: GoLiveRun[] }>(accord, '/api/v1/go-live?limit=20', { signal });
    const own = runs.filter(({ id }) => started.runs.some((run) => run.id === id));
    onProgress(own.reduce((sum, { pushed }) => sum + pushed, 0));
    const failed = own.find(({ state }) => state === 'failed');
    if (failed) throw new Error(`The go-live of ${failed.provider} failed: ${failed.error}`);
    if (own.every(({ state }) => state === 'completed')) return;
    await delay(200, undefined, { signal });
  }
}

interface GoLiveRun {
  id: string;
  provider: string;
  state: string;
  pushed: number;
  error: string | null;
}

/** A go-live leaves some contacts to their own workflows, which end after it. */
async function untilNothingIsPending(accord: ApiAccess, signal: AbortSignal): Promise<void> {
  for (let pending = 1; pending > 0; ) {
    pending = (await readStats(accord, signal)).pending;
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
