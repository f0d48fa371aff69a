import { type ScheduleHandle, ScheduleOverlapPolicy } from '@temporalio/client';
import { z } from 'zod';
import type { ApiDeps } from '#api/deps.ts';
import { notFound } from '#api/rest/errors.ts';
import { defineOperation } from '#api/rest/operation.ts';
import { pauseSchedule, resumeSchedule } from '#api/sync/pause-schedule.ts';
import { readSchedule } from '#api/sync/read-schedule.ts';
import { recordAudit } from '#db/audit-log.ts';
import { pollScheduleId, pruneScheduleId, reconcileScheduleId, reviewScheduleId, watchScheduleId } from '#workflows/ids.ts';

const schedule = z
  .object({
    id: z.string().meta({ description: 'As in the Temporal Web UI.', example: 'accord-poll-google' }),
    kind: z.enum(['reconcile', 'poll', 'review', 'prune', 'watch']),
    provider: z.string().nullable().meta({ description: 'The account; null for work on all contacts.' }),
    isPaused: z.boolean(),
    note: z.string().nullable().meta({ description: 'The author and reason of the pause.' }),
    lastRunAt: z.iso.datetime().nullable(),
    nextRunAt: z.iso.datetime().nullable().meta({ description: 'Null while it is paused.' }),
    running: z.int().meta({ description: 'Number of runs in progress.' }),
  })
  .meta({ id: 'Schedule' });

type Schedule = z.input<typeof schedule>;
type Known = Pick<Schedule, 'id' | 'kind' | 'provider'>;

const root = '/sync/schedules';
const tag = 'Settings';
const deadlineMs = 5_000;

const params = z.object({ id: z.string().max(300) });
const response = { status: 200 as const, description: 'The schedule', data: schedule };
const problems = { 404: 'No such schedule' };

/** Scheduled work of Temporal, and its pause, which later starts of Accord keep. */
export const scheduleOperations = [
  defineOperation({
    method: 'get',
    path: root,
    tag,
    summary: 'List the schedules',
    scope: 'sync:read',
    response: { status: 200, description: 'The schedules', data: z.object({ schedules: z.array(schedule) }) },
    async handle(_input, deps) {
      const found = await Promise.all(listKnown(deps).map((known) => find(deps, known)));
      return { schedules: found.flatMap((each) => each ?? []) };
    },
  }),
  defineOperation({
    method: 'post',
    path: `${root}/{id}/pause`,
    tag,
    summary: 'Pause a schedule',
    description: 'A run in progress completes. The pause lasts until the schedule is resumed, across restarts and upgrades.',
    scope: 'sync:write',
    params,
    body: z.strictObject({ reason: z.string().trim().max(200).optional() }).prefault({}),
    response,
    problems,
    handle: ({ params: { id }, body: { reason }, actor }, deps) =>
      change(deps, { id, actor, action: 'schedule.pause', details: { reason: reason ?? null } }, (handle) =>
        pauseSchedule(handle, { actor, reason }),
      ),
  }),
  defineOperation({
    method: 'post',
    path: `${root}/{id}/resume`,
    tag,
    summary: 'Resume a paused schedule',
    scope: 'sync:write',
    params,
    response,
    problems,
    handle: ({ params: { id }, actor }, deps) => change(deps, { id, actor, action: 'schedule.resume' }, resumeSchedule),
  }),
  defineOperation({
    method: 'post',
    path: `${root}/{id}/run`,
    tag,
    summary: 'Trigger a schedule now',
    description: 'Works for a paused schedule, too. While a run is in progress, no second one starts.',
    scope: 'sync:write',
    params,
    response,
    problems,
    handle: ({ params: { id }, actor }, deps) =>
      change(deps, { id, actor, action: 'schedule.run' }, (handle) => handle.trigger(ScheduleOverlapPolicy.SKIP)),
  }),
];

/** Those that this installation may have; some do not exist, such as polls of vendors with webhooks. */
function listKnown({ providers, taskQueuePrefix: prefix }: ApiDeps): Known[] {
  const accounts = providers.filter(({ settings, isSourceOnly }) => settings !== null && !isSourceOnly);
  return [
    ...accounts.flatMap(({ id: provider, isPolled }) => [
      { id: reconcileScheduleId(prefix, provider), kind: 'reconcile' as const, provider },
      ...(isPolled ? [{ id: pollScheduleId(prefix, provider), kind: 'poll' as const, provider }] : []),
    ]),
    { id: reviewScheduleId(prefix), kind: 'review', provider: null },
    { id: pruneScheduleId(prefix), kind: 'prune', provider: null },
    { id: watchScheduleId(prefix), kind: 'watch', provider: null },
  ];
}

interface Change {
  id: string;
  actor: string;
  action: string;
  details?: object;
}

/** Throws a 404 problem for a schedule that is not Accord's own, or does not exist. */
async function change(
  deps: ApiDeps,
  { id, actor, action, details = {} }: Change,
  make: (handle: ScheduleHandle) => Promise<unknown>,
): Promise<Schedule> {
  const known = listKnown(deps).find((each) => each.id === id);
  const { temporal, db } = deps;
  if (!known || !(await find(deps, known))) throw notFound(`There is no schedule ${id}.`);
  await temporal.withDeadline(Date.now() + deadlineMs, () => make(temporal.schedule.getHandle(id)));
  await recordAudit(db, { actor, action, target: id, details });
  const changed = await find(deps, known);
  if (!changed) throw notFound(`There is no schedule ${id}.`);
  return changed;
}

/** Null for a schedule that does not exist. */
async function find({ temporal }: ApiDeps, known: Known): Promise<Schedule | null> {
  const facts = await readSchedule(temporal, known.id, deadlineMs);
  return facts && { ...known, ...facts };
}
