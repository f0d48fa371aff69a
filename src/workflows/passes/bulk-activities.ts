import { ActivityCancellationType, proxyActivities } from '@temporalio/workflow';
import type { ProviderActivities } from '#activities/index.ts';
import { type Priority, priorities } from '#domain/priority.ts';
import { taskQueues } from '#workflows/task-queues.ts';

/** The activities of passes over many records, on the provider's queue, after all live changes. */
export function bulkActivities(taskQueuePrefix: string, provider: string, priorityKey: Priority = priorities.bulk) {
  return proxyActivities<Pick<ProviderActivities, 'reconcilePage' | 'pollChanges' | 'pushBatch'>>({
    taskQueue: taskQueues(taskQueuePrefix).provider(provider),
    priority: { priorityKey },
    startToCloseTimeout: '30 minutes',
    heartbeatTimeout: '2 minutes',
    // An abandoned page would go on and mark records as seen for a pass that has ended.
    cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
    retry: { initialInterval: '5 seconds', maximumInterval: '5 minutes', maximumAttempts: 10 },
  });
}

/** Pushes the contacts of one page to each provider that is out of step. */
export function pushEach(taskQueuePrefix: string, push: Record<string, string[]>, runId: string | null): Promise<unknown> {
  return Promise.all(
    Object.entries(push).map(([provider, contactIds]) =>
      bulkActivities(taskQueuePrefix, provider).pushBatch({ runId, provider, contactIds }),
    ),
  );
}
