import { type Client, ScheduleAlreadyRunning, type ScheduleOptions, ScheduleOverlapPolicy } from '@temporalio/client';
import type { Logger } from 'pino';
import type { RetentionDays } from './db/delivery/prune.ts';
import type { PruneInput } from './workflows/delivery/prune-deliveries.ts';
import {
  pollScheduleId,
  pollWorkflowId,
  pruneScheduleId,
  pruneWorkflowId,
  reconcileScheduleId,
  reconcileWorkflowId,
} from './workflows/ids.ts';
import type { PollProviderInput, ReconcileInput } from './workflows/messages.ts';
import { taskQueues } from './workflows/task-queues.ts';

export interface SchedulesInput {
  /** Connected providers that have records: none that only tells. */
  providers: readonly ScheduledProvider[];
  /** Cron expressions, UTC; those of `poll` by provider id. */
  schedules: { reconcile: string; poll: Readonly<Record<string, string>> };
  /** For how many days it is kept what was sent to subscribers; left out where nothing is removed. */
  retentionDays?: RetentionDays;
  taskQueuePrefix: string;
  logger: Logger;
}

export interface ScheduledProvider {
  id: string;
  /** Whether it must be asked what changed. */
  isPolled: boolean;
}

/** Everything that runs by the clock, declared in one place: created where it is missing, changed where it differs. */
export async function ensureSchedules(client: Client, input: SchedulesInput): Promise<void> {
  for (const { id, isPolled } of input.providers) {
    await ensureSchedule(client, reconcileSchedule(id, input), input.logger);
    if (isPolled) await ensureSchedule(client, pollSchedule(id, input), input.logger);
  }
  if (input.retentionDays) await ensureSchedule(client, pruneSchedule(input.retentionDays, input), input.logger);
}

function reconcileSchedule(provider: string, { schedules, taskQueuePrefix }: SchedulesInput): ScheduleOptions {
  const args: [ReconcileInput] = [{ provider, trigger: 'schedule', taskQueuePrefix }];
  return {
    scheduleId: reconcileScheduleId(taskQueuePrefix, provider),
    spec: { cronExpressions: [schedules.reconcile], timezone: 'UTC' },
    action: {
      type: 'startWorkflow',
      workflowType: 'reconcileProvider',
      workflowId: reconcileWorkflowId(taskQueuePrefix, provider),
      taskQueue: taskQueues(taskQueuePrefix).main,
      args,
    },
    policies: { overlap: ScheduleOverlapPolicy.SKIP, catchupWindow: '6 hours', pauseOnFailure: false },
  };
}

function pollSchedule(provider: string, { schedules, taskQueuePrefix }: SchedulesInput): ScheduleOptions {
  const args: [PollProviderInput] = [{ provider, taskQueuePrefix }];
  return {
    scheduleId: pollScheduleId(taskQueuePrefix, provider),
    spec: { cronExpressions: [schedules.poll[provider] ?? everyFiveMinutes], timezone: 'UTC' },
    action: {
      type: 'startWorkflow',
      workflowType: 'pollProvider',
      workflowId: pollWorkflowId(taskQueuePrefix, provider),
      taskQueue: taskQueues(taskQueuePrefix).main,
      args,
    },
    // A poll that was missed is made up for by the next one.
    policies: { overlap: ScheduleOverlapPolicy.SKIP, catchupWindow: '1 minute', pauseOnFailure: false },
  };
}

function pruneSchedule(retention: RetentionDays, { taskQueuePrefix }: SchedulesInput): ScheduleOptions {
  const args: [PruneInput] = [{ retention }];
  return {
    scheduleId: pruneScheduleId(taskQueuePrefix),
    spec: { cronExpressions: [everyNight], timezone: 'UTC' },
    action: {
      type: 'startWorkflow',
      workflowType: 'pruneWebhooks',
      workflowId: pruneWorkflowId(taskQueuePrefix),
      taskQueue: taskQueues(taskQueuePrefix).main,
      args,
    },
    policies: { overlap: ScheduleOverlapPolicy.SKIP, catchupWindow: '1 day', pauseOnFailure: false },
    // The first days of the log of attempts are made now.
    state: { triggerImmediately: true },
  };
}

const everyNight = '30 3 * * *';
const everyFiveMinutes = '*/5 * * * *';

/** An update replaces the whole spec, for Temporal describes a cron as calendars and would keep the old times beside the new. */
async function ensureSchedule(client: Client, wanted: ScheduleOptions, logger: Logger): Promise<void> {
  try {
    await client.schedule.create(wanted);
    logger.info({ scheduleId: wanted.scheduleId }, 'Schedule created');
  } catch (error) {
    if (!(error instanceof ScheduleAlreadyRunning)) throw error;
    await client.schedule.getHandle(wanted.scheduleId).update(({ state }) => ({
      spec: wanted.spec,
      action: wanted.action as never,
      policies: wanted.policies ?? {},
      // An operator's pause outlives every deploy.
      state,
    }));
  }
}
