import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import * as errors from '#providers/errors.ts';
import { createSend, type HttpSettings } from '#providers/http.ts';
import type { HttpCall } from '#providers/http-call.ts';
import { findRetryAfter } from '#providers/http-errors.ts';
import { RateLimiter } from '#providers/rate-limit.ts';
import { startVendorServer } from './vendor-server.ts';

let server: Awaited<ReturnType<typeof startVendorServer>>;
beforeAll(async () => {
  server = await startVendorServer();
});
afterAll(() => server.close());

const call: HttpCall = { operation: 'update contact', method: 'PUT', path: '/contacts/7', body: { email: 'ada@example.com' } };
const anything = z.unknown();

function connect(settings: Partial<HttpSettings> = {}) {
  const limiter = new RateLimiter({ requestsPerSecond: 1000, burst: 1000, concurrency: 10 });
  const vendor = { id: 'vendor', name: 'Vendor' };
  return createSend({ vendor, baseUrl: server.url, timeoutSeconds: 5, limiter, headers: async () => ({}), ...settings });
}

/** Returns the error of a call that gets this response. */
async function errorOf(status: number, body = '{}', headers: Record<string, string> = {}): Promise<errors.ProviderError> {
  server.answer((_, response) => void response.writeHead(status, headers).end(body));
  return rejectionOf(connect()(call, anything));
}

async function rejectionOf(promise: Promise<unknown>): Promise<errors.ProviderError> {
  const error = await promise.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (!(error instanceof errors.ProviderError)) throw new Error(`Not a ProviderError: ${error}`);
  return error;
}

describe('a call', () => {
  it('sends headers, query and body', async () => {
    server.answer((_, response) => void response.end('{"ok":true}'));
    const send = connect({ baseUrl: `${server.url}/api`, headers: async () => ({ authorization: 'Token secret' }) });
    const query = { phone: '+12055550143', page: 2 };
    expect(await send({ ...call, query }, z.object({ ok: z.boolean() }))).toEqual({ ok: true });
    expect(server.seen).toMatchObject([
      {
        method: 'PUT',
        url: '/api/contacts/7?phone=%2B12055550143&page=2',
        headers: { authorization: 'Token secret', accept: 'application/json', 'content-type': 'application/json' },
        body: '{"email":"ada@example.com"}',
      },
    ]);
  });

  it('sends a form', async () => {
    server.answer((_, response) => void response.end('{}'));
    await connect()({ operation: 'refresh', method: 'POST', path: '/token', form: { code: 'a b&c' } }, anything);
    expect(server.seen).toMatchObject([
      { headers: { 'content-type': 'application/x-www-form-urlencoded' }, body: 'code=a+b%26c' },
    ]);
  });

  it('accepts an empty response', async () => {
    server.answer((_, response) => void response.writeHead(204).end());
    expect(await connect()(call, z.undefined())).toBeUndefined();
  });
});

