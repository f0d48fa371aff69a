import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { addToRun, finishRun, insertRun } from '#db/sync/reconcile-runs.ts';
import { emptyFields } from '#domain/contact.ts';
import type { SyncStatus } from '#domain/sync/plan.ts';
import { faultsOf } from '#test/api/docs/openapi-check.ts';
import { ghlEvent, postEvent } from '#test/api/ingress/ghl-webhook.ts';
import { startTestApi, type TestApi } from '#test/api/test-api.ts';
import { eventually } from '#test/setup/eventually.ts';
import { reconcileWorkflowId } from '#workflows/ids.ts';

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.close());

describe('POST /sync/trigger', () => {
  it.each(['/sync/trigger', '/sync-trigger'])(
    '%s starts a pass over each connected provider, or returns the running one',
    async (path) => {
      const response = await api.post(path);
      expect([response.status, await faultsOf('post', path, response)]).toEqual([202, []]);
      const [run] = await runsOf(response);
      expect(run).toMatchObject({ provider: 'gohighlevel', workflowId: `${api.taskQueuePrefix}/reconcile/gohighlevel` });
      expect(run?.webUi).toBe(
        `http://127.0.0.1:8233/namespaces/default/workflows/${encodeURIComponent(run?.workflowId ?? '')}/${run?.runId}`,
      );
      expect(await runsOf(await api.post(path, { provider: 'gohighlevel' }))).toEqual([{ ...run, isNew: false }]);
      const { runId, type, taskQueue } = await api.temporal.workflow.getHandle(run?.workflowId ?? '').describe();
      expect({ runId, type, taskQueue }).toEqual({
        runId: run?.runId,
        type: 'reconcileProvider',
        taskQueue: api.taskQueuePrefix,
      });
    },
  );

  it('names the connected providers when the requested one is not connected', async () => {
    const response = await api.post('/sync/trigger', { provider: 'square' });
    expect([response.status, await faultsOf('post', '/sync/trigger', response)]).toEqual([400, []]);
    expect(await response.json()).toMatchObject({ detail: 'The provider square is not connected. Connected: gohighlevel.' });
  });
});

describe('POST /sync/pause and /sync/resume', () => {
  it('pause the running pass over an account, and let it go on', async () => {
    const { taskQueuePrefix } = api;
    await api.post('/sync/trigger', { provider: 'gohighlevel' });
    for (const [action, isPaused] of [
      ['pause', true],
      ['resume', false],
    ] as const) {
      const response = await api.post(`/sync/${action}`, { provider: 'gohighlevel' });
      expect([response.status, await faultsOf('post', `/sync/${action}`, response)]).toEqual([200, []]);
      expect(await response.json()).toMatchObject({ data: { provider: 'gohighlevel', isPaused, isRunning: true } });
    }
    const history = await api.temporal.workflow.getHandle(reconcileWorkflowId(taskQueuePrefix, 'gohighlevel')).fetchHistory();
    const signals = (history.events ?? []).flatMap(
      ({ workflowExecutionSignaledEventAttributes: signal }) => signal?.signalName ?? [],
    );
    expect(signals).toEqual(['pausePass', 'resumePass']);
    expect((await api.post('/sync/pause', { provider: 'square' })).status).toBe(400);
  });
});

