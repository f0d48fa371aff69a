import { createServer, type Socket } from 'node:net';
import { setInterval } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from '@jest/globals';
import { createAddressGuard } from '#delivery/address-guard.ts';
import { eventually } from '#test/setup/eventually.ts';
import { createReceivers, pour, send } from './receiver.ts';

const receivers = createReceivers();
afterEach(() => receivers.close());

const kept = 64 * 1024;

/** A server that acts as soon as a request begins to arrive. */
async function answerRaw(act: (socket: Socket) => unknown): Promise<string> {
  const port = await receivers.listen(createServer((socket) => void socket.once('data', () => act(socket))));
  return `http://127.0.0.1:${port}/`;
}

async function drip(socket: Socket): Promise<void> {
  for await (const _ of setInterval(10)) {
    if (socket.destroyed) return;
    socket.write('x');
  }
}

describe('a slow response', () => {
  it.each([
    ['drips a byte at a time', 'HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n', 200, 'was not complete after 2 s'],
    ['drips its headers', 'HTTP/1.1 200 OK\r\nX-Long: ', null, 'No response within 2 s'],
  ])('that %s times out', async (_, start, status, words) => {
    const url = await answerRaw((socket) => {
      socket.write(start);
      return drip(socket);
    });
    const outcome = await send({ url, timeoutSeconds: 2 });
    expect(outcome).toMatchObject({ ok: false, status, errorClass: 'timeout', permanent: false });
    expect(outcome.error).toContain(words);
  });

  it('that never comes times out, and its connection is closed', async () => {
    let closed = false;
    const url = await answerRaw((socket) => {
      socket.once('close', () => {
        closed = true;
      });
    });
    expect(await send({ url, timeoutSeconds: 2 })).toMatchObject({
      ...{ ok: false, status: null, errorClass: 'timeout', error: 'No response within 2 s.' },
      ...{ remoteAddress: '127.0.0.1', timings: { connectMs: expect.any(Number), firstByteMs: null } },
    });
    await eventually(() => expect(closed).toBe(true));
  });

  it('times out when its name is never resolved', async () => {
    const guard = createAddressGuard({ requireHttps: false, resolve: () => new Promise(() => {}) });
    expect(await send({ url: 'http://silent.example/', timeoutSeconds: 0.2, guard })).toMatchObject({
      ...{ ok: false, errorClass: 'timeout', error: 'No connection within 0.2 s.', remoteAddress: null },
    });
  });

  it('times out when the TLS handshake never completes', async () => {
    const url = await answerRaw(() => {});
    expect(await send({ url: url.replace('http:', 'https:'), timeoutSeconds: 0.2 })).toMatchObject({ errorClass: 'timeout' });
  });
});

describe('a response that is too long', () => {
  it.each([
    ['never ends', 'HTTP/1.1 200 OK\r\n\r\n'],
    ['is a gigabyte by its own account', `HTTP/1.1 200 OK\r\nContent-Length: ${1024 ** 3}\r\n\r\n`],
  ])('because it %s is read up to 64 KB and closed', async (_, start) => {
    let poured: Promise<number> | null = null;
    const url = await answerRaw((socket) => {
      socket.write(start);
      poured = pour(socket);
    });
    const outcome = await send({ url });
    expect(outcome).toMatchObject({ ok: true, status: 200 });
    expect(outcome.responseBody).toBe('x'.repeat(kept));
    // Bytes in the buffers of the two sockets.
    expect(await poured).toBeLessThan(64 * 1024 * 1024);
  });

  it('because it is compressed is not decompressed', async () => {
    const bomb = gzipSync(Buffer.alloc(50_000_000));
    const { url, received } = await receivers.serve((_, response) => {
      response.setHeader('Content-Encoding', 'gzip').end(bomb);
    });
    expect(await send({ url })).toMatchObject({ ok: true, responseBody: '(compressed as gzip, not shown)' });
    expect(bomb.length).toBeLessThan(kept);
    expect(received).toHaveLength(1);
  });

  it('by one byte is cut, and the next delivery gets a new connection', async () => {
    const receiver = await receivers.serve((_, response) => void response.end('x'.repeat(kept + 1)));
    for (let count = 0; count < 2; count += 1) expect((await send({ url: receiver.url })).responseBody).toHaveLength(kept);
    expect(receiver.connections).toBe(2);
  });

  it('is longer than 64 KB, not exactly 64 KB', async () => {
    const receiver = await receivers.serve((_, response) => void response.end('x'.repeat(kept)));
    for (let count = 0; count < 2; count += 1) expect((await send({ url: receiver.url })).responseBody).toHaveLength(kept);
    expect(receiver.connections).toBe(1);
  });
});

