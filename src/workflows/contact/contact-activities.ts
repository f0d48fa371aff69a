import type { ProviderActivities, StoreActivities } from '#activities/interfaces.ts';
import type { Priority } from '#domain/sync/priority.ts';
import { describedActivities } from '#workflows/described-activities.ts';
import { briefInlineCode } from '#workflows/inline-code.ts';
import type { LaneError, SyncTiming } from '#workflows/messages.ts';
import { providerName } from '#workflows/provider-names.ts';
import { taskQueues } from '#workflows/task-queues.ts';

type RecordActivities = Pick<ProviderActivities, 'observeRecord' | 'pushRecord'>;

export interface ContactActivities {
  /** Activities on the provider's task queue, at a priority. */
  ofProvider(provider: string, priority: Priority): RecordActivities;
  /** The activity that records a parked lane; its summary has the error. */
  recordParked(provider: string, error: LaneError): StoreActivities['recordParked'];
}

/** The activities that a contact's workflow calls. */
export function contactActivities(taskQueuePrefix: string, timing: SyncTiming): ContactActivities {
  const queues = taskQueues(taskQueuePrefix);
  const proxies = new Map<string, RecordActivities>();

  function ofProvider(provider: string, priorityKey: Priority): RecordActivities {
    const key = `${provider} ${priorityKey}`;
    const proxy =
      proxies.get(key) ??
      describedActivities<RecordActivities>(
        {
          taskQueue: queues.provider(provider),
          priority: { priorityKey },
          startToCloseTimeout: timing.activityTimeout,
          scheduleToCloseTimeout: timing.laneBudget,
          retry: { initialInterval: timing.retryInitial, backoffCoefficient: 2, maximumInterval: timing.retryMaximum },
        },
        { observeRecord: `${providerName(provider)}: read`, pushRecord: `${providerName(provider)}: push` },
      );
    proxies.set(key, proxy);
    return proxy;
  }

  function recordParked(provider: string, { type, message }: LaneError): StoreActivities['recordParked'] {
    const summary = `${providerName(provider)} parked: ${briefInlineCode(`${type}: ${message}`)}`;
    return describedActivities<Pick<StoreActivities, 'recordParked'>>(
      { startToCloseTimeout: '10 seconds' },
      { recordParked: summary },
    ).recordParked;
  }

  return { ofProvider, recordParked };
}
