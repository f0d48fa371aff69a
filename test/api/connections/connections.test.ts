import { randomUUIDv7 } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { toProviders } from '#config/accounts.ts';
import { listConnections } from '#db/connections/connections.ts';
import { claimLink } from '#db/contacts/links.ts';
import { createTokenStore } from '#db/oauth-tokens.ts';
import { addAccounts, setAccountMode } from '#db/sync/account-modes.ts';
import { providers } from '#providers/index.ts';
import { faultsOf } from '#test/api/docs/openapi-check.ts';
import { control } from '#test/setup/accord.ts';
import { testEncryptionKey } from '#test/setup/provider-settings.ts';
import { type Connecting, decide, startConnecting, storedText } from './connecting.ts';

let accord: Connecting;
beforeAll(async () => {
  accord = await startConnecting();
});
afterAll(() => accord.close());

async function connectByPage(account: string, query = ''): Promise<{ status: number; page: string; id: string }> {
  const { id, authorizeUrl } = await accord.begin(account, query);
  const response = await accord.visit(await decide(authorizeUrl));
  return { status: response.status, page: await response.text(), id };
}

async function grantOf(provider: string) {
  const tokens = await createTokenStore(accord.api.db, testEncryptionKey).find({ provider, accountId: 'me' });
  if (!tokens) throw new Error(`${provider} has no tokens`);
  return { tokens };
}

const audit = async (action: string) =>
  (await accord.api.db.selectFrom('audit_log').select(['target', 'details']).where('action', '=', action).execute()).length;

describe('GET /api/v1/connections', () => {
  it('lists what can be connected, how, and what to do', async () => {
    const response = await accord.api.get('/api/v1/connections');
    expect([response.status, await faultsOf('get', '/api/v1/connections', response)]).toEqual([200, []]);
    const { data } = (await response.json()) as { data: { connections: object[] } };
    expect(data.connections).toMatchObject([
      { account: 'gohighlevel', state: 'not-connected', source: null, methods: ['oauth', 'key'] },
      { account: 'calltools', methods: ['key'], advice: 'CallTools is not connected: accord connect calltools.' },
      { account: 'square', methods: ['oauth', 'key'], keyVariables: [{ name: 'SQUARE_ACCESS_TOKEN', isSecret: true }] },
      { account: 'google', methods: ['oauth'], redirectUri: 'http://accord.test/connections/callback' },
    ]);
  });

  it('needs connections:read, and a change connections:write', async () => {
    const authorization = `Bearer ${await accord.api.keyFor('connections:read')}`;
    expect((await fetch(`${accord.api.url}/api/v1/connections`, { headers: { authorization } })).status).toBe(200);
    const remove = await fetch(`${accord.api.url}/api/v1/connections/square`, { method: 'DELETE', headers: { authorization } });
    expect(remove.status).toBe(403);
    const other = `Bearer ${await accord.api.keyFor('sync:write')}`;
    expect((await fetch(`${accord.api.url}/api/v1/connections`, { headers: { authorization: other } })).status).toBe(403);
  });
});

