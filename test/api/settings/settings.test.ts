import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { pino } from 'pino';
import { checkConfigFile } from '#config/config-file.ts';
import { ensureSchedules, removeSchedules } from '#schedules.ts';
import { faultsOf } from '#test/api/docs/openapi-check.ts';
import { startTestApi, type TestApi } from '#test/api/test-api.ts';
import { eventually } from '#test/setup/eventually.ts';

let api: TestApi;
const path = join(mkdtempSync(join(tmpdir(), 'accord-settings-')), 'accord.yaml');
const loaded = { path, profile: null, text: 'audiences: {}\n' };
writeFileSync(path, loaded.text);
beforeAll(async () => {
  api = await startTestApi({ configFile: { loaded, check: () => checkConfigFile(loaded) } });
});
afterAll(() => api.close());

describe('GET /api/v1/settings', () => {
  it('shows accord.yaml as it was loaded, and what is wrong with it now', async () => {
    const read = async () => ((await (await api.get('/api/v1/settings')).json()) as { data: { file: object } }).data.file;
    expect(await read()).toEqual({ ...loaded, isChanged: false, problems: [] });
    writeFileSync(path, 'audience: {}\n');
    expect(await read()).toEqual({
      ...{ ...loaded, isChanged: true },
      problems: [expect.stringMatching(/accord\.yaml:1: .*unknown setting \(did you mean|accord\.yaml:1: /)],
    });
  });

  it('is for admins', async () => {
    const headers = { authorization: `Bearer ${await api.keyFor('viewer', 'sync:write')}` };
    for (const [method, each] of [
      ['GET', '/api/v1/settings'],
      ['POST', '/api/v1/api-keys'],
    ] as const)
      expect((await api.request(method, each, method === 'POST' ? {} : undefined, headers)).status).toBe(403);
  });
});

describe('API keys', () => {
  it('are made with their scopes, shown once, and revoked', async () => {
    const created = await api.post('/api/v1/api-keys', { name: 'reports', scopes: ['sync:read'], expiresInDays: 30 });
    expect([created.status, await faultsOf('post', '/api/v1/api-keys', created)]).toEqual([201, []]);
    const { data } = (await created.json()) as { data: { id: string; key: string } };
    const headers = { authorization: `Bearer ${data.key}` };
    const used = await api.request('GET', '/sync/stats', undefined, headers);
    const listed = await (await api.get('/api/v1/api-keys')).text();
    expect([used.status, listed.includes(data.id), listed.includes(data.key)]).toEqual([200, true, false]);
    const answers = [];
    for (let time = 0; time < 2; time += 1) answers.push((await api.request('DELETE', `/api/v1/api-keys/${data.id}`)).status);
    expect([...answers, (await api.request('GET', '/sync/stats', undefined, headers)).status]).toEqual([204, 404, 401]);
    const log = await (await api.get('/api/v1/audit-log?action=api-key')).text();
    expect(log).toContain('"actor":"api-key:admin","action":"api-key.revoke"');
  });

  it('are not revoked by themselves', async () => {
    const { data } = (await (await api.get('/api/v1/api-keys')).json()) as { data: { keys: { id: string; name: string }[] } };
    const own = data.keys.find(({ name }) => name === 'admin');
    expect((await api.request('DELETE', `/api/v1/api-keys/${own?.id}`)).status).toBe(409);
  });
});

describe('schedules', () => {
  const schedules = { reconcile: '0 2 * * *', poll: {} };
  const id = () => `${api.taskQueuePrefix}-reconcile-gohighlevel`;
  beforeAll(() =>
    ensureSchedules(api.temporal, {
      ...{ providers: [{ id: 'gohighlevel', isPolled: false }], schedules, taskQueuePrefix: api.taskQueuePrefix },
      logger: pino({ level: 'silent' }),
    }),
  );
  afterAll(() => removeSchedules(api.temporal, { providers: ['gohighlevel'], taskQueuePrefix: api.taskQueuePrefix }));

  const act = async (action: string, body?: object) => {
    const response = await api.post(`/sync/schedules/${id()}/${action}`, body);
    expect(await faultsOf('post', `/sync/schedules/{id}/${action}`, response)).toEqual([]);
    return ((await response.json()) as { data: object }).data;
  };

  it('are listed, paused with a reason, and resumed', async () => {
    const paused = await act('pause', { reason: 'vendor is down' });
    expect(paused).toMatchObject({ isPaused: true, note: 'Paused by admin: vendor is down', nextRunAt: null });
    const { data } = (await (await api.get('/sync/schedules')).json()) as { data: object };
    expect(data).toEqual({ schedules: [paused] });
    expect(await act('resume')).toMatchObject({
      ...{ id: id(), kind: 'reconcile', provider: 'gohighlevel', isPaused: false, note: null },
      nextRunAt: expect.any(String),
    });
  });

  it('have the same note when the passes over the account are paused, and none once they are resumed', async () => {
    const ofPasses = async (action: string) => {
      await api.post(`/sync/${action}`, { provider: 'gohighlevel' });
      return ((await (await api.get('/sync/schedules')).json()) as { data: object }).data;
    };
    expect(await ofPasses('pause')).toMatchObject({ schedules: [{ isPaused: true, note: 'Paused by admin' }] });
    expect(await ofPasses('resume')).toMatchObject({ schedules: [{ isPaused: false, note: null }] });
  });

  it('run now', async () => {
    await act('run');
    const handle = api.temporal.schedule.getHandle(id());
    await eventually(async () => expect((await handle.describe()).info.numActionsTaken).toBeGreaterThan(0));
  });

  it('are those of Accord only', async () => {
    const other = await api.post('/sync/schedules/other-prune/pause', {});
    expect(other.status).toBe(404);
  });
});
