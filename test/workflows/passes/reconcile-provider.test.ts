import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { insertRun, listRuns } from '#db/sync/reconcile-runs.ts';
import { type Accord, control, startAccord } from '#test/setup/accord.ts';
import { eventually } from '#test/setup/eventually.ts';
import { nextPhone } from '#test/setup/people.ts';
import { reconcileWorkflowId, reviewWorkflowId } from '#workflows/ids.ts';
import {
  isPassPausedQuery,
  pausePassSignal,
  type ReconcileInput,
  type ReconcileResult,
  resumePassSignal,
} from '#workflows/messages.ts';

let accord: Accord;
let token: unknown;
beforeAll(async () => {
  accord = await startAccord({ gohighlevelAccount: { pageSize: 1 } });
  token = accord.sandboxes.gohighlevel.settings.current.token;
  await setGhl({ searchLagMs: 0 });
  const people = Array.from({ length: 20 }, () => ({ firstName: 'Bob', phone: nextPhone() }));
  await control(accord.sandboxes.gohighlevel, 'POST', 'records', { contacts: people, webhooks: false });
  // So that every page contains a known link and marks it as seen.
  await (await start()).result();
});
afterEach(async () => {
  await setGhl({ token });
  await control(accord.sandboxes.gohighlevel, 'DELETE', 'faults');
});
afterAll(() => accord.close());

const setGhl = (settings: object) => control(accord.sandboxes.gohighlevel, 'PATCH', 'settings', settings);

function start(resume?: ReconcileInput['resume']) {
  const { taskQueuePrefix } = accord;
  return accord.temporal.workflow.start<(input: ReconcileInput) => Promise<ReconcileResult>>('reconcileProvider', {
    workflowId: reconcileWorkflowId(taskQueuePrefix, 'gohighlevel'),
    taskQueue: taskQueuePrefix,
    args: [{ provider: 'gohighlevel', trigger: 'api', taskQueuePrefix, ...(resume && { resume }) }],
  });
}

/** A pass that is reading its pages, each of which is slow. */
async function startedPass() {
  await control(accord.sandboxes.gohighlevel, 'POST', 'faults', { path: '/contacts/search', latencyMs: 250 });
  const handle = await start();
  await eventually(async () => expect(await seen()).not.toEqual([]));
  return handle;
}

const seen = () => accord.db.selectFrom('reconcile_seen').selectAll().execute();
const lastRun = async () => (await listRuns(accord.db, { limit: 1 }))[0];

describe('a pass that stops between pages', () => {
  it.each([
    ['fails, when a page is refused for good', () => setGhl({ token: 'another' })],
    ['is cancelled', (handle: { cancel(): Promise<unknown> }) => handle.cancel()],
  ])('%s: its run is failed, and its seen records are removed', async (_how, end) => {
    const handle = await startedPass();
    await end(handle);
    await expect(handle.result()).rejects.toThrow();
    expect(await lastRun()).toMatchObject({ outcome: 'failed', finished_at: expect.any(Date) });
    expect(await seen()).toEqual([]);
  });
});

it('waits between pages while it is paused, and goes on where it stopped', async () => {
  const handle = await startedPass();
  await handle.signal(pausePassSignal);
  expect(await handle.query(isPassPausedQuery)).toBe(true);
  const pagesOf = async () =>
    ((await handle.fetchHistory()).events ?? []).filter(
      ({ activityTaskScheduledEventAttributes: scheduled }) => scheduled?.activityType?.name === 'reconcilePage',
    ).length;
  const completed = async () =>
    ((await handle.fetchHistory()).events ?? []).filter((event) => event.activityTaskCompletedEventAttributes).length;
  // The start of the run, and the page that was being read.
  const pages = await eventually(async () => {
    const count = await pagesOf();
    expect(await completed()).toBe(count + 1);
    return count;
  });
  expect(pages).toBeLessThan(20);
  await control(accord.sandboxes.gohighlevel, 'DELETE', 'faults');
  await handle.signal(resumePassSignal);
  expect((await handle.result()).counts).toMatchObject({ listed: 20, unchanged: 20 });
});