describe('an authorise page', () => {
  it('of Google connects its account with PKCE, the least scope, and nothing readable in the database', async () => {
    const { id, authorizeUrl } = await accord.begin('google');
    const asked = new URL(authorizeUrl).searchParams;
    expect(asked.get('scope')).toBe('https://www.googleapis.com/auth/contacts');
    expect([asked.get('code_challenge_method'), asked.get('code_challenge')?.length]).toEqual(['S256', 43]);
    expect((await accord.follow(id)).state).toBe('waiting');
    const response = await accord.visit(await decide(authorizeUrl));
    expect([response.status, response.headers.get('referrer-policy'), response.headers.get('cache-control')]).toEqual([
      ...[200, 'no-referrer', 'no-store'],
    ]);
    expect(await response.text()).toContain('Google Contacts is connected. Accord begins to read it.');
    expect(await accord.follow(id)).toMatchObject({ state: 'connected' });
    expect(await accord.show('google')).toMatchObject({
      ...{ state: 'connected', source: 'stored', method: 'oauth', advice: null },
      identity: { id: '100000000000000000001', name: 'Sandbox Owner' },
      scopes: ['https://www.googleapis.com/auth/contacts'],
    });
    const stored = await storedText(accord.api);
    for (const secret of ['1//', 'ya29.', asked.get('state') ?? '', 'sandbox-client-secret'])
      expect(stored).not.toContain(secret);
    expect(await audit('connection.connect')).toBe(1);
  });

  it('of Square connects its seller, and subscribes to webhooks whose key is stored encrypted', async () => {
    expect(await connectByPage('square')).toMatchObject({ status: 200 });
    const shown = await accord.show('square');
    expect(shown).toMatchObject({ state: 'connected', identity: { id: 'MLSANDBOXMERCHANT', name: 'Sandbox Business' } });
    expect(shown.checks).toContainEqual({
      ...{ name: 'webhook', isOk: true, fix: null },
      message: 'Square sends webhooks to http://accord.test/webhooks/square.',
    });
    const headers = { authorization: `Bearer ${accord.sandboxes.square.settings.current.token}` };
    const response = await fetch(`${accord.sandboxes.square.url}/v2/webhooks/subscriptions`, { headers });
    const { subscriptions } = (await response.json()) as { subscriptions: { notification_url: string; signature_key: string }[] };
    expect(subscriptions).toHaveLength(1);
    expect(await storedText(accord.api)).not.toContain(subscriptions[0]?.signature_key);
    // The second connect takes the subscription over.
    await connectByPage('square');
    expect(
      ((await (await fetch(response.url, { headers })).json()) as typeof shown & { subscriptions: [] }).subscriptions,
    ).toHaveLength(1);
  });

  it('of GoHighLevel connects a location, and the steps for its webhooks follow', async () => {
    expect(await connectByPage('gohighlevel')).toMatchObject({ status: 200 });
    const { checks, identity } = await accord.show('gohighlevel');
    expect(identity).toEqual({ id: 'Sbx0Location0Alpha01', name: 'Sandbox location' });
    expect(checks?.filter(({ isOk }) => !isOk)).toEqual([]);
    expect(checks?.find(({ name }) => name === 'webhook')?.fix).toContain('enter http://accord.test/webhook/ghl');
  });

  it('denied changes nothing', async () => {
    const { id, authorizeUrl } = await accord.begin('google');
    const before = await listConnections(accord.api.db);
    const response = await accord.visit(await decide(authorizeUrl, 'deny'));
    expect([response.status, await response.text()]).toEqual([400, expect.stringContaining('denied at Google')]);
    expect(await accord.follow(id)).toMatchObject({ state: 'denied' });
    expect(await listConnections(accord.api.db)).toEqual(before);
  });

  it('without a scope that Accord needs is refused, with the scope', async () => {
    const { id, authorizeUrl } = await accord.begin('gohighlevel');
    await accord.visit(await decide(authorizeUrl, 'allow', ['contacts.write']));
    expect(await accord.follow(id)).toMatchObject({
      state: 'failed',
      message: expect.stringContaining('granted no contacts.write'),
    });
  });

  it('of a vendor that is down during the exchange fails in one sentence; a new try succeeds', async () => {
    await control(accord.sandboxes.google, 'POST', 'faults', { method: 'POST', path: '/token', status: 503, times: 1 });
    const { id, authorizeUrl } = await accord.begin('google');
    expect((await accord.visit(await decide(authorizeUrl))).status).toBe(400);
    const message = expect.stringMatching(/^Google Contacts is unavailable .*begin again in a moment\.$/);
    expect(await accord.follow(id)).toMatchObject({ state: 'failed', message });
    expect(await connectByPage('google')).toMatchObject({ status: 200 });
  });

  it('refuses a redirect URI that the app does not have, and sends nothing there', async () => {
    const { authorizeUrl } = await accord.begin('square');
    const url = new URL(authorizeUrl);
    url.searchParams.set('redirect_uri', 'http://evil.test/');
    const response = await fetch(url, { method: 'POST', body: 'decision=allow', redirect: 'manual' });
    expect([response.status, response.headers.get('location')]).toEqual([400, null]);
  });
});

