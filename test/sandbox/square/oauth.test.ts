import { afterAll, beforeEach, describe, expect, it } from '@jest/globals';
import { call } from '#test/sandbox/core/http.ts';
import { startHarness } from './harness.ts';

const square = await startHarness();
const { sandbox, set, control } = square;
const { clientId, clientSecret, refreshToken, authorizationCode } = sandbox.settings.current;
const app = { client_id: clientId, client_secret: clientSecret };
const post = (path: string, body: object, headers: Record<string, string> = {}) =>
  call('POST', `${sandbox.url}/oauth2${path}`, body, headers);
const refresh = (refresh_token: string, more: object = {}) =>
  post('/token', { ...app, grant_type: 'refresh_token', refresh_token, ...more });
const codeOf = async (token: string, method = 'GET') => {
  const headers = { authorization: `Bearer ${token}` };
  const body = method === 'GET' ? undefined : { given_name: 'Ada' };
  const { status, json } = await call(method, `${sandbox.url}/v2/customers`, body, headers);
  return json.errors?.[0].code ?? status;
};
const days = (count: number) => control('POST', '/clock', { advanceMs: count * 86_400_000 });

beforeEach(() => square.reset());
afterAll(() => square.close());

describe('POST /oauth2/token', () => {
  it('Square docs (ObtainToken): a token for 30 days, and the same refresh token in the code flow', async () => {
    const { status, json } = await refresh(refreshToken);
    expect(status).toBe(200);
    expect(json).toMatchObject({ token_type: 'bearer', refresh_token: refreshToken, short_lived: false });
    expect(json.merchant_id).toBe(sandbox.settings.current.merchantId);
    expect(json.refresh_token_expires_at).toBeUndefined();
    expect(await codeOf(json.access_token)).toBe(200);
    await days(30);
    expect(await codeOf(json.access_token)).toBe('ACCESS_TOKEN_EXPIRED');
    expect((await refresh(refreshToken)).status).toBe(200);
  });

  it('Square docs (ObtainToken): short_lived ends after 24 hours, and scopes limit the token', async () => {
    const { json } = await refresh(refreshToken, { short_lived: true, scopes: ['CUSTOMERS_READ'] });
    expect(await codeOf(json.access_token)).toBe(200);
    expect(await codeOf(json.access_token, 'POST')).toBe('INSUFFICIENT_SCOPES');
    await days(1);
    expect(await codeOf(json.access_token)).toBe('ACCESS_TOKEN_EXPIRED');
  });

  it('Square docs (ObtainToken): the PKCE flow has no secret, and its refresh tokens work once, for 90 days', async () => {
    set({ oauthFlow: 'pkce' });
    const first = await post('/token', { client_id: clientId, grant_type: 'refresh_token', refresh_token: refreshToken });
    const { refresh_token } = first.json;
    expect(refresh_token).not.toBe(refreshToken);
    expect(first.json.refresh_token_expires_at).toEqual(expect.any(String));
    expect((await refresh(refreshToken)).status).toBe(401);
    await days(90);
    expect((await refresh(refresh_token)).status).toBe(401);
  });

  it('forum 26359: a refresh token of the code flow ends 15 days after its access token', async () => {
    await refresh(refreshToken);
    await days(44);
    expect((await refresh(refreshToken)).status).toBe(200);
    await days(46);
    expect((await refresh(refreshToken)).status).toBe(401);
    set({ refreshGraceMs: null });
  });

  it('Square docs (ObtainToken): an authorization code works once', async () => {
    const exchange = () => post('/token', { ...app, grant_type: 'authorization_code', code: authorizationCode });
    expect(await codeOf((await exchange()).json.access_token)).toBe(200);
    expect((await exchange()).status).toBe(401);
  });

  it('assumption: a wrong app is a 401, or a 400', async () => {
    expect((await refresh(refreshToken, { client_secret: 'wrong' })).status).toBe(401);
    set({ tokenRefusalStatus: 400 });
    expect((await refresh(refreshToken, { client_id: 'wrong' })).status).toBe(400);
  });
});

describe('a revocation', () => {
  it('Square docs (RevokeToken): ends every token of the app, and sends a webhook', async () => {
    const { access_token: token } = (await refresh(refreshToken)).json;
    const answer = await post(
      '/revoke',
      { client_id: clientId, access_token: token },
      { authorization: `Client ${clientSecret}` },
    );
    expect(answer.json).toEqual({ success: true });
    expect(await codeOf(token)).toBe('ACCESS_TOKEN_REVOKED');
    expect((await refresh(refreshToken)).status).toBe(401);
    const [webhook] = await square.events();
    expect(webhook?.json).toMatchObject({
      type: 'oauth.authorization.revoked',
      data: { type: 'revocation', object: { revocation: { revoker_type: 'APPLICATION' } } },
    });
  });

  it('Square docs (RevokeToken): of one access token leaves the authorization', async () => {
    const { access_token } = (await refresh(refreshToken)).json;
    const body = { client_id: clientId, access_token, revoke_only_access_token: true };
    await post('/revoke', body, { authorization: `Client ${clientSecret}` });
    expect(await codeOf(access_token)).toBe('ACCESS_TOKEN_REVOKED');
    expect((await refresh(refreshToken)).status).toBe(200);
  });

  it('is refused without the secret of the app', async () => {
    expect((await post('/revoke', { client_id: clientId })).status).toBe(401);
  });

  it('by the seller names them', async () => {
    await square.person({ revokeAuthorization: true });
    const [webhook] = await square.events();
    expect(webhook?.json.data.object.revocation.revoker_type).toBe('MERCHANT');
  });
});