describe('an error response', () => {
  it.each([
    [400, errors.InvalidRequestError],
    [401, errors.AuthenticationError],
    [403, errors.AuthenticationError],
    [404, errors.NotFoundError],
    [405, errors.InvalidRequestError],
    [409, errors.ConflictError],
    [412, errors.ConflictError],
    [415, errors.InvalidRequestError],
    [422, errors.InvalidRequestError],
    [429, errors.RateLimitError],
    [500, errors.UnavailableError],
    [502, errors.UnavailableError],
    [503, errors.UnavailableError],
  ])('with status %d maps to the error class of its consequence', async (status, type) => {
    const error = await errorOf(status, '{"traceId":"trace-1"}');
    expect(error).toBeInstanceOf(type);
    expect(error).toMatchObject({ name: type.name, provider: 'vendor', operation: 'update contact', status, traceId: 'trace-1' });
  });

  it('names the refused fields and quotes nothing else', async () => {
    const error = await errorOf(422, '{"message":["email ada@example.com must be an email"]}');
    expect(error.message).toBe('Vendor rejects the request, naming email (422, update contact).');
  });

  it('may be HTML', async () => {
    expect(await errorOf(502, '<html>Bad gateway</html>', { 'content-type': 'text/html' })).toBeInstanceOf(
      errors.UnavailableError,
    );
  });

  it('for an unknown path is no NotFoundError', async () => {
    const error = await errorOf(404, '<h1>Not Found</h1>');
    expect(error).toBeInstanceOf(errors.InvalidRequestError);
    expect(error.message).toContain('is the base URL right?');
  });

  it.each([301, 302, 307, 308])('with a redirect (%d) is not followed, and the error names the path', async (status) => {
    const error = await errorOf(status, '', { location: `${server.url}/contacts/7/?email=ada@example.com` });
    expect(error).toBeInstanceOf(errors.InvalidRequestError);
    expect(error.message).toBe(`Vendor redirects to /contacts/7/; is the base URL right? (${status}, update contact).`);
    expect(server.seen).toHaveLength(1);
  });

  it('passes on Retry-After', async () => {
    expect(await errorOf(429, '', { 'retry-after': '7' })).toMatchObject({ retryAfterSeconds: 7 });
    expect(await errorOf(503, '', { 'retry-after': '8' })).toMatchObject({ retryAfterSeconds: 8 });
    expect(await errorOf(503)).toMatchObject({ retryAfterSeconds: null });
  });

  it('with 429 delays the next call, or fails it at once if the wait is long', async () => {
    server.answer((_, response) => void response.writeHead(429, { 'retry-after': '3600' }).end());
    const send = connect();
    await rejectionOf(send(call, anything));
    expect(await rejectionOf(send(call, anything))).toMatchObject({ name: 'RateLimitError', retryAfterSeconds: 3600 });
    expect(server.seen).toHaveLength(1);
  });

  it('with 401 causes one retry with a new token', async () => {
    server.answer((_, response) => void response.writeHead(401).end('{}'));
    let tokens = 0;
    const headers = async () => ({ authorization: `Bearer ${tokens}` });
    const renew = async () => {
      tokens += 1;
      return true;
    };
    expect(await rejectionOf(connect({ headers, renew })(call, anything))).toBeInstanceOf(errors.AuthenticationError);
    expect(server.seen.map((request) => request.headers.authorization)).toEqual(['Bearer 0', 'Bearer 1']);
  });
});

describe('Retry-After', () => {
  const now = Date.parse('2026-01-01T00:00:00Z');
  it.each([
    [undefined, null],
    ['', null],
    ['soon', null],
    ['0', 0],
    ['1.2', 2],
    ['Thu, 01 Jan 2026 00:01:30 GMT', 90],
    ['Wed, 31 Dec 2025 23:59:00 GMT', 0],
    ['999999999', 86_400],
  ])('%j is %j seconds', (text, seconds) => {
    expect(findRetryAfter(text === undefined ? {} : { 'retry-after': text }, now)).toBe(seconds);
  });
});

describe('a missing response throws UnavailableError', () => {
  it('after the timeout', async () => {
    server.answer(() => {});
    const error = await rejectionOf(connect({ timeoutSeconds: 0.05 })(call, anything));
    expect(error).toBeInstanceOf(errors.UnavailableError);
    expect(error.message).toBe('Vendor did not answer within 0.05 s (update contact).');
  });

  it('when the body is incomplete at the timeout', async () => {
    server.answer((_, response) => void response.writeHead(200).write('{"ok":'));
    expect(await rejectionOf(connect({ timeoutSeconds: 0.05 })(call, anything))).toBeInstanceOf(errors.UnavailableError);
  });

  it('when the connection breaks', async () => {
    server.answer((_, response) => void response.destroy());
    expect((await rejectionOf(connect()(call, anything))).message).toMatch(
      /^Vendor could not be reached: [A-Z_]+ \(update contact\)\.$/,
    );
  });

  it('when the body does not match the schema', async () => {
    server.answer((_, response) => void response.end('<html>Welcome</html>'));
    const error = await rejectionOf(connect()(call, z.object({ contact: anything })));
    expect(error).toBeInstanceOf(errors.UnavailableError);
    expect(error.message).toBe('Vendor answered 200 with an unexpected body (body) (update contact).');
  });

  it('when the body never ends', async () => {
    const chunk = Buffer.alloc(1024 * 1024, ' ');
    server.answer((_, response) => {
      const more = () => response.write(chunk, (error) => void (error ?? more()));
      more();
    });
    expect((await rejectionOf(connect()(call, anything))).message).toContain('sent a response of more than');
  });

  it('unless the caller aborts: then it throws the reason', async () => {
    const controller = new AbortController();
    server.answer(() => controller.abort(new Error('cancelled')));
    await expect(connect()(call, anything, { signal: controller.signal })).rejects.toThrow('cancelled');
  });
});