describe('the callback', () => {
  const callback = async (query: string) => {
    const response = await fetch(`${accord.api.url}/connections/callback?${query}`);
    return [response.status, /<p>([^<]*)/.exec(await response.text())?.[1]];
  };
  const nobody = 'Nobody began this authorisation, or it was long ago: begin again, and open the page from there.';

  it.each([
    ['no state', 'code=x'],
    ['an unknown state', 'code=x&state=AAAA'],
    ['markup as its state', 'code=x&state=%3Cscript%3E'],
    ['a state and an error', 'error=access_denied&state=AAAA'],
  ])('with %s is refused', async (_, query) => {
    expect(await callback(query)).toEqual([400, nobody]);
  });

  it('with a used state is refused, also while the code is new', async () => {
    const { authorizeUrl } = await accord.begin('google');
    const [first, second] = [await decide(authorizeUrl), await decide(authorizeUrl)];
    expect((await accord.visit(first)).status).toBe(200);
    const again = await accord.visit(second);
    expect([again.status, await again.text()]).toEqual([400, expect.stringContaining('was used before')]);
  });

  it('with two values of one parameter is refused', async () => {
    const { id, authorizeUrl } = await accord.begin('google');
    await accord.visit(`${await decide(authorizeUrl)}&code=another`);
    expect(await accord.follow(id)).toMatchObject({ state: 'failed' });
  });

  it('with an old state is refused', async () => {
    const { id, authorizeUrl } = await accord.begin('google');
    await accord.api.db
      .updateTable('authorization_request')
      .set({ expires_at: new Date(0) })
      .where('id', '=', id)
      .execute();
    const response = await accord.visit(await decide(authorizeUrl));
    expect([response.status, await response.text()]).toEqual([400, expect.stringContaining('too old')]);
  });

  it('of another vendor’s issuer is refused (RFC 9207)', async () => {
    const { id, authorizeUrl } = await accord.begin('google');
    const location = new URL(await decide(authorizeUrl));
    location.searchParams.set('iss', 'https://evil.test');
    await accord.visit(location.href);
    expect(await accord.follow(id)).toMatchObject({ state: 'failed' });
  });

  it('completes two tabs, each with its own state and verifier', async () => {
    const [one, two] = [await accord.begin('google'), await accord.begin('google')];
    const [first, second] = [await decide(one.authorizeUrl), await decide(two.authorizeUrl)];
    const pages = await Promise.all([accord.visit(second), accord.visit(first)]);
    expect(pages.map(({ status }) => status)).toEqual([200, 200]);
    // The code of one tab with the state of the other: the verifier does not fit.
    const [three, four] = [await accord.begin('google'), await accord.begin('google')];
    const mixed = new URL(await decide(three.authorizeUrl));
    mixed.searchParams.set('state', new URL(four.authorizeUrl).searchParams.get('state') ?? '');
    await accord.visit(mixed.href);
    expect(await accord.follow(four.id)).toMatchObject({ state: 'failed' });
  });

  it('is followed only by the key that began', async () => {
    const { id } = await accord.begin('google');
    const authorization = `Bearer ${await accord.api.keyFor('connections:write')}`;
    const response = await fetch(`${accord.api.url}/api/v1/connections/authorizations/${id}`, { headers: { authorization } });
    expect(response.status).toBe(404);
  });

  it('may be local: then the caller passes on what it got', async () => {
    accord.sandboxes.google.settings.patch({ clientType: 'desktop' });
    const redirectUri = 'http://127.0.0.1:50123/callback';
    const started = await accord.api.post('/api/v1/connections/google/authorize', { redirectUri });
    const { data } = (await started.json()) as { data: { id: string; authorizeUrl: string } };
    const parameters = Object.fromEntries(new URL(await decide(data.authorizeUrl)).searchParams);
    const passed = await accord.api.post(`/api/v1/connections/authorizations/${data.id}`, { parameters });
    expect(await passed.json()).toMatchObject({ data: { state: 'connected' } });
    expect((await accord.api.post('/api/v1/connections/google/authorize', { redirectUri: 'http://evil.test/' })).status).toBe(
      400,
    );
  });
});

describe('a key', () => {
  it('connects CallTools, and the checks name the bucket that is missing', async () => {
    const { token } = accord.sandboxes.calltools.info() as { token: string };
    const response = await accord.put('calltools', { CALLTOOLS_API_KEY: token });
    expect([response.status, await faultsOf('put', '/api/v1/connections/{account}', response)]).toEqual([200, []]);
    const text = await response.text();
    expect(text).not.toContain(token);
    expect(await storedText(accord.api)).not.toContain(token);
    const checks = (await accord.show('calltools')).checks ?? [];
    expect(checks.filter(({ isOk }) => !isOk)).toEqual([
      {
        ...{ name: 'lists', isOk: false, message: 'CallTools has no bucket “Nobody has made this”.' },
        fix: 'Make it there, or name another one under audiences in accord.yaml and restart.',
      },
    ]);
  });

  it('of Square needs no merchant id', async () => {
    const { token } = accord.sandboxes.square.settings.current;
    expect((await accord.put('square', { SQUARE_ACCESS_TOKEN: token })).status).toBe(200);
    expect(await accord.show('square')).toMatchObject({ method: 'key', identity: { id: 'MLSANDBOXMERCHANT' } });
  });

  it.each([
    ['that the vendor refuses', 'calltools', { CALLTOOLS_API_KEY: 'wrong' }, 422, 'credentials-refused'],
    ['without its value', 'calltools', {}, 400, 'invalid-input'],
    [
      'with a variable that is nobody’s credential',
      'calltools',
      { CALLTOOLS_BASE_URL: 'http://evil.test' },
      400,
      'invalid-input',
    ],
    ['for a vendor without keys', 'google', { GOOGLE_REFRESH_TOKEN: 'x' }, 409, 'no-key'],
    ['for an account that does not exist', 'fax', {}, 404, 'not-found'],
  ])('%s is refused', async (_, account, variables, status, code) => {
    const before = await listConnections(accord.api.db);
    const response = await accord.put(account, variables as Record<string, string>);
    expect([response.status, await response.json()]).toEqual([
      status,
      expect.objectContaining({ type: `urn:accord:problem:${code}` }),
    ]);
    expect(await listConnections(accord.api.db)).toEqual(before);
  });
});

