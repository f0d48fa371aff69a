import { afterEach, describe, expect, it } from '@jest/globals';
import { pino } from 'pino';
import { providers } from '#providers/index.ts';
import { ensureSchedules } from '#schedules.ts';
import { faultsOf } from '#test/api/docs/openapi-check.ts';
import { createTcpGate } from '#test/api/tcp-gate.ts';
import { startTestApi, type TestApi, testTemporalAddress } from '#test/api/test-api.ts';
import { eventually } from '#test/setup/eventually.ts';
import { pollScheduleId, reconcileScheduleId } from '#workflows/ids.ts';

const opened: TestApi[] = [];
afterEach(() => Promise.all(opened.splice(0).map((api) => api.close())));

interface State {
  id: string;
  provider: string;
  kind: string;
  paused: boolean;
  note: string | null;
  last_run_at: string | null;
  next_run_at: string | null;
  running: number;
}

/** With GoHighLevel, which sends webhooks, and Google, which is polled. */
async function open(options: Parameters<typeof startTestApi>[0] = {}): Promise<TestApi> {
  const connected = ['gohighlevel', 'google', 'square'].map((id) => {
    const { webhookRoutes = [], pollSchedule } = providers.find((each) => each.id === id) as (typeof providers)[number];
    const settings = id === 'square' ? null : ({ account: {}, secrets: {} } as never);
    return { id, webhookRoutes, isSourceOnly: false, isPolled: pollSchedule !== undefined, settings, notConnected: null };
  });
  const api = await startTestApi({ providers: connected, ...options });
  opened.push(api);
  return api;
}

async function declare({ temporal, taskQueuePrefix }: TestApi): Promise<void> {
  await ensureSchedules(temporal, {
    ...{ taskQueuePrefix, logger: pino({ level: 'silent' }) },
    providers: [
      { id: 'gohighlevel', isPolled: false },
      { id: 'google', isPolled: true },
    ],
    // At times that no test meets.
    schedules: { reconcile: '0 2 1 1 *', poll: { google: '0 2 1 1 *' } },
  });
}

async function schedulesOf(api: TestApi): Promise<State[] | null> {
  const response = await api.get('/sync/stats');
  expect(await faultsOf('get', '/sync/stats', response)).toEqual([]);
  return ((await response.json()) as { data: { schedules: State[] | null } }).data.schedules;
}

/** The schedules once Temporal has told them: the api waits 2 seconds for it, and leaves them out when it takes longer. */
function untilRead(api: TestApi): Promise<State[]> {
  return eventually(async () => {
    const states = await schedulesOf(api);
    if (states === null) throw new Error('Temporal did not answer in time');
    return states;
  });
}

describe('the schedules in GET /sync/stats', () => {
  it('are a pass of each connected provider, and a poll of each without webhooks', async () => {
    const api = await open();
    await declare(api);
    const states = await untilRead(api);
    expect(states.map(({ provider, kind }) => `${provider} ${kind}`).toSorted()).toEqual([
      'gohighlevel reconcile',
      'google poll',
      'google reconcile',
    ]);
    for (const state of states) {
      expect(state).toMatchObject({ paused: false, running: 0, last_run_at: null });
      expect(Date.parse(state.next_run_at as string)).toBeGreaterThan(Date.now() - 60_000);
    }
    expect(states.find(({ kind }) => kind === 'poll')?.id).toBe(pollScheduleId(api.taskQueuePrefix, 'google'));
  });

  it('show a pause with its reason and without a next run', async () => {
    const api = await open();
    await declare(api);
    const handle = api.temporal.schedule.getHandle(reconcileScheduleId(api.taskQueuePrefix, 'gohighlevel'));
    await handle.pause('The vendor is moving');
    const states = await untilRead(api);
    expect(states.find(({ id }) => id === handle.scheduleId)).toMatchObject({
      ...{ paused: true, note: 'The vendor is moving', next_run_at: null },
    });
  });

  it('show the last run', async () => {
    const api = await open();
    await declare(api);
    const handle = api.temporal.schedule.getHandle(pollScheduleId(api.taskQueuePrefix, 'google'));
    await handle.trigger();
    await eventually(async () => expect((await handle.describe()).info.recentActions).toHaveLength(1));
    const [{ takenAt } = {}] = (await handle.describe()).info.recentActions;
    expect((await untilRead(api)).find(({ id }) => id === handle.scheduleId)).toMatchObject({
      last_run_at: takenAt?.toISOString(),
    });
  });

  it('are empty before a worker creates them', async () => {
    expect(await untilRead(await open())).toEqual([]);
  });

  it('are null while Temporal is unavailable, with the counts unaffected', async () => {
    const [host, port] = testTemporalAddress().split(':') as [string, string];
    const gate = await createTcpGate({ host, port: Number(port) });
    const api = await open({ temporalAddress: `${gate.host}:${gate.port}` });
    await declare(api);
    await gate.shut();
    const response = await api.get('/sync/stats');
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({ data: { total_contacts: 0, schedules: null } });
    await gate.open();
    await eventually(async () => expect(await schedulesOf(api)).toHaveLength(3));
    await api.close();
    opened.length = 0;
    await gate.shut();
  });
});

describe('POST /sync/poll', () => {
  it('starts a poll of each provider without webhooks, or returns the running one', async () => {
    const api = await open();
    const response = await api.post('/sync/poll');
    expect([response.status, await faultsOf('post', '/sync/poll', response)]).toEqual([202, []]);
    const runsOf = async (answer: Response) => ((await answer.json()) as { data: { runs: { runId: string }[] } }).data.runs;
    const runs = await runsOf(response);
    expect(runs).toMatchObject([{ provider: 'google', workflowId: `${api.taskQueuePrefix}/poll/google` }]);
    expect(await runsOf(await api.post('/sync/poll', { provider: 'google' }))).toEqual([{ ...runs[0], isNew: false }]);
  });

  it('names the polled providers when the requested one sends webhooks', async () => {
    const api = await open();
    const response = await api.post('/sync/poll', { provider: 'gohighlevel' });
    expect([response.status, await faultsOf('post', '/sync/poll', response)]).toEqual([400, []]);
    expect(await response.json()).toMatchObject({ detail: expect.stringContaining('google') });
  });
});
