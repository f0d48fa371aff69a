import { randomUUIDv7 } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { faultsOf } from '#test/api/docs/openapi-check.ts';
import { startTestApi, type TestApi } from '#test/api/test-api.ts';

const root = '/api/v1/webhooks';
const wanted = { url: 'https://your-app.com/webhook', events: ['new_lead'] };
let api: TestApi;
let id: string;
beforeAll(async () => {
  api = await startTestApi();
  id = ((await (await api.post(root, wanted)).json()) as { id: string }).id;
});
afterAll(() => api.close());

/** Status and pointers of the response, which must be a documented problem. */
async function refusal(method: string, path: string, body?: unknown): Promise<[status: number, pointer: string | undefined]> {
  const response = await api.request(method, path.replace('{id}', id), body);
  const [template = ''] = path.split('?');
  expect(await faultsOf(method.toLowerCase(), template, response)).toEqual([]);
  const { errors } = (await response.json()) as { errors?: { pointer: string }[] };
  return [response.status, errors?.[0]?.pointer];
}

/** Sends a raw body. */
async function statusOf(body: string, headers: Record<string, string> = {}) {
  const authorization = `Bearer ${await api.keyFor('webhooks:write')}`;
  const init = { method: 'POST', body, headers: { authorization, 'content-type': 'application/json', ...headers } };
  return (await fetch(api.url + root, init)).status;
}

describe('a body', () => {
  it.each<[string, string, number]>([
    ['of invalid JSON', '{"url":', 400],
    ['of an array', '[]', 400],
    ['of null', 'null', 400],
    ['that is empty', '', 400],
    ['of 60,000 brackets', '['.repeat(60_000), 400],
    ['that is nested very deeply', `${'{"a":'.repeat(9_000)}1${'}'.repeat(9_000)}`, 400],
    ['of more than 64 KB', JSON.stringify({ ...wanted, description: 'x'.repeat(70_000) }), 413],
    ['with settings in the prototype', '{"__proto__":{"url":"https://your-app.com/"},"events":["new_lead"]}', 400],
  ])('%s is refused', async (_what, body, status) => {
    expect(await statusOf(body)).toBe(status);
  });

  it('that claims to be compressed is not decompressed', async () => {
    expect(await statusOf(JSON.stringify(wanted), { 'content-encoding': 'gzip' })).toBe(400);
  });

  it.each<[string, unknown]>([
    ['url', 7],
    ['url', null],
    ['url', ['https://your-app.com/']],
    ['url', 'https:your-app.com/webhook'],
    ['events', 'new_lead'],
    ['events', ['webhook.test']],
    ['max_retries', '5'],
    ['max_retries', 101],
    ['max_retries', 1e20],
    ['timeout', 0.5],
    ['timeout', 121],
    ['retry_schedule', []],
    ['retry_schedule', [0]],
    ['retry_schedule', [86_401]],
    ['retry_schedule', [1.5]],
    ['retry_schedule', Array(101).fill(1)],
    ['rate_per_second', 0],
    ['rate_per_second', 10_001],
    ['ordered', 'yes'],
    ['is_active', null],
    ['custom_headers', []],
    ['custom_headers', { 'X-A': 5 }],
    ['custom_headers', { 'X-A': '\ud800' }],
    ['filters', { tags: [] }],
    ['filters', { sources: [''] }],
    ['secret', null],
    ['secret', 'hwsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'],
  ])('with %s as %j is refused with its name', async (name, value) => {
    const [status, pointer] = await refusal('POST', root, { ...wanted, [name]: value });
    expect([status, pointer?.startsWith(`/body/${name}`)]).toEqual([400, true]);
  });

  it.each(['id', 'secret', 'disabled_reason', 'breaker', 'deleted_at'])('cannot set %s of an endpoint', async (name) => {
    expect(await refusal('PATCH', `${root}/{id}`, { [name]: 'gone' })).toEqual([400, '/body']);
  });
});