describe('another account than the one whose records are linked', () => {
  const linked = async (provider: string, accountId: string) => {
    await claimLink(accord.api.db, { provider, accountId, externalId: randomUUIDv7() });
    const rows = await accord.api.db.selectFrom('link').select('state').where('provider', '=', provider).execute();
    return rows.map(({ state }) => state);
  };

  it('is refused, and taken after a decision: its records are detached, and it begins anew', async () => {
    await connectByPage('square');
    await linked('square', 'MLSANDBOXMERCHANT');
    await addAccounts(accord.api.db, ['square'], 'live');
    await setAccountMode(accord.api.db, 'square', 'live');
    accord.sandboxes.square.settings.patch({ merchantId: 'MLOTHER', businessName: 'Another Business' });
    const { id, page } = await connectByPage('square');
    expect(page).toContain('“Another Business” (MLOTHER), but the linked records are of “Sandbox Business” (MLSANDBOXMERCHANT)');
    expect(await accord.follow(id)).toMatchObject({ state: 'other-account' });
    expect((await accord.show('square')).identity?.id).toBe('MLSANDBOXMERCHANT');
    const accepted = await accord.api.post(`/api/v1/connections/authorizations/${id}`, { replace: true });
    expect([accepted.status, await accepted.json()]).toEqual([
      200,
      expect.objectContaining({ data: expect.objectContaining({ state: 'connected' }) }),
    ]);
    expect((await accord.show('square')).identity?.id).toBe('MLOTHER');
    const { db } = accord.api;
    expect(await db.selectFrom('link').select('state').where('provider', '=', 'square').execute()).toEqual([
      { state: 'detached' },
    ]);
    expect(await db.selectFrom('account').select('mode').where('provider', '=', 'square').execute()).toEqual([
      { mode: 'observe' },
    ]);
    expect((await accord.api.post(`/api/v1/connections/authorizations/${id}`, { replace: true })).status).toBe(409);
  });

  it('by a key needs ?replace=true', async () => {
    await linked('square', 'MLOTHER');
    accord.sandboxes.square.settings.patch({ merchantId: 'MLTHIRD' });
    const variables = { SQUARE_ACCESS_TOKEN: accord.sandboxes.square.settings.current.token };
    const refused = await accord.put('square', variables);
    expect([refused.status, await refused.json()]).toEqual([
      409,
      expect.objectContaining({ detail: expect.stringContaining('?replace=true') }),
    ]);
    expect((await accord.put('square', variables, '?replace=true')).status).toBe(200);
  });
});

describe('a further account of a vendor', () => {
  it('must be another account there, and has a webhook URL of its own', async () => {
    const first = accord.accounts.get('square');
    const further = toProviders(providers, { ids: ['square-b'] }).find(({ id }) => id === 'square-b');
    if (!first || !further?.connector) throw new Error('There is no further account');
    accord.accounts.set('square-b', { ...first, provider: further, connector: further.connector });
    const twin = await connectByPage('square-b');
    expect([twin.status, twin.page]).toEqual([400, expect.stringContaining('square is connected to “')]);
    accord.sandboxes.square.settings.patch({ merchantId: 'MLFURTHER', businessName: 'Further Business' });
    expect((await connectByPage('square-b')).status).toBe(200);
    const { checks, identity } = await accord.show('square-b');
    expect(identity?.id).toBe('MLFURTHER');
    expect(checks?.find(({ name }) => name === 'webhook')?.message).toBe(
      'Square (b) sends webhooks to http://accord.test/webhooks/square/square-b.',
    );
    accord.accounts.delete('square-b');
  });
});

