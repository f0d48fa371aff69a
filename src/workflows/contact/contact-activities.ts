import { proxyActivities } from '@temporalio/workflow';
import type { ProviderActivities, StoreActivities } from '#activities/index.ts';
import type { Priority } from '#domain/priority.ts';
import type { SyncTiming } from '#workflows/messages.ts';
import { taskQueues } from '#workflows/task-queues.ts';

type ContactActivities = Pick<ProviderActivities, 'observeRecord' | 'pushRecord'>;

/** The activities of one contact's workflow: those of a provider at a priority, on that provider's queue, and our own store's. */
export function contactActivities(taskQueuePrefix: string, timing: SyncTiming) {
  const queues = taskQueues(taskQueuePrefix);
  const proxies = new Map<string, ContactActivities>();
  const { recordParked } = proxyActivities<StoreActivities>({ startToCloseTimeout: '10 seconds' });

  function ofProvider(provider: string, priorityKey: Priority): ContactActivities {
    const key = `${provider} ${priorityKey}`;
    const proxy =
      proxies.get(key) ??
      proxyActivities<ContactActivities>({
        taskQueue: queues.provider(provider),
        priority: { priorityKey },
        startToCloseTimeout: timing.activityTimeout,
        scheduleToCloseTimeout: timing.laneBudget,
        retry: { initialInterval: timing.retryInitial, backoffCoefficient: 2, maximumInterval: timing.retryMaximum },
      });
    proxies.set(key, proxy);
    return proxy;
  }

  return Object.assign(ofProvider, { recordParked });
}