describe('GET /sync/runs', () => {
  it('shows what a pass found, repaired and left, and why it followed no deletion, also in /metrics and the findings', async () => {
    const run = {
      provider: 'gohighlevel',
      accountId: 'a',
      trigger: 'api',
      workflowId: 'reconcile/x',
      workflowRunId: randomUUID(),
    };
    const id = await insertRun(api.db, run);
    await addToRun(api.db, id, { linked: 800, found: 40, remaining: 38, missing: 38 });
    await finishRun(api.db, id, { outcome: 'completed', doubt: 'loss' });
    const response = await api.get('/sync/runs?limit=1');
    const { data } = (await response.json()) as { data: { runs: object[] } };
    expect(data.runs).toMatchObject([
      {
        doubt: 'loss',
        drift: { linked: 800, found: 40, repaired: 2, remaining: 38, foundPercent: 5, remainingPercent: 4.75 },
      },
    ]);
    const metrics = await (await api.get('/metrics')).text();
    expect(metrics).toContain('accord_drift_records{account="gohighlevel",kind="found"} 40');
    expect(metrics).toContain('accord_drift_percent{account="gohighlevel",kind="found"} 5');
    expect(metrics).toContain('accord_doubtful_listing{account="gohighlevel"} 1');
    const findings = await (await api.get('/api/v1/findings')).text();
    expect(findings).toContain('missed more records than usual (38 of 800 missing): no deletion was followed.');
    await api.db.deleteFrom('reconcile_run').execute();
  });

  it('lists the newest first, with counts and a link', async () => {
    const run = {
      provider: 'gohighlevel',
      accountId: 'a',
      trigger: 'schedule',
      workflowId: 'reconcile/x',
      workflowRunId: randomUUID(),
    };
    await finishRun(api.db, await insertRun(api.db, run), { outcome: 'completed' });
    const newest = await insertRun(api.db, run);
    const response = await api.get('/sync/runs?provider=gohighlevel&limit=2');
    expect(await faultsOf('get', '/sync/runs', response)).toEqual([]);
    const { data } = (await response.json()) as { data: { runs: Record<string, unknown>[] } };
    expect(data.runs).toMatchObject([
      { id: newest, finishedAt: null, outcome: null, counts: { listed: 0 } },
      { outcome: 'completed' },
    ]);
  });
});

describe('GET /sync/stats', () => {
  it('has the property names of the replaced system, and counts contacts', async () => {
    const fresh = await startTestApi();
    const statuses: SyncStatus[] = ['synced', 'synced', 'failed', 'excluded_customer', 'pending', 'waiting', 'not_eligible'];
    const rows = statuses.map((sync_status) => ({ id: randomUUID(), fields: JSON.stringify(emptyFields), sync_status }));
    await fresh.db.insertInto('contact').values(rows).execute();
    // Without the schedules as long as Temporal takes its time.
    await eventually(async () => {
      const response = await fresh.get('/sync/stats');
      expect(await faultsOf('get', '/sync/stats', response)).toEqual([]);
      expect(await response.json()).toEqual({
        success: true,
        data: {
          ...{ total_contacts: 7, synced: 2, failed: 1, excluded_customers: 1, pending: 1, waiting: 1, held: 0, not_eligible: 1 },
          schedules: [],
        },
      });
    });
    await fresh.close();
  });
});

describe('GET /inbox', () => {
  it('pages through events, newest first, without bodies', async () => {
    for (const id of ['page1', 'page2', 'page3']) await postEvent(api, ghlEvent({ id }));
    const first = await page('/inbox/events?limit=2');
    expect(first.events.map(({ externalId }) => externalId)).toEqual(['page3', 'page2']);
    const second = await page(`/inbox/events?limit=2&before=${first.next}`);
    expect(second.events[0]).toMatchObject({ externalId: 'page1', scheme: 'ed25519', type: 'ContactTagUpdate' });
    expect(JSON.stringify(first)).not.toContain('payload');
  });

  async function page(path: string) {
    const response = await api.get(path);
    expect(await faultsOf('get', '/inbox/events', response)).toEqual([]);
    return ((await response.json()) as { data: { events: Record<string, unknown>[]; next: string } }).data;
  }
});

it('counts webhooks, refusals, dispatches and requests in /metrics', async () => {
  await postEvent(api);
  await fetch(`${api.url}/webhook/ghl`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' });
  const metrics = await (await api.get('/metrics')).text();
  expect(metrics).toMatch(/accord_webhooks_total{account="gohighlevel",route="\/webhook\/ghl",outcome="queued"} [1-9]/);
  expect(metrics).toMatch(/accord_webhook_refusals_total{route="\/webhook\/ghl",code="missing-signature"} [1-9]/);
  expect(metrics).toMatch(/accord_webhook_ack_seconds_count{route="\/webhook\/ghl"} [1-9]/);
  expect(metrics).toMatch(/accord_dirty_links{signalled="no"} \d/);
});

async function runsOf(response: Response) {
  const { data } = (await response.json()) as {
    data: { runs: { provider: string; workflowId: string; runId: string; webUi: string }[] };
  };
  return data.runs;
}
