import { z } from 'zod';
import type { ApiDeps } from '#api/deps.ts';
import { cacheFor } from '#concurrency/cache-for.ts';
import { pollScheduleId, reconcileScheduleId } from '#workflows/ids.ts';
import { readSchedule } from './read-schedule.ts';

/** A Temporal schedule. Part of the body of `/sync/stats`, whose reference prescribes snake_case. */
export const scheduleState = z
  .object({
    id: z.string().meta({ description: 'As in the Temporal Web UI.', example: 'accord-poll-google' }),
    provider: z.string(),
    kind: z.enum(['reconcile', 'poll']),
    paused: z.boolean(),
    note: z.string().nullable().meta({ description: 'Why it was paused.' }),
    last_run_at: z.iso.datetime().nullable(),
    next_run_at: z.iso.datetime().nullable().meta({ description: 'Null while it is paused.' }),
    running: z.int().meta({ description: 'Number of runs in progress.' }),
  })
  .meta({ id: 'ScheduleState' });

export type ScheduleState = z.output<typeof scheduleState>;

const deadlineMs = 2_000;

/** The schedules of all connected providers, at most five seconds old. Null while Temporal is unavailable. */
export const readSchedules = cacheFor(5_000, async (deps: ApiDeps): Promise<ScheduleState[] | null> => {
  const schedules = deps.providers
    .filter(({ settings }) => settings !== null)
    .flatMap(({ id: provider }) => [
      { provider, kind: 'reconcile' as const, id: reconcileScheduleId(deps.taskQueuePrefix, provider) },
      { provider, kind: 'poll' as const, id: pollScheduleId(deps.taskQueuePrefix, provider) },
    ]);
  try {
    const states = await Promise.all(schedules.map((each) => findSchedule(deps, each)));
    return states.flatMap((state) => state ?? []);
  } catch {
    return null;
  }
});

/** Null for a schedule that does not exist: most providers are not polled. */
async function findSchedule(
  { temporal }: ApiDeps,
  schedule: Pick<ScheduleState, 'id' | 'provider' | 'kind'>,
): Promise<ScheduleState | null> {
  const facts = await readSchedule(temporal, schedule.id, deadlineMs);
  if (facts === null) return null;
  const { isPaused: paused, note, lastRunAt, nextRunAt, running } = facts;
  return { ...schedule, paused, note, last_run_at: lastRunAt, next_run_at: nextRunAt, running };
}