it('shows that it lives while the store is slow: after a SIGKILL another worker goes on within a minute', async () => {
  const { db, sandboxes } = accord;
  const run = { provider: 'gohighlevel', accountId: String(sandboxes.gohighlevel.info().locationId), trigger: 'api' };
  const runId = await insertRun(db, { ...run, workflowId: 'listed', workflowRunId: 'listed' });
  const handle = await db.transaction().execute(async (tx) => {
    await sql`lock table contact`.execute(tx);
    const pass = await start({ runId, cursor: null, placedUntil: '00000000-0000-0000-0000-000000000000' });
    await eventually(async () => {
      const { pendingActivities } = (await pass.describe()).raw;
      const [pending] = pendingActivities ?? [];
      expect(pending?.activityType?.name).toBe('listUnplacedContacts');
      const [started, alive] = [pending?.lastStartedTime, pending?.lastHeartbeatTime].map((at) => Number(at?.seconds ?? 0));
      expect(alive).toBeGreaterThan(Number(started));
    });
    return pass;
  });
  await handle.result();
  const { events } = await handle.fetchHistory();
  const scheduled = (events ?? []).flatMap(({ activityTaskScheduledEventAttributes: each }) => each ?? []);
  expect(scheduled.map(({ heartbeatTimeout }) => Number(heartbeatTimeout?.seconds))).toEqual(scheduled.map(() => 60));
});

it('runs once at a time: a schedule that comes due meanwhile starts no second one', async () => {
  const handle = await startedPass();
  const { taskQueuePrefix } = accord;
  // As a schedule names its workflows.
  const scheduled = (suffix: string) =>
    accord.temporal.workflow.execute('reconcileProvider', {
      workflowId: `${reconcileWorkflowId(taskQueuePrefix, 'gohighlevel')}-${suffix}`,
      taskQueue: taskQueuePrefix,
      args: [{ provider: 'gohighlevel', trigger: 'schedule', taskQueuePrefix }],
    });
  expect(await scheduled('2026-11-29T02:00:00Z')).toEqual({ skipped: expect.stringContaining('runs already') });
  await control(accord.sandboxes.gohighlevel, 'DELETE', 'faults');
  await handle.result();
  expect(await scheduled('2026-11-30T02:00:00Z')).toMatchObject({ counts: { listed: 20 } });
});

it('fails with the error of the page, in the words of its provider', async () => {
  await setGhl({ token: 'another' });
  const failure = await (await start()).result().catch((error: unknown) => error);
  expect(failure).toMatchObject({
    cause: { cause: { type: 'AuthenticationError', message: expect.stringMatching(/rejects our credentials/) } },
  });
});

it('continues after a page that failed for a while', async () => {
  await control(accord.sandboxes.gohighlevel, 'POST', 'faults', {
    path: '/contacts/search',
    status: 503,
    body: 'down',
    times: 1,
  });
  const { counts } = await (await start()).result();
  expect(counts).toMatchObject({ listed: 20, unchanged: 20 });
  expect(await lastRun()).toMatchObject({ outcome: 'completed', counts });
});

it('lists at bulk priority, after every live change', async () => {
  const handle = await start();
  await handle.result();
  const { events } = await handle.fetchHistory();
  const pages = (events ?? []).flatMap(({ activityTaskScheduledEventAttributes: scheduled }) =>
    scheduled?.activityType?.name === 'reconcilePage' ? [scheduled.priority?.priorityKey] : [],
  );
  expect(pages).toEqual(Array(pages.length).fill(5));
  expect(pages.length).toBeGreaterThanOrEqual(20);
});

it('the nightly review compares every contact, as a workflow of its own', async () => {
  const { taskQueuePrefix } = accord;
  const result = await accord.temporal.workflow.execute('reviewMatches', {
    workflowId: reviewWorkflowId(taskQueuePrefix),
    taskQueue: taskQueuePrefix,
    args: [{}],
  });
  expect(result).toEqual({ reviewed: 20, merged: 0, asked: 0 });
});
