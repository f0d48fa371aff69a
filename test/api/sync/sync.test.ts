import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { finishRun, insertRun } from '#db/sync/reconcile-runs.ts';
import { emptyFields } from '#domain/contact.ts';
import type { SyncStatus } from '#domain/sync/plan.ts';
import { faultsOf } from '#test/api/docs/openapi-check.ts';
import { ghlEvent, postEvent } from '#test/api/ingress/ghl-webhook.ts';
import { startTestApi, type TestApi } from '#test/api/test-api.ts';

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
      expect(await runsOf(await api.post(path, { provider: 'gohighlevel' }))).toEqual([run]);
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

describe('GET /sync/runs', () => {
  it('lists the newest first, with counts and a link', async () => {
    const run = {
      provider: 'gohighlevel',
      accountId: 'a',
      trigger: 'schedule',
      workflowId: 'reconcile/x',
      workflowRunId: randomUUID(),
    };
    await finishRun(api.db, await insertRun(api.db, run), 'completed');
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
    const response = await fresh.get('/sync/stats');
    expect(await faultsOf('get', '/sync/stats', response)).toEqual([]);
    expect(await response.json()).toEqual({
      success: true,
      data: {
        ...{ total_contacts: 7, synced: 2, failed: 1, excluded_customers: 1, pending: 1, waiting: 1, held: 0, not_eligible: 1 },
        schedules: [],
      },
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
