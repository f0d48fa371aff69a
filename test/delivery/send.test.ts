import { afterEach, describe, expect, it } from '@jest/globals';
import { Webhook } from 'standardwebhooks';
import { messageHeaders } from '#delivery/message.ts';
import { newSecret } from '#delivery/sign.ts';
import { eventually } from '#test/setup/eventually.ts';
import { createReceivers, send } from './receiver.ts';

const receivers = createReceivers();
afterEach(() => receivers.close());

describe('a delivery', () => {
  it('arrives as the bytes that were signed, with its headers', async () => {
    const { url, received } = await receivers.serve();
    const current = newSecret();
    const body = Buffer.from('{"event":"new_lead","data":{"name":"Zoë 王 🦊"}}');
    const ids = { eventId: 'evt_1', eventType: 'new_lead', deliveryId: 'del_1', attempt: 1 };
    const headers = messageHeaders({ ...ids, secrets: { current }, timestamp: new Date(), body });
    const outcome = await send({ url, body, headers });
    expect(outcome).toMatchObject({ ok: true, status: 204, errorClass: null, error: null, remoteAddress: '127.0.0.1' });
    const [arrived] = received;
    expect(arrived?.body).toEqual(body);
    expect(new Webhook(current).verify(body, arrived?.headers as Record<string, string>)).toMatchObject({ event: 'new_lead' });
    expect(arrived?.headers).toMatchObject({ 'content-type': 'application/json', 'accept-encoding': 'identity' });
    expect(arrived?.headers).toMatchObject({ 'x-webhook-event': 'new_lead', 'x-webhook-delivery-id': 'del_1' });
  });

  it('goes to the whole URL of 2,000 characters', async () => {
    const { url, received } = await receivers.serve();
    const long = `${url}?q=`.padEnd(2000, 'x');
    expect(await send({ url: long })).toMatchObject({ ok: true });
    expect(long.endsWith(received[0]?.url ?? 'nothing')).toBe(true);
    expect(received[0]?.url.length).toBeGreaterThan(1970);
  });

  it('records request and response, without secrets', async () => {
    const { url } = await receivers.serve((request, response) => {
      response.setHeader('Set-Cookie', 'sid=1');
      response.setHeader('X-Echo', request.headers.authorization ?? '');
      response.end(`you sent ${request.headers.authorization}\0`);
    });
    const outcome = await send({ url, headers: { 'X-Webhook-Event': 'new_lead', Authorization: 'Bearer 4f9c1c77' } });
    expect(outcome.requestHeaders).toEqual({ 'X-Webhook-Event': 'new_lead', Authorization: '[redacted]' });
    expect(outcome.responseHeaders).toMatchObject({ 'set-cookie': '[redacted]', 'x-echo': '[redacted]' });
    expect(outcome.responseBody).toBe('you sent [redacted]\ufffd');
    expect(JSON.stringify(outcome)).not.toContain('4f9c1c77');
  });

  it('measures each step', async () => {
    const { url } = await receivers.serve();
    const { timings, durationMs } = await send({ url });
    expect(timings).toEqual({ dnsMs: null, connectMs: expect.any(Number), tlsMs: null, firstByteMs: expect.any(Number) });
    expect(durationMs).toEqual(expect.any(Number));
  });
});

describe('many deliveries', () => {
  it('share a connection one after the other', async () => {
    const receiver = await receivers.serve();
    const outcomes = [];
    for (let count = 0; count < 5; count += 1) outcomes.push(await send({ url: receiver.url }));
    expect(outcomes.map(({ ok }) => ok)).toEqual([true, true, true, true, true]);
    expect(receiver.connections).toBe(1);
    expect(outcomes[4]).toMatchObject({ remoteAddress: '127.0.0.1', timings: { dnsMs: null, connectMs: null, tlsMs: null } });
  });

  it('are sent concurrently', async () => {
    const waiting: (() => void)[] = [];
    const receiver = await receivers.serve((_, response) => void waiting.push(() => response.end()));
    const sent = Promise.all(Array.from({ length: 5 }, () => send({ url: receiver.url })));
    await eventually(() => expect(waiting).toHaveLength(5));
    for (const answer of waiting) answer();
    expect((await sent).every(({ ok }) => ok)).toBe(true);
  });

  it('use a new connection when the receiver closes each one', async () => {
    const receiver = await receivers.serve((_, response) => void response.setHeader('Connection', 'close').end());
    for (let count = 0; count < 3; count += 1) expect(await send({ url: receiver.url })).toMatchObject({ ok: true });
    expect(receiver.connections).toBe(3);
  });
});

describe('a response', () => {
  it.each([
    [{ 'Retry-After': '86400' }, 3600],
    [{ 'Retry-After': 'Fri, 31 Dec 9999 23:59:59 GMT' }, 3600],
    [{ 'Retry-After': '7' }, 7],
    [{}, null],
  ])('with 429 and %j means %j seconds', async (headers, seconds) => {
    const { url } = await receivers.serve((_, response) => void response.writeHead(429, headers).end('slow down'));
    expect(await send({ url })).toMatchObject({
      ...{ ok: false, status: 429, errorClass: 'rate_limited', permanent: false },
      ...{ retryAfterSeconds: seconds, responseBody: 'slow down' },
    });
  });

  it('with 410 disables the endpoint', async () => {
    const { url } = await receivers.serve((_, response) => void response.writeHead(410).end());
    expect(await send({ url })).toMatchObject({ ok: false, status: 410, errorClass: 'gone', permanent: true, disable: true });
  });

  it.each(['http://169.254.169.254/latest/meta-data/', '/elsewhere'])(
    'that redirects to %s is not followed',
    async (location) => {
      const { url, received } = await receivers.serve((_, response) => void response.writeHead(308, { location }).end());
      const outcome = await send({ url });
      expect(outcome).toMatchObject({ ok: false, status: 308, errorClass: 'redirect', permanent: true });
      expect(outcome.error).toContain(location);
      expect(received).toHaveLength(1);
    },
  );
});

describe('a request that cannot be sent', () => {
  it.each([
    [{ 'X-A': 'one\r\nX-B: two' }, 'newline'],
    [{ Host: 'internal' }, 'belongs to the connection'],
    [{ 'Transfer-Encoding': 'chunked' }, 'belongs to the connection'],
  ])('has headers such as %j', async (headers, because) => {
    const { url, received } = await receivers.serve();
    const outcome = await send({ url, headers: headers as Record<string, string> });
    expect(outcome).toMatchObject({ ok: false, status: null, errorClass: 'invalid_headers', permanent: true });
    expect(outcome.error).toContain(because);
    expect(received).toEqual([]);
  });

  it.each(['http://user:secret@127.0.0.1/', 'http://127.0.0.1/#part', 'nonsense'])('has a URL such as %s', async (url) => {
    expect(await send({ url })).toMatchObject({ ok: false, status: null, errorClass: 'invalid_url', permanent: true });
  });
});

describe('an aborted attempt', () => {
  it('has no outcome, because the delivery may have arrived', async () => {
    const { url, received } = await receivers.serve(() => {});
    const controller = new AbortController();
    const sent = send({ url, signal: controller.signal });
    const settled = expect(sent).rejects.toThrow('shutting down');
    await eventually(() => expect(received).toHaveLength(1));
    controller.abort(new Error('shutting down'));
    await settled;
  });

  it('does not start when the signal is aborted already', async () => {
    const { url, received } = await receivers.serve();
    await expect(send({ url, signal: AbortSignal.abort(new Error('shutting down')) })).rejects.toThrow('shutting down');
    expect(received).toEqual([]);
  });
});
