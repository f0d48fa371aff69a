import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import { continueAsNew, ParentClosePolicy, startChild, workflowInfo } from '@temporalio/workflow';
import { priorities } from '#domain/priority.ts';
import { reconcileWorkflowId } from '#workflows/ids.ts';
import type { PollProviderInput, ReconcileInput } from '#workflows/messages.ts';
import { bulkActivities, pushEach } from './bulk-activities.ts';
import { reconcileProvider } from './reconcile-provider.ts';

/** Pages after which the history is handed over to a fresh run. */
const pagesPerRun = 100;

/** Asks a provider that does not push what changed since the last time. An idle poll is one activity with one call. */
export async function pollProvider(input: PollProviderInput): Promise<{ changed: number }> {
  const { provider, taskQueuePrefix } = input;
  const { pollChanges } = bulkActivities(taskQueuePrefix, provider, priorities.poll);
  let { position = null, changed = 0 } = input;
  for (let pages = 0; pages < pagesPerRun && !workflowInfo().continueAsNewSuggested; pages += 1) {
    const page = await pollChanges({ provider, position });
    if (page.expired) await reconcileInFull(input);
    await pushEach(taskQueuePrefix, page.push, null);
    changed += page.changed;
    position = page.position;
    if (position === null) return { changed };
  }
  return continueAsNew<typeof pollProvider>({ ...input, ...(position && { position }), changed });
}

/** Deletions that happened while nobody asked do not stand in a list of changes. */
async function reconcileInFull({ provider, taskQueuePrefix }: PollProviderInput): Promise<void> {
  const args: [ReconcileInput] = [{ provider, trigger: 'expired-cursor', taskQueuePrefix }];
  try {
    await startChild(reconcileProvider, {
      workflowId: reconcileWorkflowId(taskQueuePrefix, provider),
      parentClosePolicy: ParentClosePolicy.ABANDON,
      args,
    });
  } catch (error) {
    // One is under way already.
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
  }
}