describe('a text', () => {
  const zero = 'a\0b';
  const half = '\ud800';
  it.each<[string, string, object, string]>([
    ['POST', root, { ...wanted, description: zero }, '/body/description'],
    ['POST', root, { ...wanted, description: half }, '/body/description'],
    ['POST', root, { ...wanted, filters: { tags: ['vip', zero] } }, '/body/filters/tags/1'],
    ['POST', root, { ...wanted, filters: { sources: [half] } }, '/body/filters/sources/0'],
    ['POST', root, { ...wanted, url: `https://your-app.com/${half}` }, '/body/url'],
    ['PATCH', `${root}/{id}`, { description: zero }, '/body/description'],
    ['POST', `${root}/dead-letters/discard`, { filter: {}, note: zero }, '/body/note'],
    ['POST', `${root}/dead-letters/discard`, { filter: { error_class: half }, note: 'n' }, '/body/filter/error_class'],
    ['POST', `${root}/dead-letters/redrive`, { filter: { error_class: zero } }, '/body/filter/error_class'],
  ])('that cannot be stored is refused: %s %s %j', async (method, path, body, pointer) => {
    expect(await refusal(method, path, body)).toEqual([400, pointer]);
  });

  it.each(['/deliveries/', '/dead-letters', '/dead-letters/export'])(
    'that cannot be stored is refused as a filter, at %s',
    async (path) => {
      expect(await refusal('GET', `${root}${path}?error_class=a%00b`)).toEqual([400, '/query/error_class']);
    },
  );

  it('of any other kind is stored unchanged', async () => {
    const texts = { description: '王 👩‍👩‍👧 \u202eabc', filters: { tags: ['Größe', 'ﬃ'], sources: ['веб-форма'] } };
    const response = await api.post(root, { ...wanted, ...texts });
    expect(await response.json()).toMatchObject(texts);
  });
});

describe('a query', () => {
  it.each([
    'since=0000-01-01T00:00:00Z',
    'until=0001-01-01T00:00:00%2B01:00',
    'until=9999-12-31T23:59:59-01:00',
    'since=2026-02-29T00:00:00Z',
    'since=2026-01-01',
  ])('with a time such as %s is refused', async (query) => {
    const name = query.slice(0, 5);
    for (const path of ['/deliveries/', '/dead-letters', '/dead-letters/export'])
      expect(await refusal('GET', `${root}${path}?${query}`)).toEqual([400, `/query/${name}`]);
    const filter = { [name]: decodeURIComponent(query.slice(6)) };
    expect(await refusal('POST', `${root}/dead-letters/redrive`, { filter })).toEqual([400, `/body/filter/${name}`]);
  });

  it.each(['since=2026-01-01T00:00:00%2B23:59', 'since=2026-01-01T00:00:00.123456789Z', 'until=9999-12-31T23:59:59Z'])(
    'may be a time such as %s',
    async (query) => {
      expect((await api.get(`${root}/deliveries/?${query}`)).status).toBe(200);
    },
  );

  it.each(['/deliveries/?stat=dead', '/dead-letters?ids=1', '/dead-letters/export?status_class=5xx', '?active=true'])(
    'is told when its name is not known: %s',
    async (path) => {
      expect(await refusal('GET', root + path)).toEqual([400, '/query']);
    },
  );

  it.each(['state=dead&state=pending', 'limit=', 'limit=201', 'limit=-1', 'cursor=x'])(
    'is said once, and right: %s',
    async (query) => {
      expect((await refusal('GET', `${root}/deliveries/?${query}`))[0]).toBe(400);
    },
  );

  it('with the cursor of another list starts at the place of its id', async () => {
    const page = await api.get(`${root}/deliveries/?cursor=${id}`);
    expect([page.status, await page.json()]).toEqual([200, { data: [], next: null }]);
    const nobody = await api.get(`${root}?cursor=00000000-0000-0000-0000-000000000000`);
    expect(await nobody.json()).toEqual({ data: [], next: null });
  });
});

describe('an id', () => {
  it.each(['%00', 'x'.repeat(5_000), "1'%20or%20'1'='1", 'deliveries'])('that is invalid is refused, %#', async (text) => {
    expect((await api.request('DELETE', `${root}/${text}`)).status).toBe(400);
  });

  it('in upper case is the same', async () => {
    expect(await (await api.get(`${root}/${id.toUpperCase()}`)).json()).toMatchObject({ id });
  });

  it.each<[string, string]>([
    ['POST', '/deliveries/{id}/retry'],
    ['POST', '/deliveries/{id}/cancel'],
    ['POST', '/deliveries/{id}/replay'],
    ['POST', '/dead-letters/{id}/redrive'],
    ['POST', '/redrives/{id}/cancel'],
    ['GET', '/redrives/{id}'],
    ['POST', '/{id}/rotate-secret'],
    ['POST', '/{id}/enable'],
    ['POST', '/{id}/disable'],
  ])('that is unknown is not found: %s %s', async (method, path) => {
    expect((await api.request(method, root + path.replace('{id}', randomUUIDv7()))).status).toBe(404);
  });
});
