import { ActivityCancellationType } from '@temporalio/workflow';
import type { ProviderActivities } from '#activities/interfaces.ts';
import { type Priority, priorities } from '#domain/sync/priority.ts';
import { describedActivities } from '#workflows/described-activities.ts';
import { defaultTiming, type GoLiveInput } from '#workflows/messages.ts';
import { providerName } from '#workflows/provider-names.ts';
import { taskQueues } from '#workflows/task-queues.ts';

type BulkActivities = Pick<ProviderActivities, 'reconcilePage' | 'pollChanges' | 'pushBatch'>;

interface BulkOptions {
  /** Default: that of a full pass, after all live changes. */
  priorityKey?: Priority;
  /** How long an activity may show no progress before its worker counts as dead, in milliseconds. Default: two minutes. */
  activityTimeout?: number | undefined;
}

/** The activities of passes over many records, on the provider's queue. `summary` describes one of them. */
export function bulkActivities(
  taskQueuePrefix: string,
  provider: string,
  summary: string,
  { priorityKey = priorities.bulk, activityTimeout = 120_000 }: BulkOptions = {},
) {
  const line = `${providerName(provider)}: ${summary}`;
  return describedActivities<BulkActivities>(
    {
      taskQueue: taskQueues(taskQueuePrefix).provider(provider),
      priority: { priorityKey },
      startToCloseTimeout: '30 minutes',
      heartbeatTimeout: activityTimeout,
      // An abandoned page would go on and mark records as seen for a pass that has ended.
      cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
      retry: { initialInterval: '5 seconds', maximumInterval: '5 minutes', maximumAttempts: 10 },
    },
    { reconcilePage: line, pollChanges: line, pushBatch: line },
  );
}

type GoLiveActivities = Pick<ProviderActivities, 'pushBatch' | 'undoBatch'>;

/** The activities of a go-live and of its undo, on the provider's queue, which notice a dead worker early. `summary` says what one of them does. */
export function goLiveActivities(
  { taskQueuePrefix, provider, timing = {} }: Pick<GoLiveInput, 'taskQueuePrefix' | 'provider' | 'timing'>,
  { summary, maximumAttempts }: { summary: string; maximumAttempts: number },
) {
  const line = `${providerName(provider)}: ${summary}`;
  return describedActivities<GoLiveActivities>(
    {
      taskQueue: taskQueues(taskQueuePrefix).provider(provider),
      priority: { priorityKey: priorities.bulk },
      startToCloseTimeout: '30 minutes',
      heartbeatTimeout: timing.activityTimeout ?? defaultTiming.activityTimeout,
      cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
      retry: { initialInterval: '1 second', maximumInterval: '1 minute', maximumAttempts },
    },
    { pushBatch: line, undoBatch: line },
  );
}

/** Pushes the contacts of one page to each provider that is out of step. */
export function pushEach(taskQueuePrefix: string, push: Record<string, string[]>, runId: string | null): Promise<unknown> {
  return Promise.all(
    Object.entries(push).map(([provider, contactIds]) =>
      bulkActivities(taskQueuePrefix, provider, pushSummary(contactIds)).pushBatch({ runId, provider, contactIds }),
    ),
  );
}

export function pushSummary({ length }: readonly string[]): string {
  return length === 1 ? 'push 1 contact' : `push ${length} contacts`;
}
