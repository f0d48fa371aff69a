import { CancellationScope, ContinueAsNew, continueAsNew, patched, proxyActivities, workflowInfo } from '@temporalio/workflow';
import type { StoreActivities } from '#activities/index.ts';
import type { ReconcileInput, ReconcileResult } from '#workflows/messages.ts';
import { bulkActivities, pushEach } from './bulk-activities.ts';

/** Pages after which the history is handed over to a fresh run. */
const pagesPerRun = 100;

const store = proxyActivities<StoreActivities>({ startToCloseTimeout: '10 minutes' });

/**
 * Lists every record of a provider, page by page, and brings what drifted in step. Memory and history are bounded by the page,
 * cost follows drift: an unchanged record costs its share of a list call.
 */
export async function reconcileProvider(input: ReconcileInput): Promise<ReconcileResult> {
  const { provider } = input;
  const runId = input.resume?.runId ?? (await store.startRun({ provider, trigger: input.trigger }));
  try {
    const isListed = input.resume?.placedUntil !== undefined;
    const cursor = isListed ? null : await readPages(input, runId);
    if (cursor !== null) return await continueAsNew<typeof reconcileProvider>({ ...input, resume: { runId, cursor } });
    const after = await placeEverybody(input, runId);
    if (after !== null)
      return await continueAsNew<typeof reconcileProvider>({ ...input, resume: { runId, cursor: null, placedUntil: after } });
    return { runId, counts: await store.completeRun({ runId, provider }) };
  } catch (error) {
    // Also when the pass was cancelled, where nothing else may be started.
    if (!(error instanceof ContinueAsNew)) await CancellationScope.nonCancellable(() => store.failRun({ runId }));
    throw error;
  }
}

/** Gives the provider whom it should have and has not: it was connected later. Returns after whom to go on, or null at the end. */
async function placeEverybody({ provider, taskQueuePrefix, resume }: ReconcileInput, runId: string): Promise<string | null> {
  // Passes that began before there were members end as they began.
  if (!patched('place-everybody')) return null;
  const { pushBatch } = bulkActivities(taskQueuePrefix, provider);
  let after = resume?.placedUntil ?? null;
  for (let pages = 0; pages < pagesPerRun && !workflowInfo().continueAsNewSuggested; pages += 1) {
    const contactIds = await store.listUnplacedContacts({ provider, after });
    if (contactIds.length === 0) return null;
    await pushBatch({ runId, provider, contactIds });
    after = contactIds.at(-1) ?? null;
  }
  return after;
}

/** Pushes one page's drift while the next page is read. Returns where to go on, or null after the last page. */
async function readPages({ provider, taskQueuePrefix, resume }: ReconcileInput, runId: string): Promise<string | null> {
  const { reconcilePage } = bulkActivities(taskQueuePrefix, provider);
  let cursor = resume?.cursor ?? null;
  let pushing: Promise<unknown> = Promise.resolve();
  for (let pages = 0; pages < pagesPerRun && !workflowInfo().continueAsNewSuggested; pages += 1) {
    const [page] = await Promise.all([reconcilePage({ runId, provider, cursor }), pushing]);
    pushing = pushEach(taskQueuePrefix, page.push, runId);
    cursor = page.cursor;
    if (cursor === null) break;
  }
  await pushing;
  return cursor;
}
