import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Client, Connection, ScheduleOverlapPolicy } from '@temporalio/client';
import { pino } from 'pino';
import { ensureSchedules, type SchedulesInput } from '#schedules.ts';
import {
  pollScheduleId,
  pollWorkflowId,
  reconcileScheduleId,
  reconcileWorkflowId,
  reviewScheduleId,
  reviewWorkflowId,
  watchScheduleId,
  watchWorkflowId,
} from '#workflows/ids.ts';

const schedules = { reconcile: '0 2 * * *', poll: { google: '* * * * *' } };
const asked = (...ids: string[]) => ids.map((id) => ({ id, isPolled: false }));
const logger = pino({ level: 'silent' });

let connection: Connection;
let client: Client;
beforeAll(async () => {
  connection = await Connection.connect({ address: process.env.ACCORD_TEST_TEMPORAL_ADDRESS as string });
  client = new Client({ connection });
});
afterAll(() => connection.close());

/** Creates the schedules of a separate installation, as a starting worker does. */
function installation() {
  const taskQueuePrefix = `test-${randomBytes(4).toString('hex')}`;
  const declare = (input: Partial<SchedulesInput> = {}) =>
    ensureSchedules(client, {
      providers: asked('gohighlevel'),
      schedules,
      taskQueuePrefix,
      logger,
      ...input,
    });
  const handle = (provider = 'gohighlevel') => client.schedule.getHandle(reconcileScheduleId(taskQueuePrefix, provider));
  return { taskQueuePrefix, declare, handle };
}

/** The time of day, such as `02:00`. Temporal describes a cron as calendars. */
async function timesOf(handle: ReturnType<ReturnType<typeof installation>['handle']>): Promise<string[]> {
  const { spec } = await handle.describe();
  const first = (part: unknown) => String((part as { start: number }[])[0]?.start).padStart(2, '0');
  return (spec.calendars ?? []).map(({ hour, minute }) => `${first(hour)}:${first(minute)}`);
}

describe('the nightly pass', () => {
  it('is created for every provider: at its time in UTC, one at a time', async () => {
    const { declare, handle, taskQueuePrefix } = installation();
    await declare({ providers: asked('gohighlevel', 'calltools') });
    for (const provider of ['gohighlevel', 'calltools']) {
      expect(await timesOf(handle(provider))).toEqual(['02:00']);
      expect(await handle(provider).describe()).toMatchObject({
        spec: { timezone: 'UTC' },
        policies: { overlap: ScheduleOverlapPolicy.SKIP, catchupWindow: 6 * 60 * 60_000, pauseOnFailure: false },
        action: {
          type: 'startWorkflow',
          workflowType: 'reconcileProvider',
          workflowId: reconcileWorkflowId(taskQueuePrefix, provider),
          taskQueue: taskQueuePrefix,
          args: [{ provider, trigger: 'schedule', taskQueuePrefix }],
        },
        state: { paused: false },
      });
    }
  });

  it('does not change when it is created again', async () => {
    const { declare, handle } = installation();
    await declare();
    const { spec, action, policies, state } = await handle().describe();
    await declare();
    await declare();
    expect(await handle().describe()).toMatchObject({ spec, action, policies, state });
  });

  it('moves to another time, and no longer runs at the old one', async () => {
    const { declare, handle } = installation();
    await declare();
    await declare({ schedules: { ...schedules, reconcile: '30 4 * * *' } });
    expect(await timesOf(handle())).toEqual(['04:30']);
  });

  it('keeps an operator’s pause and its reason', async () => {
    const { declare, handle } = installation();
    await declare();
    await handle().pause('vendor maintenance');
    await declare({ schedules: { ...schedules, reconcile: '30 4 * * *' } });
    expect(await handle().describe()).toMatchObject({ state: { paused: true, note: 'vendor maintenance' } });
    expect(await timesOf(handle())).toEqual(['04:30']);
  });

  it('can be created by several workers that start at the same time', async () => {
    const { declare, handle } = installation();
    await Promise.all([declare(), declare(), declare()]);
    expect(await timesOf(handle())).toEqual(['02:00']);
  });
});

describe('a poll', () => {
  it('is created for a provider that must be polled, at the interval in accord.yaml', async () => {
    const { declare, taskQueuePrefix } = installation();
    await declare({ providers: [{ id: 'google', isPolled: true }, ...asked('square')] });
    const handle = client.schedule.getHandle(pollScheduleId(taskQueuePrefix, 'google'));
    expect(await handle.describe()).toMatchObject({
      policies: { overlap: ScheduleOverlapPolicy.SKIP, catchupWindow: 60_000 },
      action: {
        workflowType: 'pollProvider',
        workflowId: pollWorkflowId(taskQueuePrefix, 'google'),
        args: [{ provider: 'google', taskQueuePrefix }],
      },
    });
    await expect(client.schedule.getHandle(pollScheduleId(taskQueuePrefix, 'square')).describe()).rejects.toThrow();
  });
});

it('keeps the schedules of other installations and of disconnected providers', async () => {
  const [ours, theirs] = [installation(), installation()];
  await theirs.declare({ schedules: { ...schedules, reconcile: '15 3 * * *' } });
  await ours.declare({ providers: asked('gohighlevel', 'calltools') });
  await ours.declare({ providers: asked('gohighlevel'), schedules: { ...schedules, reconcile: '30 4 * * *' } });
  expect(await timesOf(theirs.handle())).toEqual(['03:15']);
  expect(await timesOf(ours.handle('calltools'))).toEqual(['02:00']);
});

describe('the nightly review of matches', () => {
  it('is created after the passes, unless matching is off', async () => {
    const { declare, taskQueuePrefix } = installation();
    const review = client.schedule.getHandle(reviewScheduleId(taskQueuePrefix));
    await declare({ reviewsMatches: false });
    await expect(review.describe()).rejects.toThrow();
    await declare({ reviewsMatches: true });
    expect(await timesOf(review)).toEqual(['04:30']);
    expect(await review.describe()).toMatchObject({
      action: { workflowType: 'reviewMatches', workflowId: reviewWorkflowId(taskQueuePrefix), args: [{}] },
    });
  });
});

it('problems are looked for every minute, one search at a time', async () => {
  const { declare, taskQueuePrefix } = installation();
  await declare({ watchesIncidents: true });
  expect(await client.schedule.getHandle(watchScheduleId(taskQueuePrefix)).describe()).toMatchObject({
    policies: { overlap: ScheduleOverlapPolicy.SKIP },
    action: { workflowType: 'watchIncidents', workflowId: watchWorkflowId(taskQueuePrefix) },
  });
});
