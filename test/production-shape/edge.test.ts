import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '#test/setup/eventually.ts';
import { findCaddy } from './caddy.ts';
import { type Installation, openInstallation, restartRolling } from './installation.ts';

interface Answer {
  status: number;
  retryAfter: string | undefined;
}

if (!findCaddy()) console.warn('SKIPPED: Caddy is not installed: see docs/operating.md.');

let installation: Installation;
const json = { 'content-type': 'application/json' };

function ask(method: string, path: string, { headers = json, from = '127.0.0.1', body = '{}' } = {}): Promise<Answer> {
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  const { hostname, port } = new URL(installation.edge.url);
  const outgoing = request({ method, hostname, port, path, headers, localAddress: from, agent: false }, (response) => {
    response.resume();
    response.once('end', () => resolve({ status: Number(response.statusCode), retryAfter: response.headers['retry-after'] }));
  });
  outgoing.once('error', reject);
  outgoing.end(method === 'GET' ? undefined : body);
  return promise;
}

/** An unsigned webhook, which an api refuses with 401. */
const post = (path: string) => ask('POST', path);

(findCaddy() ? describe : describe.skip)('deploy/Caddyfile', () => {
  beforeAll(async () => {
    installation = await openInstallation();
    await Promise.all(installation.apis.map((each) => each.start()));
  }, 120_000);
  afterAll(() => installation.close());

  it('tells the api the address that connected, whatever the client says', async () => {
    const headers = { ...json, 'x-forwarded-for': '203.0.113.9', forwarded: 'for=203.0.113.9', 'x-real-ip': '203.0.113.9' };
    expect(await ask('POST', '/webhooks/square', { headers, from: '127.9.8.7' })).toMatchObject({ status: 401 });
    await eventually(async () => {
      const refusals = await installation.db.selectFrom('ingress_refusal').select('remote_address').execute();
      expect(refusals.map(({ remote_address }) => remote_address)).toEqual(['127.9.8.7']);
    });
  });

  it.each(['/metrics', '/w/acme/metrics', '/metrics?x=1', '/METRICS', '//metrics', '/%6Detrics', '/w/../metrics'])(
    'does not show metrics at %s',
    async (path) => {
      const [address = ''] = installation.edge.apis;
      expect((await fetch(`http://${address}:8080/metrics`)).status).not.toBe(404);
      expect(await ask('GET', path)).toMatchObject({ status: 404 });
    },
  );

  it('lets the api refuse a body that is too long, and none through that is far too long', async () => {
    expect(await ask('POST', '/webhook/ghl', { body: ' '.repeat(300_000) })).toMatchObject({ status: 413 });
    expect(await ask('POST', '/webhook/ghl', { body: ' '.repeat(1_100_000) })).toMatchObject({ status: 413 });
  });

  it('passes everything to the other api while one is killed, and restarts one after the other, without anybody noticing', async () => {
    const answers: Answer[] = [];
    const stopping = new AbortController();
    const repeat = async () => {
      while (!stopping.signal.aborted) answers.push(await post('/webhook/ghl'), await ask('GET', '/healthz'));
    };
    // At every moment a request is under way.
    const asking = Promise.all(Array.from({ length: 8 }, repeat));
    const further = async () => {
      const wanted = answers.length + 200;
      await eventually(() => expect(answers.length).toBeGreaterThan(wanted), 120_000);
    };
    await further();
    await installation.apis[0].kill();
    await further();
    await installation.apis[0].start();
    await restartRolling(installation.apis);
    await further();
    stopping.abort();
    await asking;
    expect(answers.filter(({ status }) => status !== 200 && status !== 401)).toEqual([]);
  }, 180_000);

  it('has GoHighLevel send again by 429, and everybody else by 503, while no api answers; and passes requests as soon as one does', async () => {
    await Promise.all(installation.apis.map((each) => each.stop()));
    await expectToSendAgain();
    // The containers are gone: their name does not exist any more.
    const { apis } = installation.edge;
    const addresses = apis.splice(0);
    await expectToSendAgain();
    apis.push(...addresses);
    await installation.apis[0].start();
    await eventually(async () => expect(await post('/webhook/ghl')).toMatchObject({ status: 401 }));
  }, 120_000);
});

async function expectToSendAgain(): Promise<void> {
  const ghl = [
    '/webhook/ghl',
    '/webhooks/ghl',
    '/webhook/ghl-workflow',
    '/webhook/ghl-workflow/gohighlevel-west',
    '/w/acme/webhook/ghl',
  ];
  const others = ['/webhooks/square', '/w/acme/webhooks/square', '/webforms/contact'];
  const answers = await Promise.all([...ghl, ...others].map(post));
  expect(answers).toEqual([
    ...ghl.map(() => ({ status: 429, retryAfter: '30' })),
    ...others.map(() => ({ status: 503, retryAfter: '30' })),
  ]);
}
