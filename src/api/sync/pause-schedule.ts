import type { ScheduleHandle } from '@temporalio/client';

/** Pauses a schedule. Its note names the author, and the reason if there is one. */
export function pauseSchedule(
  schedule: ScheduleHandle,
  { actor, reason }: { actor: string; reason?: string | undefined },
): Promise<void> {
  return schedule.pause([`Paused by ${actor.replace(/^api-key:/, '')}`, ...(reason ? [reason] : [])].join(': '));
}

/** Resumes a schedule, and removes the note of its pause, which Temporal would keep. */
export async function resumeSchedule(schedule: ScheduleHandle): Promise<void> {
  await schedule.unpause();
  await schedule.update(({ state, ...rest }) => ({ ...rest, state: { ...state, note: '' } }));
}
