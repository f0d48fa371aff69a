import { ScheduleNotFoundError, WorkflowNotFoundError } from '@temporalio/client';
import type { ApiDeps } from '#api/deps.ts';
import { reconcileScheduleId, reconcileWorkflowId } from '#workflows/ids.ts';
import { pausePassSignal, resumePassSignal } from '#workflows/messages.ts';
import { pauseSchedule, resumeSchedule } from './pause-schedule.ts';

export interface PausedPasses {
  provider: string;
  isPaused: boolean;
  /** Whether a pass is in progress: it stops after its current page, or continues. */
  isRunning: boolean;
}

const deadlineMs = 5_000;

/** Pauses the full passes over an account, the running one and those of the schedule, or lets them go on. Temporal keeps the pause. */
export async function setPassesPaused(
  deps: ApiDeps,
  { provider, isPaused, actor }: { provider: string; isPaused: boolean; actor: string },
): Promise<PausedPasses> {
  const { temporal, taskQueuePrefix } = deps;
  return temporal.withDeadline(Date.now() + deadlineMs, async () => {
    const schedule = temporal.schedule.getHandle(reconcileScheduleId(taskQueuePrefix, provider));
    await (isPaused ? pauseSchedule(schedule, { actor }) : resumeSchedule(schedule)).catch(ignoreMissing);
    const pass = temporal.workflow.getHandle(reconcileWorkflowId(taskQueuePrefix, provider));
    const isRunning = await pass
      .signal(isPaused ? pausePassSignal : resumePassSignal)
      .then(() => true)
      .catch((error) => {
        if (error instanceof WorkflowNotFoundError) return false;
        throw error;
      });
    return { provider, isPaused, isRunning };
  });
}

/** A worker has not created it yet. */
function ignoreMissing(error: unknown): void {
  if (!(error instanceof ScheduleNotFoundError)) throw error;
}
