import { afterAll, beforeEach, describe, expect, it } from '@jest/globals';
import { call } from '#test/sandbox/core/http.ts';
import { startHarness } from './harness.ts';

const google = await startHarness();
const { advance, sandbox, set } = google;
const { authorizationCode, clientId, clientSecret, refreshToken, scopes } = sandbox.settings.current;
const dayMs = 86_400_000;

beforeEach(() => google.reset());
afterAll(() => google.close());

function token(form: Record<string, string>) {
  const body = new URLSearchParams({ client_id: clientId, client_secret: clientSecret, ...form }).toString();
  return call('POST', `${sandbox.url}/token`, body, { 'content-type': 'application/x-www-form-urlencoded;charset=UTF-8' });
}
const refresh = (refresh_token = refreshToken) => token({ grant_type: 'refresh_token', refresh_token });
const exchange = (code = authorizationCode) =>
  token({ grant_type: 'authorization_code', code, redirect_uri: 'http://127.0.0.1/' });
const read = async (accessToken: string) => {
  const headers = { authorization: `Bearer ${accessToken}` };
  return (await call('GET', `${sandbox.url}/v1/people/me/connections?personFields=names`, undefined, headers)).status;
};
const dead = { error: 'invalid_grant', error_description: 'Token has been expired or revoked.' };

describe('refreshing', () => {
  it('Google docs: returns a token valid for an hour and no new refresh token', async () => {
    const { json, status } = await refresh();
    expect(status).toBe(200);
    expect(json).toEqual({
      ...{ access_token: expect.any(String), expires_in: 3_599, scope: scopes.join(' '), token_type: 'Bearer' },
    });
    expect(await read(json.access_token)).toBe(200);
    expect((await refresh()).status).toBe(200);
  });

  it('an expired access token is a 401', async () => {
    const { access_token } = (await refresh()).json;
    advance(3_599_000);
    expect(await read(access_token)).toBe(401);
  });

  it('Google docs: is invalid_grant after the user revoked the grant, and its access tokens stop working', async () => {
    const { access_token } = (await refresh()).json;
    set({ revokedRefreshTokens: [refreshToken] });
    expect(await refresh()).toMatchObject({ status: 400, json: dead });
    expect(await read(access_token)).toBe(401);
  });

  it('Google docs: is invalid_grant after 7 days for an app in testing', async () => {
    set({ publishingStatus: 'testing' });
    advance(7 * dayMs - 60_000);
    expect((await refresh()).status).toBe(200);
    advance(60_000);
    expect((await refresh()).json).toEqual(dead);
  });

  it('Google docs: is invalid_grant after six months without use', async () => {
    advance(100 * dayMs);
    await refresh();
    advance(100 * dayMs);
    expect((await refresh()).status).toBe(200);
    advance(190 * dayMs);
    expect((await refresh()).json).toEqual(dead);
  });

  it.each([
    ['an unknown client', { client_id: 'x' }, 401, 'invalid_client'],
    ['a wrong secret', { client_secret: 'x' }, 401, 'invalid_client'],
    ['an unsupported grant type', { grant_type: 'password' }, 400, 'unsupported_grant_type'],
    ['no refresh token', { refresh_token: '' }, 400, 'invalid_request'],
    ['an unknown refresh token', { refresh_token: 'x' }, 400, 'invalid_grant'],
  ])('RFC 6749 5.2: %s', async (_, form, status, error) => {
    const answer = await token({ grant_type: 'refresh_token', refresh_token: refreshToken, ...form } as Record<string, string>);
    expect(answer).toMatchObject({ status, json: { error } });
  });

  it('does not accept JSON', async () => {
    const form = { client_id: clientId, client_secret: clientSecret, grant_type: 'refresh_token', refresh_token: refreshToken };
    expect((await call('POST', `${sandbox.url}/token`, form)).json.error).toBe('invalid_client');
  });
});

describe('a code', () => {
  it('Google docs: is exchanged once, for both tokens', async () => {
    const { json } = await exchange();
    expect(await read(json.access_token)).toBe(200);
    expect((await refresh(json.refresh_token)).status).toBe(200);
    expect((await exchange()).json.error).toBe('invalid_grant');
  });

  it('Google docs: 100 grants are valid at once, and a further one silently revokes the oldest', async () => {
    const granted: string[] = [];
    for (let count = 0; count <= 100; count += 1) {
      set({ authorizationCode: `code-${count}` });
      granted.push((await exchange(`code-${count}`)).json.refresh_token);
    }
    expect((await refresh(granted[0])).json).toEqual(dead);
    expect((await refresh(granted[1])).status).toBe(200);
  });
});
