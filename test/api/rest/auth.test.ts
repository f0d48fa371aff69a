import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { listApiKeys, revokeApiKey } from '#db/api-keys.ts';
import { startTestApi, type TestApi } from '#test/api/test-api.ts';

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi({ limits: { requests: 20, failures: 5 } });
});
afterAll(() => api.close());

const bearer = (key: string) => ({ authorization: `Bearer ${key}` });

async function ask(path: string, headers: Record<string, string> = {}, method = 'GET') {
  const response = await fetch(api.url + path, { method, headers });
  return { status: response.status, headers: response.headers, body: (await response.json()) as Record<string, unknown> };
}

describe('accepts', () => {
  it.each([
    ['Authorization', bearer],
    ['X-API-Key', (key: string) => ({ 'x-api-key': key })],
  ])('an API key in %s', async (_header, toHeaders) => {
    const { status } = await ask('/sync/stats', toHeaders(await api.keyFor('sync:read')));
    expect(status).toBe(200);
  });

  it('an admin key on every operation', async () => {
    const key = await api.keyFor('admin');
    for (const path of ['/sync/stats', '/sync/runs', '/inbox/events', '/inbox/refusals']) {
      expect((await ask(path, bearer(key))).status).toBe(200);
    }
  });

  it('requests without a key on the routes for monitors', async () => {
    for (const path of ['/healthz', '/readyz', '/webhooks/health']) expect((await ask(path)).status).toBe(200);
  });

  it('a key for metrics on /metrics only, which needs one', async () => {
    const key = await api.keyFor('metrics:read');
    const response = await fetch(`${api.url}/metrics`, { headers: bearer(key) });
    expect([response.status, await response.text()]).toEqual([200, expect.stringContaining('accord_webhooks_total')]);
    expect((await ask('/sync/stats', bearer(key))).status).toBe(403);
    expect((await ask('/metrics', bearer(await api.keyFor('sync:read')))).status).toBe(403);
  });

  it('responses that no cache may keep and no browser may take for another type', async () => {
    const answers = [await ask('/sync/stats', bearer(await api.keyFor('sync:read'))), await ask('/nowhere')];
    for (const { headers } of answers)
      expect([headers.get('cache-control'), headers.get('x-content-type-options')]).toEqual(['no-store', 'nosniff']);
  });
});

describe('refuses', () => {
  it('a key without the scope', async () => {
    const key = await api.keyFor('sync:read');
    const { status, body } = await ask('/sync/trigger', bearer(key), 'POST');
    expect([status, body.type, body.detail]).toEqual([
      403,
      'urn:accord:problem:missing-scope',
      'This API key lacks the scope sync:write.',
    ]);
  });

  it('a key that makes too many requests, but not other keys', async () => {
    const [busy, calm] = [await api.keyFor('sync:read'), await api.keyFor('sync:read')];
    for (let n = 0; n < 20; n += 1) expect((await ask('/sync/stats', bearer(busy))).status).toBe(200);
    const { status, headers, body } = await ask('/sync/stats', bearer(busy));
    expect([status, body.type]).toEqual([429, 'urn:accord:problem:too-many-requests']);
    expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await ask('/sync/stats', bearer(calm))).status).toBe(200);
  });
});

describe('answers with problem details to', () => {
  it('an unknown route', async () => {
    const { status, body, headers } = await ask('/sync/nothing?secret=1');
    expect([status, headers.get('content-type')]).toEqual([404, 'application/problem+json; charset=utf-8']);
    expect(body).toMatchObject({ type: 'urn:accord:problem:not-found', instance: '/sync/nothing' });
  });

  it('an unsupported method', async () => {
    const { status, headers } = await ask('/sync/trigger');
    expect([status, headers.get('allow')]).toEqual([405, 'POST']);
  });

  it('an invalid query, and names the invalid parameters', async () => {
    const { status, body } = await ask('/inbox/events?limit=0&before=x', bearer(await api.keyFor('inbox:read')));
    expect([status, (body.errors as { pointer: string }[]).map(({ pointer }) => pointer).sort()]).toEqual([
      400,
      ['/query/before', '/query/limit'],
    ]);
  });

  it.each([
    ['no JSON', 'provider=gohighlevel'],
    ['another type', '{"provider":5}'],
  ])('a body of %s', async (_what, body) => {
    const headers = { ...bearer(await api.keyFor('sync:write')), 'content-type': 'application/x-www-form-urlencoded' };
    const response = await fetch(`${api.url}/sync/trigger`, { method: 'POST', headers, body });
    expect(response.status).toBe(400);
  });

  it('an unexpected error, without SQL, with the id of its log entry', async () => {
    const key = await api.keyFor('inbox:read');
    await api.db.schema.alterTable('inbox_event').renameTo('hidden').execute();
    const { status, body } = await ask('/inbox/events', bearer(key));
    await api.db.schema.alterTable('hidden').renameTo('inbox_event').execute();
    expect([status, body.detail]).toEqual([500, 'Internal error. It was logged.']);
    expect(body.errorId).toMatch(/^[0-9a-f-]{36}$/);
    expect(JSON.stringify(body)).not.toMatch(/relation|inbox_event"|select|stack/);
  });
});

// The last test: an address may send five wrong keys a minute.
it('refuses a missing, a wrong and a revoked key, and then every key from an address that sent too many, except those seen before', async () => {
  const kept = await api.keyFor('sync:read');
  expect((await ask('/sync/stats', bearer(kept))).status).toBe(200);
  const { status, headers, body } = await ask('/sync/stats');
  expect([status, headers.get('www-authenticate')]).toEqual([401, 'Bearer realm="accord"']);
  expect(body).toEqual({
    type: 'urn:accord:problem:unauthorized',
    title: 'Unauthorized',
    status: 401,
    detail: 'Send an API key: Authorization: Bearer accord_… or X-API-Key: accord_….',
    instance: '/sync/stats',
  });

  const revoked = await api.keyFor('inbox:read');
  const [{ id } = { id: '' }] = (await listApiKeys(api.db)).filter(({ prefix }) => revoked.startsWith(prefix));
  expect(await revokeApiKey(api.db, id)).toBe(true);
  for (const key of [`accord_${'x'.repeat(32)}`, revoked]) {
    expect((await ask('/sync/stats', bearer(key))).body.detail).toBe('This API key is unknown, has expired or was revoked.');
  }

  for (const key of ['accord_short', '']) expect((await ask('/sync/stats', bearer(key))).status).toBe(401);
  expect((await ask('/sync/stats')).status).toBe(429);

  const unseen = await api.keyFor('sync:read');
  expect((await ask('/sync/stats', bearer(unseen))).status).toBe(429);
  expect((await ask('/sync/stats', bearer(kept))).status).toBe(200);
});
