import { createHash } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { gohighlevelSandbox } from '#sandbox/gohighlevel/index.ts';
import { googleSandbox } from '#sandbox/google/index.ts';
import { squareSandbox } from '#sandbox/square/index.ts';

const redirectUri = 'https://accord.test/callback';
const verifier = 'a-verifier-of-forty-three-characters-or-more-0';
const challenge = createHash('sha256').update(verifier).digest('base64url');
const settings = { redirectUris: [redirectUri] };

const vendors = [
  {
    ...{ title: 'Google', start: () => googleSandbox.start({ settings }), page: '/o/oauth2/v2/auth', token: '/token' },
    query: {
      ...{ response_type: 'code', scope: 'https://www.googleapis.com/auth/contacts', access_type: 'offline' },
      ...{ code_challenge: challenge, code_challenge_method: 'S256' },
    },
    exchange: { code_verifier: verifier, client_secret: 'sandbox-client-secret' },
    isJson: false,
  },
  {
    ...{
      title: 'Square, PKCE',
      start: () => squareSandbox.start({ settings }),
      page: '/oauth2/authorize',
      token: '/oauth2/token',
    },
    query: { scope: 'CUSTOMERS_READ CUSTOMERS_WRITE', code_challenge: challenge },
    exchange: { code_verifier: verifier },
    isJson: true,
  },
  {
    ...{
      title: 'GoHighLevel',
      start: () => gohighlevelSandbox.start({ settings }),
      page: '/oauth/chooselocation',
      token: '/oauth/token',
    },
    query: { response_type: 'code', scope: 'contacts.readonly contacts.write' },
    exchange: { client_secret: 'sandbox-client-secret', user_type: 'Location' },
    isJson: false,
  },
];

describe.each(vendors)('the authorise page of $title', ({ start, page, token, query, exchange, isJson }) => {
  let sandbox: Awaited<ReturnType<typeof start>>;
  beforeAll(async () => {
    sandbox = await start();
  });
  beforeEach(() => void sandbox.settings.patch({ redirectUris: [redirectUri] }));
  afterAll(() => sandbox.close());

  const clientId = () => (sandbox.settings.current as { clientId: string }).clientId;
  const urlOf = (more: Record<string, string> = {}) => {
    const parameters = { client_id: clientId(), redirect_uri: redirectUri, state: 'abc', ...query, ...more };
    return `${sandbox.url}${page}?${new URLSearchParams(parameters)}`;
  };
  const decide = async (decision: string, more: Record<string, string> = {}) => {
    const body = new URLSearchParams({ decision });
    const response = await fetch(urlOf(more), { method: 'POST', body, redirect: 'manual' });
    return { status: response.status, location: response.headers.get('location') };
  };
  const codeOf = async () => new URL((await decide('allow')).location ?? '').searchParams.get('code') ?? '';
  const redeem = (code: string, more: Record<string, string> = {}) => {
    const form = {
      client_id: clientId(),
      grant_type: 'authorization_code',
      code,
      redirect_uri: redirectUri,
      ...exchange,
      ...more,
    };
    const body = isJson ? JSON.stringify(form) : new URLSearchParams(form);
    return fetch(sandbox.url + token, {
      method: 'POST',
      body,
      ...(isJson && { headers: { 'content-type': 'application/json' } }),
    });
  };

  it('shows the scopes, and sends the code and the state back', async () => {
    expect(await (await fetch(urlOf())).text()).toContain(query.scope.split(' ')[0]);
    const { status, location } = await decide('allow');
    expect([status, location]).toEqual([302, expect.stringMatching(/^https:\/\/accord\.test\/callback\?code=.*state=abc/)]);
  });

  it('sends a denial back with the state, and no code', async () => {
    const { searchParams } = new URL((await decide('deny')).location ?? '');
    expect([searchParams.get('error'), searchParams.get('state'), searchParams.get('code')]).toEqual([
      'access_denied',
      'abc',
      null,
    ]);
  });

  it('sends nothing to a redirect URI that is not registered, or for an unknown app', async () => {
    expect(await decide('allow', { redirect_uri: 'https://evil.test/' })).toEqual({ status: 400, location: null });
    expect((await decide('allow', { client_id: 'unknown' })).location).toBeNull();
    expect((await decide('allow', { scope: 'everything' })).location).toBeNull();
  });

  it('issues codes that work once, until they expire, for the redirect URI that they were issued for', async () => {
    const code = await codeOf();
    expect((await redeem(code)).status).toBe(200);
    expect((await redeem(code)).ok).toBe(false);
    expect((await redeem(await codeOf(), { redirect_uri: 'https://other.test/' })).ok).toBe(false);
    const late = await codeOf();
    sandbox.clock.advance(600_000);
    expect((await redeem(late)).ok).toBe(false);
  });

  it('binds a code to its PKCE challenge, where the vendor has one', async () => {
    if (!('code_challenge' in query)) return;
    expect((await redeem(await codeOf(), { code_verifier: `${verifier}-wrong` })).ok).toBe(false);
    expect((await redeem(await codeOf(), { code_verifier: '' })).ok).toBe(false);
  });
});
