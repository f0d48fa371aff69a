import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { document } from '#test/api/docs/openapi-check.ts';
import { startTestApi, type TestApi } from '#test/api/test-api.ts';

let api: TestApi;
let own: Endpoint;
let foreign: Endpoint;
beforeAll(async () => {
  // Each refusal counts as a wrong key of this address.
  api = await startTestApi({ limits: { requests: 10_000, failures: 10_000 } });
  [own, foreign] = [await createEndpoint('own'), await createEndpoint('foreign')];
});
afterAll(() => api.close());

interface Endpoint {
  id: string;
  /** Of a test event. */
  deliveryId: string;
}

async function createEndpoint(name: string): Promise<Endpoint> {
  const url = `https://${name}.example.com/hook?token=abc`;
  const created = await api.post('/api/v1/webhooks', { url, events: ['new_lead'] });
  const { id } = (await created.json()) as { id: string };
  const sent = await api.post(`/api/v1/webhooks/${id}/test`);
  return { id, deliveryId: ((await sent.json()) as { delivery_id: string }).delivery_id };
}

interface Link {
  id: string;
  url: string;
  token: string;
}

async function createLink(body: object = {}): Promise<Link> {
  const response = await api.post(`/api/v1/webhooks/${own.id}/portal-links`, body);
  const link = (await response.json()) as Omit<Link, 'token'>;
  return { ...link, token: link.url.split('#link=')[1] ?? '' };
}

const pages = { 'x-accord-admin': '1', 'content-type': 'application/json' };

const openLink = (link: string) =>
  fetch(`${api.url}/api/v1/portal/session`, { method: 'POST', headers: pages, body: JSON.stringify({ link }) });

async function visit({ token } = {} as Pick<Link, 'token'>) {
  const cookie = String((await openLink(token)).headers.get('set-cookie')).split(';')[0] ?? '';
  return (method: string, path: string, headers: Record<string, string> = pages) =>
    fetch(api.url + path, { method, headers: { ...headers, cookie } });
}

const asSubscriber = async (body?: object) => visit(await createLink(body));

const idsOf = async (response: Response) =>
  ((await response.json()) as { data: { endpoint_id: string }[] }).data.map(({ endpoint_id: id }) => id);

