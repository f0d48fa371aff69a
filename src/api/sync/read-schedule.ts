import { type Client, ScheduleNotFoundError } from '@temporalio/client';

export interface ScheduleFacts {
  isPaused: boolean;
  note: string | null;
  lastRunAt: string | null;
  /** Null while it is paused. */
  nextRunAt: string | null;
  /** The number of runs in progress. */
  running: number;
}

/** The present state of a schedule; null for one that does not exist. */
export async function readSchedule(temporal: Client, id: string, deadlineMs: number): Promise<ScheduleFacts | null> {
  try {
    const { state, info } = await temporal.withDeadline(Date.now() + deadlineMs, () =>
      temporal.schedule.getHandle(id).describe(),
    );
    return {
      isPaused: state.paused,
      note: state.note || null,
      lastRunAt: info.recentActions.at(-1)?.takenAt.toISOString() ?? null,
      nextRunAt: state.paused ? null : (info.nextActionTimes[0]?.toISOString() ?? null),
      running: info.runningActions.length,
    };
  } catch (error) {
    if (error instanceof ScheduleNotFoundError) return null;
    throw error;
  }
}
