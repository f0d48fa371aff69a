import { type Client, ScheduleAlreadyRunning, type ScheduleOptions, ScheduleOverlapPolicy } from '@temporalio/client';
import type { Logger } from 'pino';
import { reconcileScheduleId, reconcileWorkflowId } from './workflows/ids.ts';
import type { ReconcileInput } from './workflows/messages.ts';
import { taskQueues } from './workflows/task-queues.ts';

export interface SchedulesInput {
  /** Ids of the connected providers. */
  providers: readonly string[];
  /** Cron expressions, UTC. */
  schedules: { reconcile: string };
  taskQueuePrefix: string;
  logger: Logger;
}

/** Everything that runs by the clock, declared in one place: created where it is missing, changed where it differs. */
export async function ensureSchedules(client: Client, input: SchedulesInput): Promise<void> {
  for (const provider of input.providers) await ensureSchedule(client, reconcileSchedule(provider, input), input.logger);
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
