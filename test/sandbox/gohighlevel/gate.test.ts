import { afterAll, beforeEach, describe, expect, it } from '@jest/globals';
import { call } from '#test/sandbox/core/http.ts';
import { startHarness } from './harness.ts';

const ghl = await startHarness({
  otherTokens: [{ token: 'read-only', locationId: 'Sbx0Location0Alpha01', scopes: ['contacts.readonly'] }],
});
const { api, control, headers, locationId, sandbox, set } = ghl;
const { version, authorization } = headers;
const nowhere = { locationId: 'Another0Location0001' };

beforeEach(() => ghl.reset());
afterAll(() => ghl.close());

describe('the order of checks', () => {
  const raw = (sent: Record<string, string>, body: object = { locationId }) =>
    call('POST', `${sandbox.url}/contacts/`, body, sent);

  it.each([
    ['a missing Version before a missing token (integrators report a 401)', {}, {}, 401, 'version header was not found'],
    ['an unlisted Version (integrators report a refusal)', { version: '1999-01-01' }, {}, 401, 'version header is invalid'],
    ['no token (integrators report, api-docs issue 213)', { version }, {}, 401, 'Invalid JWT'],
    ['an unknown token before anything in the body', { version, authorization: 'Bearer nope' }, nowhere, 401, 'Invalid JWT'],
    [
      'the scope before the location',
      { version, authorization: 'Bearer read-only' },
      nowhere,
      401,
      'The token is not authorized for this scope.',
    ],
    [
      'the location before the body (n8n issue 11353)',
      { version, authorization },
      nowhere,
      403,
      'The token does not have access to this location.',
    ],
    ['the body last', { version, authorization }, { locationId, nonsense: 1 }, 422, ['property nonsense should not exist']],
  ])('%s', async (_, sent, body, status, message) => {
    const answer = await raw(sent as unknown as Record<string, string>, body);
    expect(answer.status).toBe(status);
    expect(answer.json).toMatchObject({ statusCode: status, message, traceId: expect.any(String) });
  });

  it('counts a request against the rate limit after the location check, and returns 429 before it checks the body', async () => {
    set({ rateLimitMax: 1 });
    await raw({ version, authorization }, nowhere);
    expect((await raw({ version, authorization }, { locationId, nonsense: 1 })).status).toBe(422);
    expect((await raw({ version, authorization }, { locationId, nonsense: 1 })).status).toBe(429);
  });
});

describe('every answer', () => {
  it.each([
    ['a success', () => api('GET', `/contacts/?locationId=${locationId}`)],
    ['a refusal', () => call('GET', `${sandbox.url}/contacts/x`)],
    ['an unknown path', () => api('GET', '/nowhere')],
    ['the token route', () => call('POST', `${sandbox.url}/oauth/token`)],
  ])('HighLevel docs: has rate-limit headers and a traceId, for %s', async (_, request) => {
    const answer = await request();
    expect(answer.json.traceId).toMatch(/^[0-9a-f-]{36}$/);
    for (const name of ['max', 'remaining', 'interval-milliseconds', 'limit-daily', 'daily-remaining', 'daily-reset']) {
      expect(answer.headers.get(`x-ratelimit-${name}`)).toMatch(/^\d+$/);
    }
  });

  it('has its own traceId', async () => {
    const ids = [await api('GET', '/contacts/x'), await api('GET', '/contacts/x')].map(({ json }) => json.traceId);
    expect(new Set(ids).size).toBe(2);
  });
});

describe('rate limits', () => {
  const remaining = async () => {
    const { status, headers } = await api('GET', `/locations/${locationId}`);
    return [status, Number(headers.get('x-ratelimit-remaining')), Number(headers.get('x-ratelimit-daily-remaining'))];
  };

  it('HighLevel docs: default to 100 requests per 10 s', async () => {
    const { gohighlevelSandbox } = await import('#sandbox/gohighlevel/index.ts');
    const plain = await gohighlevelSandbox.start();
    expect(plain.settings.current).toMatchObject({ rateLimitMax: 100, rateLimitIntervalMs: 10_000, dailyLimit: 200_000 });
    await plain.close();
  });

  it('HighLevel docs: limit bursts until the end of the interval', async () => {
    set({ rateLimitMax: 2, dailyLimit: 1_000 });
    expect(await remaining()).toEqual([200, 1, 999]);
    expect(await remaining()).toEqual([200, 0, 998]);
    const refused = await api('GET', `/locations/${locationId}`);
    expect(refused.status).toBe(429);
    expect(refused.json).toMatchObject({ statusCode: 429, message: 'Too Many Requests' });
    expect(refused.headers.get('retry-after')).toBeNull();
    await control('POST', '/clock', { advanceMs: 10_000 });
    expect(await remaining()).toEqual([200, 1, 997]);
  });

  it('HighLevel docs: limit the requests of a day', async () => {
    set({ dailyLimit: 1 });
    expect((await remaining())[0]).toBe(200);
    expect(await remaining()).toMatchObject([429, expect.any(Number), 0]);
    await control('POST', '/clock', { advanceMs: 86_400_000 });
    expect((await remaining())[0]).toBe(200);
  });

  it('HighLevel docs: apply to each app and location separately', async () => {
    set({ rateLimitMax: 1 });
    expect((await remaining())[0]).toBe(200);
    expect((await remaining())[0]).toBe(429);
    expect(
      (await api('GET', `/contacts/?locationId=${locationId}`, undefined, { authorization: 'Bearer read-only' })).status,
    ).toBe(200);
  });
});

describe('bodies', () => {
  it('are a 400 if they are invalid JSON, and a 422 if they are null', async () => {
    expect((await api('POST', '/contacts/', '{"locationId":')).status).toBe(400);
    expect((await api('POST', '/contacts/', 'null')).status).toBe(422);
  });

  it('HighLevel docs: are a 422 with a list of all errors if they are invalid', async () => {
    const answer = await api('POST', '/contacts/', { locationId, email: 5, tags: 'one', dnd: 'yes', additionalEmails: [] });
    expect(answer.json).toMatchObject({
      statusCode: 422,
      error: 'Unprocessable Entity',
      message: expect.arrayContaining([
        'email must be a string',
        'tags must be an array',
        'dnd must be a boolean',
        'property additionalEmails should not exist',
      ]),
    });
  });
});
