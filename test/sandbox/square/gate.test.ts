import { afterAll, beforeEach, describe, expect, it } from '@jest/globals';
import { call } from '#test/sandbox/core/http.ts';
import { startHarness } from './harness.ts';

const square = await startHarness();
const { api, sandbox, set } = square;
const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
const list = (headers: Record<string, string> = {}) => api('GET', '/customers', undefined, headers);

beforeEach(() => square.reset());
afterAll(() => square.close());

describe('authentication', () => {
  it.each([{}, bearer('unknown'), { authorization: 'Basic eA==' }])(
    'Square docs (error codes): %j is a 401 with one message',
    async (headers) => {
      const answer = await call('GET', `${sandbox.url}/v2/customers`, undefined, headers as Record<string, string>);
      expect(answer.status).toBe(401);
      expect(answer.json).toEqual({
        errors: [{ category: 'AUTHENTICATION_ERROR', code: 'UNAUTHORIZED', detail: 'This request could not be authorized.' }],
      });
    },
  );

  it.each([
    ['expired', 'ACCESS_TOKEN_EXPIRED'],
    ['revoked', 'ACCESS_TOKEN_REVOKED'],
  ] as const)('Square docs (error codes): an %s token has its own code', async (tokenState, code) => {
    set({ tokenState });
    const answer = await list();
    expect([answer.status, answer.json.errors[0].code]).toEqual([401, code]);
  });

  it('Square docs (API specification): an OAuth token reads with CUSTOMERS_READ and writes with CUSTOMERS_WRITE', async () => {
    set({ oauthTokens: [{ token: 'reader', scopes: ['CUSTOMERS_READ'], tokenState: 'valid' }] });
    expect((await list(bearer('reader'))).status).toBe(200);
    const refused = await api('POST', '/customers', { given_name: 'Ada' }, bearer('reader'));
    expect([refused.status, refused.json.errors[0].code]).toEqual([403, 'INSUFFICIENT_SCOPES']);
  });

  it('Square docs (Events API): requires the personal access token', async () => {
    set({ oauthTokens: [{ token: 'app', scopes: ['CUSTOMERS_READ', 'CUSTOMERS_WRITE'], tokenState: 'valid' }] });
    expect((await api('POST', '/events', {}, bearer('app'))).json.errors[0].code).toBe('FORBIDDEN');
    expect((await api('POST', '/events', {})).status).toBe(200);
  });
});

describe('the version of the API', () => {
  it.each([
    ['tomorrow', 'INVALID_SQUARE_VERSION_FORMAT'],
    ['2026-13-01', 'INVALID_SQUARE_VERSION_FORMAT'],
    ['2999-01-01', 'API_VERSION_INCOMPATIBLE'],
  ])('Square docs (error codes): %s is refused', async (version, code) => {
    const answer = await list({ 'square-version': version });
    expect([answer.status, answer.json.errors[0].code]).toEqual([400, code]);
    set({ versionCheck: false });
    expect((await list({ 'square-version': version })).status).toBe(200);
  });

  it('is the newest unless a request names one', async () => {
    const answer = await call('GET', `${sandbox.url}/v2/customers`, undefined, bearer(sandbox.settings.current.token));
    expect(answer.status).toBe(200);
  });
});

describe('the rate limit', () => {
  it('Square docs (ErrorCategory): 429 RATE_LIMITED, for each token; no header is documented', async () => {
    set({ rateLimitPerSecond: 0 });
    const answer = await list();
    expect(answer.status).toBe(429);
    expect(answer.json.errors).toMatchObject([{ category: 'RATE_LIMIT_ERROR', code: 'RATE_LIMITED' }]);
    expect(answer.headers.get('retry-after')).toBeNull();
  });

  it('may have a Retry-After, which the SDK respects', async () => {
    set({ rateLimitPerSecond: 0, retryAfterSeconds: 7 });
    expect((await list()).headers.get('retry-after')).toBe('7');
  });

  it('starts again in the next second', async () => {
    set({ rateLimitPerSecond: 1 });
    const first = await Promise.all([list(), list(), list(), list(), list()]);
    expect(first.map(({ status }) => status)).toContain(429);
    sandbox.clock.advance(1_000);
    expect((await list()).status).toBe(200);
  });
});

describe('bodies and paths', () => {
  it('Square docs (error codes): EXPECTED_JSON_BODY for invalid JSON', async () => {
    const answer = await api('POST', '/customers', '{"given_name":');
    expect([answer.status, answer.json.errors[0].code]).toEqual([400, 'EXPECTED_JSON_BODY']);
  });

  it('answers an unknown path with a 404 in its own format', async () => {
    const answer = await api('POST', '/loyalty');
    expect([answer.status, answer.json.errors[0].code]).toEqual([404, 'NOT_FOUND']);
  });

  it('SDK 46.0.0: every success is JSON, even an empty one, or the SDK throws', async () => {
    const answer = await list();
    expect(answer.headers.get('content-type')).toMatch('application/json');
    expect(answer.text).toBe('{}');
  });
});