describe('a grant that is taken back while Accord runs', () => {
  it('shows who must act, and is whole again after a new grant', async () => {
    await connectByPage('google');
    const { google } = accord.sandboxes;
    const revoke = async () => {
      const { tokens } = await grantOf('google');
      await fetch(`${google.url}/revoke`, { method: 'POST', body: new URLSearchParams({ token: tokens.refreshToken }) });
    };
    await revoke();
    const checked = await accord.api.post('/api/v1/connections/google/check');
    expect([checked.status, await faultsOf('post', '/api/v1/connections/{account}/check', checked)]).toEqual([200, []]);
    expect(await accord.show('google')).toMatchObject({
      ...{ state: 'reauthorise', failingSince: expect.any(String), lastError: { type: 'AuthenticationError' } },
      advice: expect.stringMatching(/^Google .* Connect it again: accord connect google\.$/),
      checks: [{ name: 'account', isOk: false }],
    });
    await connectByPage('google');
    expect(await accord.show('google')).toMatchObject({ state: 'connected', advice: null, lastError: null });
  });
});

describe('DELETE /api/v1/connections/{account}', () => {
  it('takes the grant back at Google, forgets it, and keeps the links', async () => {
    await connectByPage('google');
    await claimLink(accord.api.db, { provider: 'google', accountId: 'me', externalId: 'people/c1' });
    const response = await accord.api.request('DELETE', '/api/v1/connections/google');
    expect([response.status, await faultsOf('delete', '/api/v1/connections/{account}', response)]).toEqual([200, []]);
    expect(await response.json()).toMatchObject({
      data: { isRevoked: true, connection: { state: 'not-connected', scopes: null } },
    });
    const rows = await accord.api.db.selectFrom('link').select('state').where('provider', '=', 'google').execute();
    expect(rows).toEqual([{ state: 'linked' }]);
    expect(await accord.api.db.selectFrom('oauth_token').select('provider').where('provider', '=', 'google').execute()).toEqual(
      [],
    );
    expect((await accord.api.request('DELETE', '/api/v1/connections/google')).status).toBe(409);
  });

  it('forgets a grant that the vendor cannot take back just now, and says so', async () => {
    await connectByPage('google');
    await control(accord.sandboxes.google, 'POST', 'faults', { method: 'POST', path: '/revoke', status: 500, times: 1 });
    const response = await accord.api.request('DELETE', '/api/v1/connections/google');
    expect(await response.json()).toMatchObject({
      data: { isRevoked: false, message: expect.stringContaining('could not take it back') },
    });
    expect((await accord.show('google')).state).toBe('not-connected');
  });
});

describe('settings', () => {
  it('of the environment win: such an account is shown as such, and cannot be changed here', async () => {
    const calltools = accord.accounts.get('calltools');
    if (!calltools) throw new Error('There is no CallTools');
    accord.accounts.set('calltools', {
      ...calltools,
      isInEnvironment: true,
      variables: { ...calltools.variables, CALLTOOLS_API_KEY: 'x' },
    });
    expect(await accord.show('calltools')).toMatchObject({ source: 'environment', methods: [], state: 'connected' });
    expect((await accord.put('calltools', { CALLTOOLS_API_KEY: 'y' })).status).toBe(409);
    expect((await accord.api.request('DELETE', '/api/v1/connections/calltools')).status).toBe(409);
    accord.accounts.set('calltools', calltools);
  });

  it('without ACCORD_ENCRYPTION_KEY store nothing, and stored credentials count as lost', async () => {
    const key = accord.connections.encryptionKey;
    accord.connections.encryptionKey = null;
    const response = await accord.api.post('/api/v1/connections/google/authorize', {});
    expect([response.status, await response.json()]).toEqual([
      ...[409, expect.objectContaining({ type: 'urn:accord:problem:no-encryption-key' })],
    ]);
    expect(await accord.show('calltools')).toMatchObject({
      ...{ state: 'reauthorise', advice: expect.stringContaining('does not open the stored credentials') },
    });
    accord.connections.encryptionKey = key;
  });

  it('without an OAuth app name the variables and the redirect URI', async () => {
    const google = accord.accounts.get('google');
    if (!google) throw new Error('There is no Google');
    accord.accounts.set('google', { ...google, variables: {} });
    const response = await accord.api.post('/api/v1/connections/google/authorize', {});
    const { detail } = (await response.json()) as { detail: string };
    expect(detail).toBe(
      'Set GOOGLE_CLIENT_ID and GOOGLE_CLIENT_SECRET of an OAuth app of Google Contacts in the environment and restart. ' +
        'The redirect URI of the app is http://accord.test/connections/callback.',
    );
    expect(await accord.show('google')).toMatchObject({ methods: [] });
    accord.accounts.set('google', google);
  });
});
