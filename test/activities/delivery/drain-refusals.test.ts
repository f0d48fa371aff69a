import { afterEach, describe, expect, it } from '@jest/globals';
import { createReceivers } from '#test/delivery/receiver.ts';
import { publicGuard, useDrains } from './draining.ts';

const drains = useDrains();
const receivers = createReceivers();
afterEach(() => receivers.close());

/** The only delivery of an endpoint, and its attempts, after all retries. */
async function outcomeOf(settings: Parameters<typeof drains.endpoint>[0], options: Parameters<typeof drains.drain>[1] = {}) {
  const endpoint = await drains.endpoint(settings);
  await drains.publish();
  await drains.drain(endpoint, { lingerMs: 100, ...options });
  const [delivery] = await drains.deliveriesOf(endpoint);
  if (!delivery) throw new Error('Nothing was published');
  return { endpoint, delivery, attempts: await drains.attemptsOf(delivery.id) };
}

const guard = publicGuard({ 'half.example': ['93.184.215.14', '127.0.0.1'], 'inside.example': ['10.0.0.5'] });

describe('a forbidden target', () => {
  // Registered under other rules, or with a name that resolved elsewhere.
  it.each<[words: string, errorClass: string, url: string]>([
    ['must not contain a user name or password', 'invalid_url', 'https://user:password@your-app.example/'],
    ['must not contain a fragment', 'invalid_url', 'https://your-app.example/#hook'],
    ['must begin with https://', 'invalid_url', 'http://your-app.example/'],
    ['the maximum is 2048', 'invalid_url', `https://your-app.example/${'x'.repeat(2_100)}`],
    ['(loopback)', 'ssrf_blocked', 'https://localhost/'],
    ['(loopback)', 'ssrf_blocked', 'https://2130706433/'],
    ['(loopback)', 'ssrf_blocked', 'https://0177.0.0.1/'],
    ['(loopback)', 'ssrf_blocked', 'https://[::ffff:127.0.0.1]/'],
    ['(NAT64)', 'ssrf_blocked', 'https://[64:ff9b::a9fe:a9fe]/'],
    ['(cloud metadata)', 'ssrf_blocked', 'https://169.254.169.254/latest/meta-data/'],
    ['Port 25', 'ssrf_blocked', 'https://your-app.example:25/'],
    ['inside.example resolves to 10.0.0.5', 'ssrf_blocked', 'https://inside.example/'],
    ['half.example resolves to 127.0.0.1', 'ssrf_blocked', 'https://half.example/'],
  ])('makes a delivery dead at once, with a reason: %s', async (words, errorClass, url) => {
    const { endpoint, delivery, attempts } = await outcomeOf({ url }, { guard });
    expect(delivery).toMatchObject({ state: 'dead', dead_reason: 'permanent', attempts: 1, last_error_class: errorClass });
    expect(delivery.last_error).toContain(words);
    expect(attempts).toMatchObject([
      { number: 1, status: null, error_class: errorClass, remote_address: null, response_body: null },
    ]);
    expect(await drains.rowOf(endpoint)).toMatchObject({ is_active: true });
  });

  it('gets no connection when its name resolves elsewhere since', async () => {
    const receiver = await receivers.serve();
    const names = { 'rebinding.example': ['93.184.215.14'] };
    const guard = { ...publicGuard(names), requireHttps: false };
    const url = `http://rebinding.example:${receiver.port}/`;
    expect(await guard.resolve('rebinding.example')).toHaveLength(1);
    names['rebinding.example'] = ['127.0.0.1'];
    const { delivery } = await outcomeOf({ url }, { guard });
    expect(delivery).toMatchObject({ state: 'dead', last_error_class: 'ssrf_blocked' });
    expect(receiver.connections).toBe(0);
  });

  it('is not reached by a redirect to the metadata service', async () => {
    const location = 'http://169.254.169.254/latest/meta-data/';
    const { url, received } = await receivers.serve((_, response) => void response.writeHead(307, { location }).end());
    const { delivery, attempts } = await outcomeOf({ url });
    expect(delivery).toMatchObject({ state: 'dead', dead_reason: 'permanent', attempts: 1, last_status: 307 });
    expect(attempts).toMatchObject([{ status: 307, error_class: 'redirect', response_headers: { location } }]);
    expect(delivery.last_error).toContain(`a redirect to ${location}. Redirects are not followed. Update the URL`);
    expect(received).toHaveLength(1);
  });
});

describe('custom headers', () => {
  it('with a newline are neither sent nor quoted', async () => {
    const { url, received } = await receivers.serve();
    const { delivery, attempts } = await outcomeOf({ url, custom_headers: { 'X-A': 'opensesame\r\nX-B: two' } });
    expect(delivery).toMatchObject({ state: 'dead', dead_reason: 'permanent', last_error_class: 'invalid_headers' });
    expect(JSON.stringify([delivery, attempts])).not.toContain('opensesame');
    expect(received).toEqual([]);
  });

  it('are sent, and masked in the log even when the receiver echoes them', async () => {
    const { url, received } = await receivers.serve((request, response) => response.end(`got ${request.headers['x-tenant']}`));
    const { attempts } = await outcomeOf({ url, custom_headers: { 'X-Tenant': 'opensesame' } });
    expect(received[0]?.headers).toMatchObject({ 'x-tenant': 'opensesame' });
    expect(attempts).toMatchObject([{ request_headers: { 'X-Tenant': '[redacted]' }, response_body: 'got [redacted]' }]);
  });
});

describe('a response', () => {
  it.each([400, 401, 403, 404, 408, 422, 429, 500, 502, 503])(
    'of %d is tried again, and is the last error then',
    async (status) => {
      const { url } = await receivers.serve((_, response) => void response.writeHead(status).end('no'));
      const { endpoint, delivery, attempts } = await outcomeOf({ url, max_retries: 1 });
      expect(delivery).toMatchObject({ state: 'dead', dead_reason: 'exhausted', attempts: 2, last_status: status });
      expect(attempts).toMatchObject(
        [1, 2].map((number) => ({ number, status, response_body: 'no', remote_address: '127.0.0.1' })),
      );
      expect(delivery.last_error).toContain(`The receiver responded ${status}`);
      expect(await drains.rowOf(endpoint)).toMatchObject({ is_active: true, last_error: delivery.last_error });
    },
  );

  it('can abort the message for good', async () => {
    const headers = { 'webhook-delivery': 'abort-message' };
    const { url } = await receivers.serve((_, response) => void response.writeHead(500, headers).end());
    const { endpoint, delivery } = await outcomeOf({ url });
    expect(delivery).toMatchObject({ state: 'dead', dead_reason: 'permanent', attempts: 1 });
    expect(await drains.rowOf(endpoint)).toMatchObject({ is_active: true });
  });

  it.each<[number, object]>([
    [200, { state: 'delivered' }],
    [500, { state: 'dead', dead_reason: 'gone' }],
  ])('with %d can disable the endpoint', async (status, expected) => {
    const headers = { 'webhook-delivery': 'disable' };
    const { url } = await receivers.serve((_, response) => void response.writeHead(status, headers).end());
    const { endpoint, delivery } = await outcomeOf({ url });
    expect(delivery).toMatchObject({ attempts: 1, ...expected });
    expect(await drains.rowOf(endpoint)).toMatchObject({ is_active: false, disabled_reason: 'gone' });
  });
});
