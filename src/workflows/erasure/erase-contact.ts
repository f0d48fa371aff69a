import {
  ActivityCancellationType,
  condition,
  continueAsNew,
  isCancellation,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import type { ProviderActivities, StoreActivities } from '#activities/interfaces.ts';
import { priorities } from '#domain/sync/priority.ts';
import { describedActivities } from '#workflows/described-activities.ts';
import { inWords } from '#workflows/in-words.ts';
import { defaultTiming, type EraseContactInput, retryNowSignal } from '#workflows/messages.ts';
import { providerName } from '#workflows/provider-names.ts';
import { taskQueues } from '#workflows/task-queues.ts';

const store = describedActivities<Pick<StoreActivities, 'planErasure' | 'finishErasure'>>(
  { startToCloseTimeout: '10 minutes', heartbeatTimeout: '1 minute', retry: { maximumInterval: '1 minute' } },
  { planErasure: 'Find records that are left', finishErasure: 'Delete the rest from the database' },
);

const firstWaitMs = 1_000;
/** A vendor that is down, or waits for a person, is asked again this often. */
const maxWaitMs = 10 * 60_000;

/**
 * Deletes the records of a person at every vendor, then the rest from the database. It goes on until each vendor is done, however long one
 * is down. It holds ids only.
 */
export async function eraseContact(input: EraseContactInput): Promise<void> {
  const { erasureId } = input;
  let isWoken = false;
  setHandler(
    retryNowSignal,
    () => {
      isWoken = true;
    },
    { description: 'Asks every vendor again now. Takes no input.' },
  );
  for (let waitMs = input.waitMs ?? firstWaitMs; ; waitMs = Math.min(2 * waitMs, maxWaitMs)) {
    isWoken = false;
    const { providers } = await store.planErasure({ erasureId });
    await Promise.all(providers.map((provider) => eraseAt(input, provider)));
    if ((await store.finishErasure({ erasureId })).isDone) return;
    await condition(() => isWoken, waitMs, { summary: `Ask again in ${inWords(waitMs)}, or on the signal retryNow` });
    if (workflowInfo().continueAsNewSuggested) await continueAsNew<typeof eraseContact>({ ...input, waitMs });
  }
}

/** Why a record stays open is stored beside it. A vendor without a worker is asked again like any other. */
async function eraseAt({ erasureId, taskQueuePrefix, timing = {} }: EraseContactInput, provider: string): Promise<void> {
  const { eraseRecords } = describedActivities<Pick<ProviderActivities, 'eraseRecords'>>(
    {
      taskQueue: taskQueues(taskQueuePrefix).provider(provider),
      priority: { priorityKey: priorities.live },
      startToCloseTimeout: '2 minutes',
      scheduleToCloseTimeout: '10 minutes',
      heartbeatTimeout: timing.activityTimeout ?? defaultTiming.activityTimeout,
      cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
      retry: { initialInterval: '1 second', maximumInterval: '1 minute' },
    },
    { eraseRecords: `${providerName(provider)}: delete the person's records` },
  );
  try {
    await eraseRecords({ erasureId, provider });
  } catch (error) {
    if (isCancellation(error)) throw error;
  }
}
