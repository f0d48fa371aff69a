import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import { continueAsNew, ParentClosePolicy, startChild, workflowInfo } from '@temporalio/workflow';
import { priorities } from '#domain/sync/priority.ts';
import { reconcileWorkflowId } from '#workflows/ids.ts';
import type { PollProviderInput, PollProviderResult, ReconcileInput } from '#workflows/messages.ts';
import { reconcileSummary } from '#workflows/summaries.ts';
import { bulkActivities, pushEach } from './bulk-activities.ts';
import { reconcileProvider } from './reconcile-provider.ts';

/** Pages of one run before the workflow continues as new. */
const pagesPerRun = 100;

/** Polls a provider that sends no webhooks for the changes since the last poll. An idle poll is one activity with one call. */
export async function pollProvider(input: PollProviderInput): Promise<PollProviderResult> {
  const { provider, taskQueuePrefix } = input;
  const { pollChanges } = bulkActivities(taskQueuePrefix, provider, 'ask for changes', { priorityKey: priorities.poll });
  let { position = null, changed = 0, unreadable = 0 } = input;
  for (let pages = 0; pages < pagesPerRun && !workflowInfo().continueAsNewSuggested; pages += 1) {
    const page = await pollChanges({ provider, position });
    if (page.expired) await reconcileInFull(input);
    await pushEach(taskQueuePrefix, page.push, null);
    changed += page.changed;
    unreadable += page.unreadable ?? 0;
    position = page.position;
    if (position === null) return { changed, unreadable };
  }
  return continueAsNew<typeof pollProvider>({ ...input, ...(position && { position }), changed, unreadable });
}

/** Starts a full pass: after a position expired, the list of changes lacks the deletions since then. */
async function reconcileInFull({ provider, taskQueuePrefix }: PollProviderInput): Promise<void> {
  const args: [ReconcileInput] = [{ provider, trigger: 'expired-cursor', taskQueuePrefix }];
  try {
    await startChild(reconcileProvider, {
      workflowId: reconcileWorkflowId(taskQueuePrefix, provider),
      parentClosePolicy: ParentClosePolicy.ABANDON,
      staticSummary: reconcileSummary(provider),
      staticDetails: 'The vendor no longer lists the changes since the last poll, so every record is compared.',
      args,
    });
  } catch (error) {
    // A full pass is running already.
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
  }
}
