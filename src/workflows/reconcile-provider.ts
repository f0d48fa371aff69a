import {
  ActivityCancellationType,
  CancellationScope,
  ContinueAsNew,
  continueAsNew,
  proxyActivities,
  workflowInfo,
} from '@temporalio/workflow';
import type { ProviderActivities, StoreActivities } from '../activities/index.ts';
import { priorities, type ReconcileInput, type ReconcileResult } from './messages.ts';
import { taskQueues } from './task-queues.ts';

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
    const cursor = await readPages(input, runId);
    if (cursor === null) return { runId, counts: await store.completeRun({ runId, provider }) };
    return await continueAsNew<typeof reconcileProvider>({ ...input, resume: { runId, cursor } });
  } catch (error) {
    // Also when the pass was cancelled, where nothing else may be started.
    if (!(error instanceof ContinueAsNew)) await CancellationScope.nonCancellable(() => store.failRun({ runId }));
    throw error;
  }
}

/** Pushes one page's drift while the next page is read. Returns where to go on, or null after the last page. */
async function readPages({ provider, taskQueuePrefix, resume }: ReconcileInput, runId: string): Promise<string | null> {
  const { reconcilePage } = bulkActivities(taskQueuePrefix, provider);
  let cursor = resume?.cursor ?? null;
  let pushing: Promise<unknown> = Promise.resolve();
  for (let pages = 0; pages < pagesPerRun && !workflowInfo().continueAsNewSuggested; pages += 1) {
    const [page] = await Promise.all([reconcilePage({ runId, provider, cursor }), pushing]);
    pushing = Promise.all(
      Object.entries(page.push).map(([target, contactIds]) =>
        bulkActivities(taskQueuePrefix, target).pushBatch({ runId, provider: target, contactIds }),
      ),
    );
    cursor = page.cursor;
    if (cursor === null) break;
  }
  await pushing;
  return cursor;
}

function bulkActivities(taskQueuePrefix: string, provider: string) {
  return proxyActivities<Pick<ProviderActivities, 'reconcilePage' | 'pushBatch'>>({
    taskQueue: taskQueues(taskQueuePrefix).provider(provider),
    priority: { priorityKey: priorities.bulk },
    startToCloseTimeout: '30 minutes',
    heartbeatTimeout: '2 minutes',
    // A page that went on by itself would remember what it has seen for a pass that has ended.
    cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
    retry: { initialInterval: '5 seconds', maximumInterval: '5 minutes', maximumAttempts: 10 },
  });
}
