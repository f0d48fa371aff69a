import { afterAll, beforeEach, describe, expect, it } from '@jest/globals';
import { call } from '#test/sandbox/core/http.ts';
import { startHarness } from './harness.ts';

const ghl = await startHarness();
const { control, locationId, sandbox, set } = ghl;
const { clientId, clientSecret, refreshToken, authorizationCode } = sandbox.settings.current;
const client = { client_id: clientId, client_secret: clientSecret };

function token(form: Record<string, string>) {
  const body = new URLSearchParams({ ...client, ...form }).toString();
  return call('POST', `${sandbox.url}/oauth/token`, body, { 'content-type': 'application/x-www-form-urlencoded' });
}
const refresh = (refresh_token: string) => token({ grant_type: 'refresh_token', refresh_token });
const read = (accessToken: string) =>
  call('GET', `${sandbox.url}/locations/${locationId}`, undefined, {
    version: '2021-07-28',
    authorization: `Bearer ${accessToken}`,
  });

beforeEach(() => ghl.reset());
afterAll(() => ghl.close());

describe('POST /oauth/token', () => {
  it('HighLevel docs: returns a token valid for about a day, and a new refresh token', async () => {
    const { status, json } = await refresh(refreshToken);
    expect(status).toBe(200);
    expect(json).toMatchObject({
      token_type: 'Bearer',
      expires_in: 86_399,
      userType: 'Location',
      locationId,
      scope: expect.any(String),
    });
    expect((await read(json.access_token)).status).toBe(200);
    expect((await refresh(json.refresh_token)).json.refresh_token).not.toBe(json.refresh_token);
  });

  it('HighLevel docs: an expired access token is invalid', async () => {
    const { access_token } = (await refresh(refreshToken)).json;
    await control('POST', '/clock', { advanceMs: 86_399_000 });
    const answer = await read(access_token);
    expect(answer.json).toMatchObject({ statusCode: 401, message: 'Invalid token: access token is invalid' });
  });

  it('integrators report: a used refresh token returns the same pair for 30 s, then 400', async () => {
    const first = (await refresh(refreshToken)).json;
    await control('POST', '/clock', { advanceMs: 20_000 });
    expect((await refresh(refreshToken)).json).toMatchObject({
      access_token: first.access_token,
      refresh_token: first.refresh_token,
    });
    await control('POST', '/clock', { advanceMs: 10_000 });
    const late = await refresh(refreshToken);
    expect(late.json).toMatchObject({ statusCode: 400, message: 'Invalid grant: refresh token is invalid' });
  });

  it('refuses any reuse if the grace period is off', async () => {
    set({ refreshGraceMs: 0 });
    await refresh(refreshToken);
    expect((await refresh(refreshToken)).status).toBe(400);
  });

  it('HighLevel docs: a refresh token is valid for one year', async () => {
    const { refresh_token } = (await refresh(refreshToken)).json;
    await control('POST', '/clock', { advanceMs: 365 * 86_400_000 });
    expect((await refresh(refresh_token)).json.message).toBe('Invalid grant: refresh token is invalid');
  });

  it('HighLevel docs: while the location is inactive, a refresh fails and the token stays valid', async () => {
    set({ locationActive: false });
    expect((await refresh(refreshToken)).json).toMatchObject({ statusCode: 400, message: 'Location is not active' });
    set({ locationActive: true });
    expect((await refresh(refreshToken)).status).toBe(200);
  });

  it('HighLevel docs: exchanges an authorization code once', async () => {
    const exchange = () => token({ grant_type: 'authorization_code', code: authorizationCode });
    expect((await read((await exchange()).json.access_token)).status).toBe(200);
    expect((await exchange()).status).toBe(400);
  });

  it.each([
    ['Missing parameter: clientId', { client_id: '' }],
    ['Invalid parameter: clientSecret', { client_secret: 'wrong' }],
    ['Missing parameter: grantType', {}],
    ['Invalid parameter: grantType', { grant_type: 'password' }],
    ['Missing parameter: refreshToken', { grant_type: 'refresh_token' }],
  ])('HighLevel docs (v3 messages): %s', async (message, form) => {
    expect((await token(form as unknown as Record<string, string>)).json).toMatchObject({ statusCode: 400, message });
  });

  it('HighLevel docs: does not accept JSON', async () => {
    const answer = await call('POST', `${sandbox.url}/oauth/token`, {
      ...client,
      grant_type: 'refresh_token',
      refresh_token: refreshToken,
    });
    expect(answer.json.message).toBe('Missing parameter: clientId');
  });
});
