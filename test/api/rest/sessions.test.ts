import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { findSession } from '#db/admin-sessions.ts';
import { createApiKey, revokeApiKey } from '#db/api-keys.ts';
import { startTestApi, type TestApi } from '#test/api/test-api.ts';

let api: TestApi;
let adminPages: string;
beforeAll(async () => {
  adminPages = await mkdtemp(join(tmpdir(), 'accord-admin-'));
  await writeFile(join(adminPages, 'index.html'), '<!doctype html><meta name="accord-nonce" content="__NONCE__">');
  api = await startTestApi({ limits: { requests: 1_000, failures: 5 }, adminPages });
});
afterAll(async () => {
  await api.close();
  await rm(adminPages, { recursive: true });
});

const own = { 'x-accord-admin': '1', 'content-type': 'application/json' };

const call = (method: string, path: string, headers: Record<string, string> = {}, body?: unknown) =>
  fetch(api.url + path, { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });

const signIn = (body: unknown, headers: Record<string, string> = own) => call('POST', '/api/v1/session', headers, body);

async function cookieFor(...scopes: Parameters<TestApi['keyFor']>): Promise<string> {
  const response = await signIn({ key: await api.keyFor(...scopes) });
  return String(response.headers.get('set-cookie')).split(';')[0] ?? '';
}

const codeOf = async (response: Response) => [response.status, Object(await response.json()).type];

describe('signing in', () => {
  it('exchanges an API key for a cookie that scripts and other sites cannot use', async () => {
    const response = await signIn({ key: await api.keyFor('sync:read') });
    const cookie = String(response.headers.get('set-cookie'));
    expect(response.status).toBe(204);
    expect(cookie).toMatch(/^accord_session=[\w-]{43}; Path=\/; Expires=[^;]+; HttpOnly; SameSite=Strict$/);
  });

  it.each([
    ['without the header of the pages', { 'content-type': 'application/json' }],
    ['from another site', { ...own, 'sec-fetch-site': 'cross-site' }],
    ['from another host', { ...own, origin: 'https://evil.example' }],
  ])('refuses a request %s', async (_case, headers) => {
    expect(await codeOf(await signIn({ key: await api.keyFor('sync:read') }, headers))).toEqual([
      403,
      'urn:accord:problem:cross-site',
    ]);
  });

  it('follows a sign-in link once', async () => {
    const created = await api.post('/api/v1/session/links');
    const { data } = (await created.json()) as { data: { url: string } };
    const [, link] = /\/admin#link=([\w-]{43})$/.exec(data.url) ?? [];
    expect([(await signIn({ link })).status, (await signIn({ link })).status]).toEqual([204, 401]);
  });
});

describe('a session', () => {
  it('acts with the scopes of its key', async () => {
    const cookie = await cookieFor('sync:read');
    expect((await call('GET', '/sync/stats', { cookie })).status).toBe(200);
    expect((await call('GET', '/inbox/events', { cookie })).status).toBe(403);
    expect((await call('POST', '/sync/poll', { ...own, cookie })).status).toBe(403);
  });

  it.each([
    [['admin'], 'admin', false],
    [['sync:read', 'sync:write'], 'operator', false],
    [['sync:read'], 'viewer', true],
    [['viewer'], 'viewer', true],
  ] as const)('of a key with %j is that of role %s', async (scopes, role, isMasked) => {
    const response = await call('GET', '/api/v1/session', { cookie: await cookieFor(...scopes) });
    expect(await response.json()).toMatchObject({ success: true, data: { role, isMasked, hasSandboxes: false } });
  });

  it('changes something only for the pages themselves', async () => {
    const cookie = await cookieFor('admin');
    const refused = [
      await call('POST', '/sync/poll', { cookie, 'content-type': 'application/json' }),
      await call('POST', '/sync/poll', { ...own, cookie, 'sec-fetch-site': 'same-site' }),
      await call('POST', '/sync/poll', { ...own, cookie, origin: 'http://127.0.0.1:1' }),
      await call('GET', '/sync/stats', { cookie, 'sec-fetch-site': 'cross-site' }),
    ];
    expect(refused.map(({ status }) => status)).toEqual([403, 403, 403, 403]);
  });

  it('ends by signing out, with its key, and with time', async () => {
    const cookies = [await cookieFor('admin')];
    await call('DELETE', '/api/v1/session', { ...own, cookie: cookies[0] ?? '' });
    const { id, key } = await createApiKey(api.db, { name: 'short', scopes: ['admin'] });
    cookies.push(String((await signIn({ key })).headers.get('set-cookie')).split(';')[0] ?? '');
    await revokeApiKey(api.db, id);
    cookies.push(await cookieFor('admin'));
    const token = cookies[2]?.split('=')[1] ?? '';
    const before = await findSession(api.db, token);
    await api.db
      .updateTable('admin_session')
      .set({ expires_at: new Date(0) })
      .execute();
    expect(before).toBeDefined();
    for (const cookie of cookies)
      expect(await codeOf(await call('GET', '/sync/stats', { cookie }))).toEqual([401, 'urn:accord:problem:session-ended']);
  });

  it('counts for nothing beside an API key', async () => {
    const headers = { authorization: `Bearer ${await api.keyFor('sync:read')}`, cookie: await cookieFor('admin') };
    expect((await call('GET', '/inbox/events', headers)).status).toBe(403);
  });
});

describe('the pages', () => {
  it('are one document for every address, with a policy that allows own files only', async () => {
    const [first, deep] = [await call('GET', '/admin'), await call('GET', '/admin/deliveries/01?state=dead')];
    for (const response of [first, deep]) {
      const policy = String(response.headers.get('content-security-policy'));
      const [, nonce] = /'nonce-([^']+)'/.exec(policy) ?? [];
      expect(await response.text()).toContain(`content="${nonce}"`);
      expect(policy).toMatch(/^default-src 'none'; script-src 'self';/);
      expect(policy).not.toMatch(/unsafe|https?:/);
      expect(response.headers.get('cache-control')).toBe('no-store');
    }
  });

  it('have no document in place of a missing asset', async () => {
    const answers = await Promise.all(['/admin/assets/old.js', '/admin/assets/..%2findex.html'].map((path) => call('GET', path)));
    expect(answers.map(({ status }) => status)).toEqual([404, 404]);
  });
});

// The last: the address is refused for a minute.
describe('guessing', () => {
  it('refuses a wrong key, and many of them', async () => {
    const answers = new Set<number>();
    for (let attempt = 0; attempt < 6; attempt += 1) answers.add((await signIn({ key: `accord_${'x'.repeat(32)}` })).status);
    expect([...answers]).toEqual([401, 429]);
  });
});
