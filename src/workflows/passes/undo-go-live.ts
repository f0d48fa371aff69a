import { CancellationScope, ContinueAsNew, continueAsNew, rootCause, workflowInfo } from '@temporalio/workflow';
import type { StoreActivities } from '#activities/interfaces.ts';
import { describedActivities } from '#workflows/described-activities.ts';
import type { UndoGoLiveInput } from '#workflows/messages.ts';
import { goLiveActivities } from './bulk-activities.ts';

const store = describedActivities<Pick<StoreActivities, 'nextUndoPage' | 'endUndo'>>(
  {
    ...{ startToCloseTimeout: '5 minutes', heartbeatTimeout: '1 minute' },
    retry: { initialInterval: '1 second', maximumInterval: '1 minute' },
  },
  { nextUndoPage: 'Find records that the go-live wrote to', endUndo: 'Record the result' },
);

/** Undoes the writes of one or more go-lives of an account, as far as nobody has edited them since. */
export async function undoGoLive(input: UndoGoLiveInput): Promise<void> {
  const { runIds } = input;
  try {
    await undoPages(input);
    await store.endUndo({ runIds, state: 'completed', error: null });
  } catch (error) {
    if (!(error instanceof ContinueAsNew)) {
      const failed = { runIds, state: 'failed', error: rootCause(error) ?? 'The undo failed' } as const;
      // In a non-cancellable scope, so that a cancelled undo is recorded as failed, too.
      await CancellationScope.nonCancellable(() => store.endUndo(failed));
    }
    throw error;
  }
}

async function undoPages(input: UndoGoLiveInput): Promise<void> {
  const { runIds, provider, isResumed = false } = input;
  for (let isFirst = !isResumed; ; isFirst = false) {
    const linkIds = await store.nextUndoPage({ runIds, provider, isFirst });
    if (linkIds.length === 0) return;
    const summary = linkIds.length === 1 ? 'take back 1 record' : `take back ${linkIds.length} records`;
    // Without a maximum: half an undo helps nobody, and an outage ends.
    const { undoBatch } = goLiveActivities(input, { summary, maximumAttempts: Number.POSITIVE_INFINITY });
    await undoBatch({ runIds, provider, linkIds });
    if (workflowInfo().continueAsNewSuggested) await continueAsNew<typeof undoGoLive>({ ...input, isResumed: true });
  }
}
