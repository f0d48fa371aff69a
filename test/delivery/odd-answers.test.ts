import { createServer, type Socket } from 'node:net';
import { setInterval } from 'node:timers/promises';
import { afterEach, describe, expect, it } from '@jest/globals';
import { createReceivers, send } from './receiver.ts';

const receivers = createReceivers();
afterEach(() => receivers.close());

/** A server that acts on each part of a request that arrives. */
async function answerRaw(act: (socket: Socket, turn: number) => unknown) {
  let turns = 0;
  const server = createServer((socket) => {
    socket.on('data', (data) => {
      // The head of a request; its body may arrive separately.
      if (data.toString('latin1').startsWith('POST ')) act(socket, ++turns);
    });
  });
  return { url: `http://127.0.0.1:${await receivers.listen(server)}/` };
}

const accepted = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';

describe('100 Continue, sent unasked', () => {
  it.each([
    ['in one piece with the response', [`HTTP/1.1 100 Continue\r\n\r\n${accepted}`]],
    ['before the response', ['HTTP/1.1 100 Continue\r\n\r\n', accepted]],
    ['in small pieces', ['HTTP/1', '.1 100 Con', 'tinue\r\nX-Why: not\r', '\n\r\nHT', accepted.slice(2)]],
    ['twice', [`HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n${accepted}`]],
  ])('%s, is ignored: the delivery arrives once and is accepted', async (_what, pieces) => {
    let requests = 0;
    const { url } = await answerRaw(async (socket) => {
      requests += 1;
      socket.setNoDelay(true);
      for (const piece of pieces) await new Promise((sent) => socket.write(piece, () => setImmediate(sent)));
    });
    expect(await send({ url })).toMatchObject({ ok: true, status: 200, responseBody: 'ok' });
    expect(await send({ url })).toMatchObject({ ok: true, status: 200, responseBody: 'ok' });
    expect(requests).toBe(2);
  });

  it('leaves a body that looks like it as it is', async () => {
    const { url } = await answerRaw((socket) => {
      socket.write('HTTP/1.1 200 OK\r\nContent-Length: 25\r\n\r\n');
      setImmediate(() => socket.write('HTTP/1.1 100 Continue\r\n\r\n'));
    });
    expect(await send({ url })).toMatchObject({ ok: true, responseBody: 'HTTP/1.1 100 Continue\r\n\r\n' });
  });

  it('without a response after it, times out', async () => {
    const { url } = await answerRaw((socket) => socket.write('HTTP/1.1 100 Continue\r\n\r\n'));
    expect(await send({ url, timeoutSeconds: 0.3 })).toMatchObject({ ok: false, status: null, errorClass: 'timeout' });
  });
});

describe('a response', () => {
  it.each([
    ['after a hint', 'HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n'],
    ['in HTTP/1.0, that ends with the connection', 'HTTP/1.0 200 OK\r\n\r\nreceived'],
    ['without a reason phrase', 'HTTP/1.1 200\r\nContent-Length: 0\r\n\r\n'],
    ['with trailers', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\nX-After: 1\r\n\r\n'],
  ])('%s is valid', async (_what, text) => {
    const { url } = await answerRaw((socket) => socket.end(text));
    expect(await send({ url })).toMatchObject({ ok: true, status: 200, errorClass: null });
  });

  it.each([
    ['that changes the protocol', 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n'],
    ['with a chunk of no size', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n'],
    ['with a length and chunks', 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n'],
    ['with a length below zero', 'HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n'],
    ['with a status of no meaning', 'HTTP/1.1 20 OK\r\nContent-Length: 0\r\n\r\n'],
  ])('%s is invalid', async (_what, text) => {
    const { url } = await answerRaw((socket) => socket.end(text));
    expect(await send({ url })).toMatchObject({ ok: false, permanent: false });
  });

  it('that is only announced times out', async () => {
    const { url } = await answerRaw(async (socket) => {
      for await (const _ of setInterval(10)) {
        if (socket.destroyed) return;
        socket.write('HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n');
      }
    });
    expect(await send({ url, timeoutSeconds: 0.3 })).toMatchObject({ ok: false, status: null, errorClass: 'timeout' });
  });

  it('that comes before the request is read counts', async () => {
    const text = 'HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\nConnection: close\r\n\r\n';
    const { url } = await answerRaw((socket) => socket.end(text));
    const outcome = await send({ url, body: Buffer.alloc(64 * 1024, 'x') });
    expect(outcome.ok).toBe(false);
    expect([413, null]).toContain(outcome.status);
  });
});

describe('a surplus response', () => {
  it('is not taken for the response to the next delivery', async () => {
    const ok = 'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n';
    const { url } = await answerRaw((socket, turn) => {
      socket.write(turn === 1 ? ok + ok : 'HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n');
    });
    expect(await send({ url })).toMatchObject({ ok: true });
    expect(await send({ url })).toMatchObject({ ok: false, status: 500 });
  });
});
