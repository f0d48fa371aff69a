import { createServer as createTlsServer } from 'node:https';
import { createServer, type Socket } from 'node:net';
import { setInterval } from 'node:timers/promises';
import tls from 'node:tls';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from '@jest/globals';
import type { EndpointSettings } from '#db/delivery/endpoints.ts';
import { createAddressGuard } from '#delivery/address-guard.ts';
import { createAuthority } from '#test/delivery/certificates.ts';
import { createReceivers, pour } from '#test/delivery/receiver.ts';
import { useDrains } from './draining.ts';

const drains = useDrains();
const receivers = createReceivers();
afterEach(() => receivers.close());

const kept = 64 * 1024;

/** Sends one delivery with one retry. */
async function outcomeOf(
  settings: Partial<EndpointSettings> & { url: string },
  options: Parameters<typeof drains.drain>[1] = {},
) {
  const endpoint = await drains.endpoint({ max_retries: 1, timeout_seconds: 20, ...settings });
  await drains.publish();
  await drains.drain(endpoint, { lingerMs: 100, ...options });
  const [delivery] = await drains.deliveriesOf(endpoint);
  if (!delivery) throw new Error('Nothing was published');
  return { endpoint, delivery, attempts: await drains.attemptsOf(delivery.id) };
}

/** A server that acts as soon as a request begins to arrive. */
async function answerRaw(act: (socket: Socket) => unknown): Promise<string> {
  const port = await receivers.listen(createServer((socket) => void socket.once('data', () => act(socket))));
  return `http://127.0.0.1:${port}/`;
}

describe('a response', () => {
  it.each<[string, string, number | null, string]>([
    [
      'its body',
      'HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n',
      200,
      'The response (status 200) was not complete after 1 s.',
    ],
    ['its headers', 'HTTP/1.1 200 OK\r\nX-Long: ', null, 'No response within 1 s.'],
  ])('that sends %s byte by byte times out, whatever its status', async (_what, start, status, words) => {
    const url = await answerRaw(async (socket) => {
      socket.write(start);
      for await (const _ of setInterval(20)) if (socket.destroyed || !socket.write('x')) return;
    });
    const { delivery, attempts } = await outcomeOf({ url, timeout_seconds: 1 });
    expect(delivery).toMatchObject({ state: 'dead', dead_reason: 'exhausted', attempts: 2, last_error: words });
    expect(attempts).toMatchObject([1, 2].map((number) => ({ number, status, error_class: 'timeout' })));
  });

  it.each([
    ['never ends', 'HTTP/1.1 200 OK\r\n\r\n'],
    ['is a gigabyte', `HTTP/1.1 200 OK\r\nContent-Length: ${1024 ** 3}\r\n\r\n`],
  ])('that %s is read up to 64 KB, and the delivery is done', async (_what, start) => {
    const poured: Promise<number>[] = [];
    const url = await answerRaw((socket) => {
      socket.write(start);
      poured.push(pour(socket));
    });
    const { delivery, attempts } = await outcomeOf({ url, timeout_seconds: 20 });
    expect(delivery).toMatchObject({ state: 'delivered', attempts: 1 });
    expect(attempts).toMatchObject([{ status: 200, error_class: null, response_body: 'x'.repeat(kept) }]);
    expect(poured).toHaveLength(1);
    // Bytes in the buffers of the two sockets.
    expect(await poured[0]).toBeLessThan(64 * 1024 * 1024);
  });

  it('that would decompress to gigabytes is not decompressed', async () => {
    const bomb = gzipSync(Buffer.alloc(50_000_000));
    const { url } = await receivers.serve((_, response) => void response.setHeader('Content-Encoding', 'gzip').end(bomb));
    const { delivery, attempts } = await outcomeOf({ url, timeout_seconds: 20 });
    expect(delivery).toMatchObject({ state: 'delivered', attempts: 1 });
    expect(attempts).toMatchObject([{ status: 200, response_body: '(compressed as gzip, not shown)' }]);
  });

  it('with bytes that are no text is kept as far as it is text', async () => {
    const bytes = Buffer.from([0x6f, 0x6b, 0x00, 0xff, 0xed, 0xa0, 0x80]);
    const { url } = await receivers.serve((_, response) => void response.setHeader('X-Note', 'gr\xfc\xdfe').end(bytes));
    const { delivery, attempts } = await outcomeOf({ url });
    expect(delivery.state).toBe('delivered');
    expect(attempts[0]?.response_body).toMatch(/^ok\ufffd+$/);
  });
});

describe('a subscriber', () => {
  it('that refuses connections is retried', async () => {
    const { url } = await receivers.serve();
    await receivers.close();
    const { delivery, attempts } = await outcomeOf({ url });
    expect(delivery).toMatchObject({ state: 'dead', attempts: 2, last_error_class: 'connection_refused', last_status: null });
    expect(attempts).toMatchObject([{ remote_address: null, response_headers: null }, { number: 2 }]);
  });

  it('with an unknown host name is retried', async () => {
    const { delivery } = await outcomeOf({ url: 'http://does-not-exist.invalid/', timeout_seconds: 20 });
    expect(delivery).toMatchObject({ state: 'dead', dead_reason: 'exhausted', attempts: 2, last_error_class: 'dns_error' });
  });

  it.each([
    ['hangs up', (socket: Socket) => socket.resetAndDestroy(), 'connection_reset'],
    [
      'breaks off in its answer',
      (socket: Socket) => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n1'),
      'connection_reset',
    ],
    ['speaks another protocol', (socket: Socket) => socket.write('SSH-2.0-OpenSSH_9.9\r\n'), 'invalid_response'],
    ['never responds', () => {}, 'timeout'],
  ])('that %s is retried', async (_what, act, errorClass) => {
    const timeout_seconds = errorClass === 'timeout' ? 1 : 20;
    const { delivery } = await outcomeOf({ url: await answerRaw(act), timeout_seconds });
    expect(delivery).toMatchObject({ state: 'dead', dead_reason: 'exhausted', attempts: 2, last_error_class: errorClass });
  });

  it('with a certificate for another name gets no request, and is retried', async () => {
    const authority = await createAuthority();
    const trusted = tls.getCACertificates('default');
    tls.setDefaultCACertificates([...trusted, authority.certificate]);
    drains.cleanUp(async () => tls.setDefaultCACertificates(trusted));
    drains.cleanUp(() => authority.close());
    let requests = 0;
    const server = createTlsServer(await authority.issue('DNS:other.example'), (_, response) => {
      requests += 1;
      response.end();
    });
    const port = await receivers.listen(server);
    const resolve = async () => [{ address: '127.0.0.1', family: 4 }];
    const guard = createAddressGuard({ allowPrivateCidrs: ['127.0.0.0/8'], resolve });
    const wrong = await outcomeOf({ url: `https://hooks.example:${port}/`, timeout_seconds: 20 }, { guard });
    expect(wrong.delivery).toMatchObject({ state: 'dead', dead_reason: 'exhausted', attempts: 2, last_error_class: 'tls_error' });
    expect(wrong.delivery.last_error).toContain('ERR_TLS_CERT_ALTNAME_INVALID');
    expect(requests).toBe(0);
    const right = await outcomeOf({ url: `https://other.example:${port}/`, timeout_seconds: 20 }, { guard });
    expect(right.delivery).toMatchObject({ state: 'delivered' });
    expect(right.attempts[0]?.timings).toMatchObject({ tlsMs: expect.any(Number) });
  });
});
