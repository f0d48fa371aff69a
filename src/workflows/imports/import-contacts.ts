import { continueAsNew, isCancellation, workflowInfo } from '@temporalio/workflow';
import type { StoreActivities } from '#activities/interfaces.ts';
import { priorities } from '#domain/sync/priority.ts';
import { describedActivities } from '#workflows/described-activities.ts';
import type { ImportInput } from '#workflows/messages.ts';
import { pushEach } from '#workflows/passes/bulk-activities.ts';

const { nextImportStep } = describedActivities<Pick<StoreActivities, 'nextImportStep'>>(
  {
    ...{ startToCloseTimeout: '30 minutes', heartbeatTimeout: '1 minute', priority: { priorityKey: priorities.bulk } },
    retry: { initialInterval: '1 second', maximumInterval: '1 minute' },
  },
  { nextImportStep: 'Read the file, or deal with some of its rows' },
);

/**
 * Carries out an import, step by step, as far as it may go without a person. The import is a row of the database: steps may be repeated, and a
 * person may cancel it there. The contacts of one step are pushed while the next one runs.
 */
export async function importContacts(input: ImportInput): Promise<void> {
  const { importId, taskQueuePrefix } = input;
  let pushing: Promise<unknown> = Promise.resolve();
  for (;;) {
    const [step] = await Promise.all([nextImportStep({ importId }), pushing]);
    // A push that failed for good leaves drift, which the next pass repairs.
    pushing = pushEach(taskQueuePrefix, step.push, null).catch(throwIfCancelled);
    if (step.isDone) break;
    if (!workflowInfo().continueAsNewSuggested) continue;
    await pushing;
    await continueAsNew<typeof importContacts>(input);
  }
  await pushing;
}

function throwIfCancelled(error: unknown): void {
  if (isCancellation(error)) throw error;
}
