import { type Client, ScheduleAlreadyRunning, type ScheduleOptions, ScheduleOverlapPolicy } from '@temporalio/client';
import type { Logger } from 'pino';
import type { RetentionDays } from './db/delivery/prune.ts';
import type { RecordRetentionDays } from './db/sync/prune.ts';
import type { PruneInput } from './workflows/delivery/prune-deliveries.ts';
import {
  pollScheduleId,
  pollWorkflowId,
  pruneScheduleId,
  pruneWorkflowId,
  reconcileScheduleId,
  reconcileWorkflowId,
  reviewScheduleId,
  reviewWorkflowId,
} from './workflows/ids.ts';
import type { PollProviderInput, ReconcileInput } from './workflows/messages.ts';
import type { ReviewInput } from './workflows/passes/review-matches.ts';
import { taskQueues } from './workflows/task-queues.ts';

export interface SchedulesInput {
  /** Connected providers that keep records: not the source-only ones. */
  providers: readonly ScheduledProvider[];
  /** Cron expressions in UTC; `poll` by provider id. */
  schedules: { reconcile: string; poll: Readonly<Record<string, string>> };
  /** How long deliveries and records are kept; omitted to remove none. */
  retention?: { deliveries: RetentionDays; records: RecordRetentionDays };
  /** Whether contacts are compared with each other at night. */
  reviewsMatches?: boolean;
  taskQueuePrefix: string;
  logger: Logger;
}

export interface ScheduledProvider {
  id: string;
  /** The provider sends no webhooks and must be polled for changes. */
  isPolled: boolean;
}

/** Creates or updates every Temporal Schedule. An operator's pause is kept. */
export async function ensureSchedules(client: Client, input: SchedulesInput): Promise<void> {
  for (const { id, isPolled } of input.providers) {
    await ensureSchedule(client, reconcileSchedule(id, input), input.logger);
    if (isPolled) await ensureSchedule(client, pollSchedule(id, input), input.logger);
  }
  if (input.reviewsMatches) await ensureSchedule(client, reviewSchedule(input), input.logger);
  if (input.retention) await ensureSchedule(client, pruneSchedule(input.retention, input), input.logger);
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
    // The next poll makes up for a missed one.
    policies: { overlap: ScheduleOverlapPolicy.SKIP, catchupWindow: '1 minute', pauseOnFailure: false },
  };
}

function reviewSchedule({ taskQueuePrefix }: SchedulesInput): ScheduleOptions {
  const args: [ReviewInput] = [{}];
  return {
    scheduleId: reviewScheduleId(taskQueuePrefix),
    spec: { cronExpressions: [afterPasses], timezone: 'UTC' },
    action: {
      type: 'startWorkflow',
      workflowType: 'reviewMatches',
      workflowId: reviewWorkflowId(taskQueuePrefix),
      taskQueue: taskQueues(taskQueuePrefix).main,
      args,
    },
    policies: { overlap: ScheduleOverlapPolicy.SKIP, catchupWindow: '6 hours', pauseOnFailure: false },
  };
}

function pruneSchedule(
  { deliveries: retention, records }: NonNullable<SchedulesInput['retention']>,
  { taskQueuePrefix }: SchedulesInput,
): ScheduleOptions {
  const args: [PruneInput] = [{ retention, records }];
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
    // The first run creates the partitions of the attempt log.
    state: { triggerImmediately: true },
  };
}

const everyNight = '30 3 * * *';
const afterPasses = '30 4 * * *';
const everyFiveMinutes = '*/5 * * * *';

/** Replaces the whole spec on an update: Temporal describes a cron as calendars, and would keep the old times beside the new ones. */
async function ensureSchedule(client: Client, wanted: ScheduleOptions, logger: Logger): Promise<void> {
  try {
    await client.schedule.create(wanted);
    logger.info({ scheduleId: wanted.scheduleId }, 'Schedule created');
  } catch (error) {
    if (!(error instanceof ScheduleAlreadyRunning)) throw error;
    await client.schedule.getHandle(wanted.scheduleId).update(({ state }) => ({
      spec: wanted.spec,
      action: wanted.action,
      policies: wanted.policies ?? {},
      // Keeps an operator's pause.
      state,
    }));
  }
}