describe('a kept-alive connection that the receiver closes as the next request arrives', () => {
  it('is no attempt: the request is sent again at once, on a new connection', async () => {
    let connections = 0;
    const server = createServer((socket) => {
      connections += 1;
      let requests = 0;
      socket.on('data', (data) => {
        if (!data.toString('latin1').startsWith('POST ')) return;
        requests += 1;
        if (connections === 1 && requests === 2) socket.resetAndDestroy();
        else socket.write('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n');
      });
    });
    const url = `http://127.0.0.1:${await receivers.listen(server)}/`;
    for (let count = 0; count < 2; count += 1) expect(await send({ url })).toMatchObject({ ok: true, status: 200 });
    expect(connections).toBe(2);
  });

  it('is an attempt when the new connection fails as well', async () => {
    let requests = 0;
    const server = createServer((socket) => {
      socket.on('data', (data) => {
        if (!data.toString('latin1').startsWith('POST ')) return;
        requests += 1;
        if (requests > 1) socket.resetAndDestroy();
        else socket.write('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n');
      });
    });
    const url = `http://127.0.0.1:${await receivers.listen(server)}/`;
    await send({ url });
    expect(await send({ url })).toMatchObject({ ok: false, status: null, errorClass: 'connection_reset' });
    expect(requests).toBe(3);
  });
});

describe('a receiver that breaks the connection', () => {
  it('before its response is reported as a reset', async () => {
    const url = await answerRaw((socket) => socket.resetAndDestroy());
    expect(await send({ url })).toMatchObject({ ok: false, status: null, errorClass: 'connection_reset', permanent: false });
  });

  it('without a response is reported as a closed connection', async () => {
    const url = await answerRaw((socket) => socket.end());
    expect(await send({ url })).toMatchObject({ ok: false, status: null, errorClass: 'connection_reset' });
  });

  it.each(['Content-Length: 10', 'Transfer-Encoding: chunked'])(
    'in its answer (%s) has not accepted the webhook',
    async (length) => {
      const url = await answerRaw((socket) => socket.end(`HTTP/1.1 200 OK\r\n${length}\r\n\r\n1`));
      const outcome = await send({ url });
      expect(outcome).toMatchObject({ ok: false, status: 200, permanent: false });
      expect(['connection_reset', 'invalid_response']).toContain(outcome.errorClass);
    },
  );

  it('by refusing it is reported as a refusal', async () => {
    const { url } = await receivers.serve();
    await receivers.close();
    expect(await send({ url })).toMatchObject({
      ok: false,
      errorClass: 'connection_refused',
      permanent: false,
      remoteAddress: null,
    });
  });
});

describe('a receiver that does not speak HTTP', () => {
  it.each([
    ['another protocol', 'SSH-2.0-OpenSSH_9.9\r\n'],
    ['headers without end', `HTTP/1.1 200 OK\r\nX-Long: ${'x'.repeat(200_000)}\r\n\r\n`],
    ['two lengths', 'HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n12'],
  ])('but sends %s is reported', async (_, text) => {
    const url = await answerRaw((socket) => socket.write(text));
    expect(await send({ url })).toMatchObject({ ok: false, status: null, errorClass: 'invalid_response', permanent: false });
  });
});
