import { CancellationScope, ContinueAsNew, continueAsNew, workflowInfo } from '@temporalio/workflow';
import type { StoreActivities } from '#activities/index.ts';
import { describedActivities } from '#workflows/described-activities.ts';
import type { GoLiveInput, GoLiveResult } from '#workflows/messages.ts';
import { bulkActivities, pushSummary } from './bulk-activities.ts';

const store = describedActivities<Pick<StoreActivities, 'nextGoLivePage' | 'endGoLive'>>(
  { startToCloseTimeout: '30 minutes', heartbeatTimeout: '2 minutes' },
  { nextGoLivePage: 'Find contacts that the account lacks or has outdated', endGoLive: 'Record the result' },
);

/**
 * Pushes every contact that an account may get since its mode has changed. Ends when a person pauses the account.
 * Contacts whose push fails are left to their own workflows.
 */
export async function goLive(input: GoLiveInput): Promise<GoLiveResult> {
  const { runId } = input;
  try {
    const { state, ...counts } = await pushPages(input);
    await store.endGoLive({ runId, counts, state });
    return { state, ...counts };
  } catch (error) {
    // In a non-cancellable scope, so that a cancelled run is recorded as failed, too.
    if (!(error instanceof ContinueAsNew))
      await CancellationScope.nonCancellable(() => store.endGoLive({ runId, state: 'failed' }));
    throw error;
  }
}

async function pushPages(input: GoLiveInput): Promise<GoLiveResult> {
  const { runId, provider, taskQueuePrefix, resume = { after: null, pushed: 0, failed: 0 } } = input;
  let { after, ...counts } = resume;
  for (;;) {
    const { contactIds, isStopped } = await store.nextGoLivePage({ runId, provider, after, counts });
    if (contactIds.length === 0) return { state: isStopped ? 'stopped' : 'completed', ...counts };
    const { pushed, failed } = await bulkActivities(taskQueuePrefix, provider, pushSummary(contactIds)).pushBatch({
      runId: null,
      ...{ provider, contactIds },
    });
    counts = { pushed: counts.pushed + pushed, failed: counts.failed + failed };
    after = contactIds.at(-1) ?? null;
    if (workflowInfo().continueAsNewSuggested) await continueAsNew<typeof goLive>({ ...input, resume: { after, ...counts } });
  }
}
