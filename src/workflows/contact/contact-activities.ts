import { proxyActivities } from '@temporalio/workflow';
import type { ProviderActivities, StoreActivities } from '#activities/index.ts';
import type { Priority } from '#domain/priority.ts';
import type { SyncTiming } from '#workflows/messages.ts';
import { taskQueues } from '#workflows/task-queues.ts';

type RecordActivities = Pick<ProviderActivities, 'observeRecord' | 'pushRecord'>;

export interface ContactActivities {
  /** Activities on the provider's task queue, at a priority. */
  ofProvider(provider: string, priority: Priority): RecordActivities;
  recordParked: StoreActivities['recordParked'];
}

/** The activities that a contact's workflow calls. */
export function contactActivities(taskQueuePrefix: string, timing: SyncTiming): ContactActivities {
  const queues = taskQueues(taskQueuePrefix);
  const proxies = new Map<string, RecordActivities>();
  const { recordParked } = proxyActivities<StoreActivities>({ startToCloseTimeout: '10 seconds' });

  function ofProvider(provider: string, priorityKey: Priority): RecordActivities {
    const key = `${provider} ${priorityKey}`;
    const proxy =
      proxies.get(key) ??
      proxyActivities<RecordActivities>({
        taskQueue: queues.provider(provider),
        priority: { priorityKey },
        startToCloseTimeout: timing.activityTimeout,
        scheduleToCloseTimeout: timing.laneBudget,
        retry: { initialInterval: timing.retryInitial, backoffCoefficient: 2, maximumInterval: timing.retryMaximum },
      });
    proxies.set(key, proxy);
    return proxy;
  }

  return { ofProvider, recordParked };
}
