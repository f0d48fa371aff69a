import { describe, expect, it } from '@jest/globals';
import { classifyError } from '#delivery/classify-error.ts';
import { classifyResponse } from '#delivery/classify-response.ts';
import { parseRetryAfter } from '#delivery/retry-after.ts';

const now = new Date('2026-11-22T06:00:00Z');
const judge = (status: number, headers: Record<string, string> = {}) => classifyResponse({ status, headers }, now);

describe('a response', () => {
  it.each([200, 201, 202, 204, 226, 299])('with %d is a success', (status) => {
    expect(judge(status)).toEqual({
      ...{ ok: true, errorClass: null, error: null, permanent: false, disable: false, retryAfterSeconds: null },
    });
  });

  it.each([
    [400, 'client_error', 'Check its configuration'],
    [401, 'client_error', 'Check its secret'],
    [403, 'client_error', 'Check its configuration'],
    [404, 'client_error', 'Check the URL'],
    [408, 'client_error', 'The receiver responded 408.'],
    [422, 'client_error', 'Check its configuration'],
    [429, 'rate_limited', 'too many requests'],
    [500, 'server_error', 'The receiver responded 500.'],
    [502, 'server_error', 'The receiver responded 502.'],
    [503, 'server_error', 'The receiver responded 503.'],
    [599, 'server_error', 'The receiver responded 599.'],
    [999, 'server_error', 'The receiver responded 999.'],
  ])('with %d is a failure that is retried', (status, errorClass, words) => {
    expect(judge(status)).toMatchObject({ ok: false, errorClass, permanent: false, disable: false });
    expect(judge(status).error).toContain(words);
  });

  it.each([300, 301, 302, 303, 304, 307, 308])('with %d is a permanent failure', (status) => {
    expect(judge(status, { location: 'https://new.example.com/' })).toMatchObject({
      ...{ ok: false, errorClass: 'redirect', permanent: true, disable: false, retryAfterSeconds: null },
      error: `The receiver responded ${status}, a redirect to https://new.example.com/. Redirects are not followed. Update the URL of the endpoint.`,
    });
  });

  it('with 410 disables the endpoint', () => {
    expect(judge(410)).toMatchObject({ ok: false, errorClass: 'gone', permanent: true, disable: true });
  });

  it('can drop the message or disable the endpoint by a header', () => {
    expect(judge(500, { 'webhook-delivery': 'abort-message' })).toMatchObject({ permanent: true, disable: false });
    expect(judge(500, { 'webhook-delivery': ' Disable ' })).toMatchObject({ permanent: true, disable: true });
    expect(judge(204, { 'webhook-delivery': 'disable' })).toMatchObject({ ok: true, disable: true });
    expect(judge(500, { 'webhook-delivery': 'later' })).toMatchObject({ permanent: false, disable: false });
  });

  it('has a Retry-After only with 429 and 503', () => {
    const headers = { 'retry-after': '30' };
    expect([429, 503, 500, 404, 200].map((status) => judge(status, headers).retryAfterSeconds)).toEqual([
      30,
      30,
      null,
      null,
      null,
    ]);
  });
});

describe('Retry-After', () => {
  it.each([
    ['120', 120],
    [' 120 ', 120],
    ['120.1', 121],
    ['120.6', 121],
    ['0', 0],
    ['3600', 3600],
    ['86400', 3600],
    ['9'.repeat(400), 3600],
    ['Sun, 22 Nov 2026 06:01:00 GMT', 60],
    ['Sunday, 22-Nov-26 06:01:00 GMT', 60],
    ['Sun, 22 Nov 2026 05:00:00 GMT', 0],
    ['Mon, 23 Nov 2026 06:00:00 GMT', 3600],
    ['invalid', null],
    ['-5', null],
    ['1e3', null],
    ['2026', 2026],
    ['soon, 1 GMT', null],
    ['', null],
    [undefined, null],
  ])('%j means %j seconds', (text, seconds) => {
    expect(parseRetryAfter(text, now)).toBe(seconds);
  });
});

describe('an error on the way', () => {
  const withCode = (code: string) => Object.assign(new Error('with a secret in it'), { code });

  it.each([
    ['ECONNREFUSED', 'connection_refused'],
    ['ECONNRESET', 'connection_reset'],
    ['EPIPE', 'connection_reset'],
    ['UND_ERR_SOCKET', 'connection_reset'],
    ['EHOSTUNREACH', 'unreachable'],
    ['ENETUNREACH', 'unreachable'],
    ['ETIMEDOUT', 'timeout'],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'tls_error'],
    ['CERT_HAS_EXPIRED', 'tls_error'],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'tls_error'],
    ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'tls_error'],
    ['ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION', 'tls_error'],
    ['EPROTO', 'tls_error'],
    ['HPE_INVALID_CONSTANT', 'invalid_response'],
    ['UND_ERR_HEADERS_OVERFLOW', 'invalid_response'],
    ['UND_ERR_RES_CONTENT_LENGTH_MISMATCH', 'invalid_response'],
    ['EMFILE', 'internal_error'],
  ])('%s is told as %s, by its code alone', (code, errorClass) => {
    const fault = classifyError(withCode(code));
    expect(fault.errorClass).toBe(errorClass);
    expect(fault.error).toMatch(new RegExp(`^[A-Z][^.]+ \\(${code}\\)\\.$`));
  });

  it('is the first one where several addresses were tried', () => {
    expect(classifyError(new AggregateError([withCode('ECONNREFUSED'), withCode('ENETUNREACH')])).errorClass).toBe(
      'connection_refused',
    );
  });

  it.each([new Error('with a secret in it'), 'with a secret in it', undefined])('without a code is ours', (error) => {
    expect(classifyError(error)).toEqual({ errorClass: 'internal_error', error: 'The request could not be sent (unknown).' });
  });
});