describe('a link', () => {
  it('opens the log, the attempts, replay and a test event of its endpoint', async () => {
    const call = await asSubscriber();
    const seen = await (await call('GET', '/api/v1/portal')).json();
    expect(seen).toMatchObject({ endpoints: [{ id: own.id, url: expect.not.stringContaining('abc') }] });
    const { data } = (await (await call('GET', '/api/v1/portal/deliveries')).json()) as { data: object[] };
    expect(data).toContainEqual(expect.objectContaining({ id: own.deliveryId, endpoint_id: own.id }));
    const delivery = await (await call('GET', `/api/v1/portal/deliveries/${own.deliveryId}`)).json();
    expect(delivery).toMatchObject({ payload: { event: 'webhook.test' }, attempt_log: [] });
    expect((await call('POST', `/api/v1/portal/deliveries/${own.deliveryId}/replay`)).status).toBe(202);
    expect((await call('POST', `/api/v1/portal/endpoints/${own.id}/test`)).status).toBe(202);
    expect(await (await api.get('/api/v1/audit-log?action=delivery.replay')).text()).toContain('portal-link:');
  });

  it('opens nothing of another endpoint', async () => {
    const call = await asSubscriber();
    const refused = [
      await call('GET', `/api/v1/portal/deliveries/${foreign.deliveryId}`),
      await call('POST', `/api/v1/portal/deliveries/${foreign.deliveryId}/replay`),
      await call('POST', `/api/v1/portal/endpoints/${foreign.id}/test`),
    ];
    expect(refused.map(({ status }) => status)).toEqual([404, 404, 404]);
    expect(new Set(await idsOf(await call('GET', '/api/v1/portal/deliveries')))).toEqual(new Set([own.id]));
    expect(await idsOf(await call('GET', `/api/v1/portal/deliveries?endpoint_id=${foreign.id}`))).toEqual([]);
  });

  it('opens several endpoints of one subscriber, until one is deleted', async () => {
    const third = await createEndpoint('third');
    const call = await asSubscriber({ endpoint_ids: [third.id] });
    const count = async () => ((await (await call('GET', '/api/v1/portal')).json()) as { endpoints: object[] }).endpoints.length;
    const before = await count();
    await api.request('DELETE', `/api/v1/webhooks/${third.id}`);
    expect([before, await count()]).toEqual([2, 1]);
    expect((await call('GET', `/api/v1/portal/deliveries/${third.deliveryId}`)).status).toBe(404);
  });

  it('opens no other operation of the API', async () => {
    const call = await asSubscriber();
    const operations = Object.entries(document.paths ?? {}).flatMap(([path, methods]) =>
      Object.entries(methods as Record<string, { security?: object[] }>).map(([method, { security = [] }]) => ({
        ...{ method: method.toUpperCase(), path, needs: security.flatMap((each) => Object.keys(each)) },
      })),
    );
    const guarded = operations.filter(({ needs }) => needs.length > 0 && !needs.includes('portal'));
    expect(guarded.length).toBeGreaterThan(70);
    for (const { method, path } of guarded) {
      const { status } = await call(method, path.replaceAll(/\{\w+\}/g, own.id));
      expect([method, path, status]).toEqual([method, path, 401]);
    }
    expect((await call('GET', '/metrics')).status).toBe(401);
  });

  it('gives a cookie that browsers send to the portal only, and that scripts and other sites cannot use', async () => {
    const response = await openLink((await createLink()).token);
    const cookie = String(response.headers.get('set-cookie'));
    expect(cookie).toMatch(/^accord_portal=[\w-]{43}; Path=\/api\/v1\/portal; Expires=[^;]+; HttpOnly; SameSite=Strict$/);
    const call = await asSubscriber();
    expect((await call('POST', `/api/v1/portal/endpoints/${own.id}/test`, {})).status).toBe(403);
    expect((await call('GET', '/api/v1/portal', { 'sec-fetch-site': 'cross-site' })).status).toBe(403);
  });

  it('says that it has expired, and ends what it had opened', async () => {
    const link = await createLink({ expires_in_hours: 1 });
    const call = await visit(link);
    const before = (await call('GET', '/api/v1/portal')).status;
    await api.db
      .updateTable('portal_link')
      .set({ expires_at: new Date(0) })
      .where('id', '=', link.id)
      .execute();
    const problem = { type: 'urn:accord:problem:link-expired', detail: expect.stringContaining('Ask the people') };
    expect([before, await (await call('GET', '/api/v1/portal')).json()]).toMatchObject([200, problem]);
    expect(await (await openLink(link.token)).json()).toMatchObject(problem);
  });

  it('is listed without its token, and withdrawn', async () => {
    const link = await createLink();
    const call = await visit(link);
    const listed = await (await api.get(`/api/v1/webhooks/${own.id}/portal-links`)).text();
    expect(listed).toContain(link.id);
    expect(listed).not.toContain(link.token);
    const paths = [foreign.id, own.id].map((id) => `/api/v1/webhooks/${id}/portal-links/${link.id}`);
    const answers = [];
    for (const path of paths) answers.push((await api.request('DELETE', path)).status);
    expect([...answers, (await call('GET', '/api/v1/portal')).status]).toEqual([404, 204, 401]);
  });

  it('is made by nobody who reads masked answers, and for no unknown endpoint', async () => {
    const headers = { authorization: `Bearer ${await api.keyFor('viewer')}` };
    expect((await api.request('POST', `/api/v1/webhooks/${own.id}/portal-links`, {}, headers)).status).toBe(403);
    expect((await api.post(`/api/v1/webhooks/${own.deliveryId}/portal-links`, {})).status).toBe(404);
    expect((await api.get('/api/v1/portal')).status).toBe(401);
  });
});
