import { randomUUIDv7 } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { listDueDeliveries } from '#db/delivery/deliveries.ts';
import { disableEndpoint, loadEndpoint } from '#db/delivery/endpoints.ts';
import { createAddressGuard } from '#delivery/address-guard.ts';
import { faultsOf } from '#test/api/docs/openapi-check.ts';
import { startTestApi, type TestApi } from '#test/api/test-api.ts';
import { encryptionKey, publish } from '#test/db/delivery/delivery-rows.ts';

const root = '/api/v1/webhooks';
const guard = createAddressGuard({ resolve: async (name) => addresses[name] ?? [{ address: '93.184.215.14', family: 4 }] });
const addresses: Record<string, { address: string; family: number }[]> = {
  'inside.example': [{ address: '10.0.0.5', family: 4 }],
  'half.example': [
    { address: '93.184.215.14', family: 4 },
    { address: '127.0.0.1', family: 4 },
  ],
};

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi({ delivery: { encryptionKey, guard } });
});
afterAll(() => api.close());

// biome-ignore lint/suspicious/noExplicitAny: any response; a test that reads a wrong field fails.
type Answer = { status: number; body: any; headers: Headers };

async function ask(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer> {
  const response = await api.request(method, path, body, headers);
  const text = await response.text();
  return { status: response.status, body: text === '' ? null : JSON.parse(text), headers: response.headers };
}

const wanted = { url: 'https://your-app.com/webhook', events: ['new_lead', 'lead_update'] };
const create = async (settings: object = {}) =>
  (await ask('POST', root, { ...wanted, ...settings })).body as Record<string, string>;

describe('POST /api/v1/webhooks', () => {
  it('accepts and returns the documented form, with the secret', async () => {
    const asked = { ...wanted, description: 'Production webhook endpoint', max_retries: 5, timeout: 30 };
    const response = await api.request('POST', root, asked);
    expect([response.status, await faultsOf('post', root, response)]).toEqual([201, []]);
    const body = (await response.json()) as Record<string, unknown>;
    expect(body).toMatchObject({
      id: expect.any(String),
      secret: expect.stringMatching(/^whsec_[\w+/]{43}=$/),
      is_active: true,
      ...asked,
    });
  });

  it('defaults to 5 retries and 30 seconds', async () => {
    expect(await create()).toMatchObject({ max_retries: 5, timeout: 30, description: null, filters: null, ordered: false });
  });

  it('stores all settings, and hides the values of headers', async () => {
    const more = {
      ...{ retry_schedule: [5, 60], rate_per_second: 10, ordered: true, include_previous: true, is_active: false },
      filters: { tags: ['vip'], sources: ['website'], changed: ['email'] },
    };
    const { id, ...answer } = await create({ ...more, custom_headers: { Authorization: 'Bearer opensesame' } });
    expect(answer).toMatchObject({ ...more, custom_headers: { Authorization: '[redacted]' } });
    expect(await loadEndpoint(api.db, encryptionKey, id as string)).toMatchObject({
      custom_headers: { Authorization: 'Bearer opensesame' },
      secrets: { current: answer.secret },
    });
  });

  it('accepts a valid secret that receivers already have', async () => {
    const secret = `whsec_${'MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'}`;
    expect(await create({ secret })).toMatchObject({ secret });
    expect(await ask('POST', root, { ...wanted, secret: 'whsec_short' })).toMatchObject({ status: 400 });
  });

  it('stores no secret in plain text', async () => {
    const { id, secret } = await create({ custom_headers: { 'X-Key': 'opensesame' } });
    const { rows } = {
      rows: await api.db
        .selectFrom('webhook_endpoint')
        .selectAll()
        .where('id', '=', id as string)
        .execute(),
    };
    const stored = Buffer.concat([rows[0]?.secret ?? Buffer.alloc(0), rows[0]?.custom_headers ?? Buffer.alloc(0)]).toString(
      'latin1',
    );
    expect(stored).not.toContain((secret as string).slice(6));
    expect(stored).not.toContain('opensesame');
    const audit = await api.db
      .selectFrom('audit_log')
      .selectAll()
      .where('target', '=', id as string)
      .execute();
    expect(audit).toMatchObject([{ action: 'webhook.create', actor: 'api-key:admin', details: { headers: ['X-Key'] } }]);
    expect(JSON.stringify(audit)).not.toMatch(/opensesame|whsec_/);
  });

  it.each<[string, object, RegExp]>([
    ['an invalid URL', { url: 'your-app.com/webhook' }, /URL/],
    ['plain http', { url: 'http://your-app.com/webhook' }, /https/],
    ['another protocol', { url: 'ftp://your-app.com/webhook' }, /https/],
    ['a password in the URL', { url: 'https://user:pass@your-app.com/' }, /password/],
    ['a fragment', { url: 'https://your-app.com/#hook' }, /fragment/],
    ['localhost', { url: 'https://localhost/hook' }, /blocked/],
    ['an address in decimal', { url: 'https://2130706433/' }, /blocked/],
    ['an address in octal', { url: 'https://0177.0.0.1/' }, /blocked/],
    ['a mapped address', { url: 'https://[::ffff:127.0.0.1]/' }, /blocked/],
    ['the metadata address', { url: 'https://169.254.169.254/latest' }, /blocked/],
    ['a name that resolves to a private address', { url: 'https://inside.example/' }, /blocked/],
    ['a name with one private address', { url: 'https://half.example/' }, /blocked/],
    ['a low port', { url: 'https://your-app.com:25/' }, /Port 25/],
    ['a URL that is too long', { url: `https://your-app.com/${'a'.repeat(2_100)}` }, /2048/],
    ['a newline in the URL', { url: 'https://your-app.com/\nhook' }, /newline/],
    ['no events', { events: [] }, /./],
    ['an unknown event', { events: ['lead_deleted'] }, /./],
    ['a negative number of retries', { max_retries: -1 }, /./],
    ['a timeout of 0', { timeout: 0 }, /./],
    ['a header with a newline', { custom_headers: { 'X-A': 'a\r\nX-B: b' } }, /newline/],
    ['a reserved header', { custom_headers: { 'X-Webhook-Signature': 'x' } }, /x-webhook-signature/],
    ['a header of the connection', { custom_headers: { Host: 'x' } }, /host/i],
    ['a field that no event carries', { filters: { changed: ['revision'] } }, /./],
    ['an unknown setting', { colour: 'blue' }, /./],
  ])('refuses %s, with a pointer to the field', async (_name, settings, sentence) => {
    const response = await api.request('POST', root, { ...wanted, ...settings });
    expect([response.status, await faultsOf('post', root, response)]).toEqual([400, []]);
    const { errors } = (await response.json()) as { errors: { pointer: string; detail: string }[] };
    expect(errors[0]?.detail).toMatch(sentence);
    expect(errors[0]?.pointer).toMatch(
      new RegExp(`^/body${Object.keys(settings)[0] === 'colour' ? '' : `/${Object.keys(settings)[0]}`}`),
    );
  });

  it('accepts an international name, and a URL of 2,000 characters', async () => {
    expect(await create({ url: 'https://bücher.example/haken' })).toMatchObject({ url: 'https://bücher.example/haken' });
    const url = `https://your-app.com/${'a'.repeat(2_000 - 21)}`;
    expect(await create({ url })).toMatchObject({ url });
  });

  it('is refused without an encryption key, with advice', async () => {
    const other = await startTestApi({ delivery: { encryptionKey: null, guard } });
    const response = await other.request('POST', root, wanted);
    expect([response.status, await faultsOf('post', root, response)]).toEqual([409, []]);
    expect(((await response.json()) as { detail: string }).detail).toMatch('Set ACCORD_ENCRYPTION_KEY');
    expect((await other.get(root)).status).toBe(200);
    await other.close();
  });

  it('needs an API key with the scope', async () => {
    const authorization = `Bearer ${await api.keyFor('webhooks:read', 'sync:write')}`;
    expect(await ask('POST', root, wanted, { authorization })).toMatchObject({ status: 403 });
    expect(await ask('GET', root, undefined, { authorization })).toMatchObject({ status: 200 });
  });
});

it('are refused above the maximum, with the setting to change', async () => {
  const few = await startTestApi({ delivery: { encryptionKey, guard, maxEndpoints: 2 } });
  try {
    const post = () => few.post(root, wanted);
    expect([(await post()).status, (await post()).status]).toEqual([201, 201]);
    const refused = await post();
    expect([refused.status, await faultsOf('post', root, refused)]).toEqual([409, []]);
    expect(await refused.json()).toMatchObject({
      type: 'urn:accord:problem:too-many-endpoints',
      detail: 'There are 2 endpoints already. Delete one, or raise webhooks.maxEndpoints in accord.yaml.',
    });
    const { data } = (await (await few.get(root)).json()) as { data: { id: string }[] };
    await few.request('DELETE', `${root}/${data[0]?.id}`);
    expect((await post()).status).toBe(201);
  } finally {
    await few.close();
  }
});

it('are refused above the maximum also when they are created at once', async () => {
  const few = await startTestApi({ delivery: { encryptionKey, guard, maxEndpoints: 2 } });
  try {
    const answers = await Promise.all(Array.from({ length: 8 }, () => few.post(root, wanted)));
    expect(answers.map(({ status }) => status).toSorted()).toEqual([201, 201, 409, 409, 409, 409, 409, 409]);
  } finally {
    await few.close();
  }
});

describe('an Idempotency-Key', () => {
  const headers = () => ({ 'idempotency-key': randomUUIDv7() });

  it('creates one endpoint with one secret for repeated and concurrent requests', async () => {
    const key = headers();
    const answers = await Promise.all([1, 2, 3].map(() => ask('POST', root, wanted, key)));
    expect(answers.map(({ status }) => status)).toEqual([201, 201, 201]);
    expect(new Set(answers.map(({ body }) => `${body.id} ${body.secret}`)).size).toBe(1);
    expect(answers.filter(({ headers }) => headers.get('idempotency-replayed') === 'true')).toHaveLength(2);
    const stored = await api.db
      .selectFrom('idempotency_key')
      .select('answer')
      .where('key', '=', key['idempotency-key'])
      .execute();
    expect(String(stored[0]?.answer)).not.toContain(answers[0]?.body.secret);
  });

  it('belongs to one request, and is refused with another', async () => {
    const key = headers();
    await ask('POST', root, wanted, key);
    expect(await ask('POST', root, { ...wanted, timeout: 5 }, key)).toMatchObject({
      status: 422,
      body: { detail: expect.stringMatching('another request') },
    });
  });

  it('of another API key is independent', async () => {
    const key = headers();
    const { body } = await ask('POST', root, wanted, key);
    const authorization = `Bearer ${await api.keyFor('webhooks:write')}`;
    const other = await ask('POST', root, wanted, { ...key, authorization });
    expect(other.body.id).not.toBe(body.id);
  });

  it('can be used again after a refused request', async () => {
    const key = headers();
    expect(await ask('POST', root, { ...wanted, url: 'https://localhost/' }, key)).toMatchObject({ status: 400 });
    expect(await ask('POST', root, wanted, key)).toMatchObject({ status: 201 });
  });

  it('expires after a day', async () => {
    const key = headers();
    const { body } = await ask('POST', root, wanted, key);
    await api.db
      .updateTable('idempotency_key')
      .set({ created_at: new Date(Date.now() - 25 * 3_600_000) })
      .where('key', '=', key['idempotency-key'])
      .execute();
    expect((await ask('POST', root, wanted, key)).body.id).not.toBe(body.id);
  });

  it('that is invalid is refused', async () => {
    expect(await ask('POST', root, wanted, { 'idempotency-key': 'a b' })).toMatchObject({ status: 400 });
  });
});

describe('an endpoint', () => {
  it('is shown without its secret', async () => {
    const { id, secret: _, ...rest } = await create();
    const response = await api.get(`${root}/${id}`);
    expect(await faultsOf('get', `${root}/{id}`, response)).toEqual([]);
    expect(await response.json()).toEqual({ id, ...rest });
    expect(await ask('GET', `${root}/${randomUUIDv7()}`)).toMatchObject({ status: 404 });
    expect(await ask('GET', `${root}/nobody`)).toMatchObject({ status: 400 });
  });

  it('is listed page by page, newest first', async () => {
    const ids = [await create(), await create(), await create()].map(({ id }) => id).toReversed();
    const { body } = await ask('GET', `${root}?limit=2`);
    expect(body.data.map(({ id }: { id: string }) => id)).toEqual(ids.slice(0, 2));
    const rest = await api.get(`${root}/?limit=1&cursor=${body.next}`);
    expect(await faultsOf('get', root, rest)).toEqual([]);
    expect(((await rest.json()) as { data: { id: string }[] }).data.map(({ id }) => id)).toEqual(ids.slice(2));
  });

  it('changes only the given settings, and the audit log has values before and after', async () => {
    const { id } = await create({ description: 'old', filters: { tags: ['vip'] }, custom_headers: { 'X-A': 'opensesame' } });
    const response = await api.request('PATCH', `${root}/${id}`, {
      timeout: 10,
      filters: null,
      custom_headers: { 'X-B': 'secret' },
    });
    expect([response.status, await faultsOf('patch', `${root}/{id}`, response)]).toEqual([200, []]);
    expect(await response.json()).toMatchObject({
      description: 'old',
      timeout: 10,
      filters: null,
      custom_headers: { 'X-B': '[redacted]' },
    });
    const { details } = await api.db
      .selectFrom('audit_log')
      .select('details')
      .where('target', '=', id as string)
      .where('action', '=', 'webhook.update')
      .executeTakeFirstOrThrow();
    expect(details).toMatchObject({ before: { timeout: 30 }, after: { timeout: 10, headers: ['X-B'] } });
    expect(await ask('PATCH', `${root}/${id}`, { url: 'https://127.0.0.1/' })).toMatchObject({ status: 400 });
    expect(await ask('PATCH', `${root}/${randomUUIDv7()}`, { timeout: 10 })).toMatchObject({ status: 404 });
  });

  it.each([
    ['of another host', 'https://thief.example/webhook', {}],
    ['of another port', 'https://your-app.com:8443/webhook', {}],
    ['of the same origin', 'https://your-app.com/other', { 'X-Token': 'opensesame' }],
  ])('a new URL %s gets the stored headers only if its origin is the same', async (_, url, headers) => {
    const { id } = (await create({ custom_headers: { 'X-Token': 'opensesame' } })) as { id: string };
    const { body } = await ask('PATCH', `${root}/${id}`, { url });
    expect(Object.keys(body.custom_headers)).toEqual(Object.keys(headers));
    expect((await loadEndpoint(api.db, encryptionKey, id))?.custom_headers).toEqual(headers);
    // Another origin may be given headers of its own.
    await ask('PATCH', `${root}/${id}`, { url: 'https://third.example/', custom_headers: { 'X-Token': 'new' } });
    expect((await loadEndpoint(api.db, encryptionKey, id))?.custom_headers).toEqual({ 'X-Token': 'new' });
  });

  it('can be disabled and enabled, with a clean record afterwards', async () => {
    const { id } = await create();
    await disableEndpoint(api.db, id as string, 'gone');
    await api.db
      .updateTable('webhook_endpoint')
      .set({ breaker_state: 'open', failing_since: new Date() })
      .where('id', '=', id as string)
      .execute();
    expect((await ask('GET', `${root}/${id}`)).body).toMatchObject({
      is_active: false,
      disabled_reason: 'gone',
      breaker: 'open',
    });
    expect((await ask('POST', `${root}/${id}/enable`)).body).toMatchObject({
      is_active: true,
      disabled_reason: null,
      breaker: 'half-open',
      failing_since: null,
    });
    expect((await ask('POST', `${root}/${id}/disable`)).body).toMatchObject({ is_active: false, disabled_reason: 'operator' });
    expect((await ask('PATCH', `${root}/${id}`, { is_active: true })).body).toMatchObject({
      is_active: true,
      breaker: 'closed',
    });
    expect((await ask('GET', `${root}?is_active=false`)).body.data.map((each: { id: string }) => each.id)).not.toContain(id);
  });

  it('is deleted with its pending deliveries', async () => {
    const { id } = await create();
    const deliveries = await publish(api.db);
    expect(await ask('DELETE', `${root}/${id}`)).toMatchObject({ status: 204, body: null });
    for (const path of [`${root}/${id}`, `${root}/${id}/test`])
      expect(await ask(path.endsWith('test') ? 'POST' : 'GET', path)).toMatchObject({ status: 404 });
    expect(await ask('DELETE', `${root}/${id}`)).toMatchObject({ status: 404 });
    const own = deliveries.find(({ endpoint_id }) => endpoint_id === id);
    expect(
      await api.db
        .selectFrom('webhook_delivery')
        .select('state')
        .where('id', '=', own?.id as string)
        .execute(),
    ).toEqual([{ state: 'cancelled' }]);
  });

  it('gets a test event', async () => {
    const { id } = await create({ events: ['new_lead'] });
    const response = await api.post(`${root}/${id}/test`);
    expect([response.status, await faultsOf('post', `${root}/{id}/test`, response)]).toEqual([202, []]);
    const { delivery_id, event_id } = (await response.json()) as Record<string, string>;
    const [due] = await listDueDeliveries(api.db, id as string, 10);
    expect(due).toMatchObject({ id: delivery_id, eventId: event_id, eventType: 'webhook.test', trigger: 'test' });
    expect(JSON.parse(String(due?.body))).toMatchObject({ id: event_id, event: 'webhook.test' });
    await ask('POST', `${root}/${id}/disable`);
    expect(await ask('POST', `${root}/${id}/test`)).toMatchObject({ status: 409 });
  });

  it.each<[string, object | undefined, number]>([
    ['for a day where nothing is said', undefined, 24],
    ['for as long as is said', { overlap_hours: 1.5 }, 1.5],
    ['for seven days at most', { overlap_hours: 168 }, 168],
    ['not at all, at once', { immediate: true }, 0],
  ])('gets a new secret, and the old one signs %s', async (_name, body, hours) => {
    const { id, secret: old } = await create();
    const before = Date.now();
    const response = await api.post(`${root}/${id}/rotate-secret`, body);
    expect([response.status, await faultsOf('post', `${root}/{id}/rotate-secret`, response)]).toEqual([200, []]);
    const { secret, previous_secret_expires_at: until } = (await response.json()) as Record<string, string>;
    const loaded = await loadEndpoint(api.db, encryptionKey, id as string);
    expect(loaded?.secrets).toEqual({ current: secret, previous: hours === 0 ? [] : [old] });
    if (hours === 0) expect(until).toBeNull();
    else expect(Math.abs(Date.parse(until as string) - before - hours * 3_600_000)).toBeLessThan(60_000);
  });

  it('keeps up to ten old secrets, and then gives advice', async () => {
    const { id } = await create();
    for (let turn = 0; turn < 10; turn += 1) await ask('POST', `${root}/${id}/rotate-secret`, {});
    const response = await api.post(`${root}/${id}/rotate-secret`);
    expect([response.status, await faultsOf('post', `${root}/{id}/rotate-secret`, response)]).toEqual([409, []]);
    expect(await response.json()).toMatchObject({ detail: expect.stringMatching(/`immediate`/) });
    expect(await ask('POST', `${root}/${id}/rotate-secret`, { immediate: true })).toMatchObject({ status: 200 });
  });

  it('cannot have an overlap of more than seven days', async () => {
    const { id } = await create();
    expect(await ask('POST', `${root}/${id}/rotate-secret`, { overlap_hours: 169 })).toMatchObject({ status: 400 });
  });

  it('answers other methods with the allowed ones', async () => {
    const response = await api.request('PUT', `${root}/${randomUUIDv7()}`, {});
    expect([response.status, response.headers.get('allow')]).toEqual([405, 'GET, PATCH, DELETE']);
  });
});
