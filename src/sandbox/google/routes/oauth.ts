import { type Request, type Response, Router } from 'express';
import { AuthorizeRefusal, type AuthorizeRequest, authorizePage } from '#sandbox/core/authorize-page.ts';
import type { Account } from '#sandbox/google/account.ts';
import { OAuthError } from '#sandbox/google/oauth-error.ts';
import { type GoogleSettings, scopes } from '#sandbox/google/settings.ts';
import type { TokenAnswer } from '#sandbox/google/tokens.ts';

/**
 * `POST /token` and `POST /revoke`, in place of those of https://oauth2.googleapis.com, and the page of
 * https://accounts.google.com/o/oauth2/v2/auth. Google docs: "Using OAuth 2.0 for Web Server Applications".
 */
export function oauthRoute(account: Account): Router {
  const router = Router();
  router.use(
    authorizePage('/o/oauth2/v2/auth', {
      title: 'Google',
      read: (query) => readRequest(account, query),
      allow: (request) => ({ ...allow(account, request), scope: request.scopes.join(' '), iss: issuer }),
      deny: () => ({ error: 'access_denied', iss: issuer }),
    }),
  );
  router.post('/token', (request, response) => answer(response, () => exchange(account, formOf(request))));
  router.post('/revoke', (request, response) =>
    answer(response, () => {
      account.tokens.revoke(required(formOf(request), 'token'));
      return {};
    }),
  );
  return router;
}

const issuer = 'https://accounts.google.com';

function answer(response: Response, work: () => object): void {
  try {
    response.json(work());
  } catch (error) {
    if (!(error instanceof OAuthError)) throw error;
    response.status(error.status).json(error.body);
  }
}

/** Google's page has the same codes. */
function readRequest({ settings }: Account, query: URLSearchParams): AuthorizeRequest {
  const { clientId, profileName } = settings();
  const need = (name: string) => {
    const value = query.get(name);
    if (!value) throw new AuthorizeRefusal(`Error 400: invalid_request. Required parameter is missing: ${name}`);
    return value;
  };
  if (need('client_id') !== clientId)
    throw new AuthorizeRefusal('Error 401: invalid_client. The OAuth client was not found.', 401);
  const redirectUri = need('redirect_uri');
  if (!isRegistered(redirectUri, settings())) throw new AuthorizeRefusal('Error 400: redirect_uri_mismatch.');
  if (need('response_type') !== 'code') throw new AuthorizeRefusal('Error 400: unsupported_response_type.');
  const wanted = need('scope').split(' ');
  const unknown = wanted.filter((scope) => !scopes.some((known) => known === scope));
  if (unknown.length > 0)
    throw new AuthorizeRefusal(`Error 400: invalid_scope. Some requested scopes were invalid: ${unknown.join(' ')}`);
  const codeChallenge = query.get('code_challenge');
  if (codeChallenge !== null && query.get('code_challenge_method') !== 'S256')
    throw new AuthorizeRefusal('Error 400: invalid_request. This sandbox takes the code_challenge_method S256 only.');
  // Without offline access there is no refresh token, and Accord needs one.
  if (query.get('access_type') !== 'offline') throw new AuthorizeRefusal('Error 400: this sandbox has offline access only.');
  return { redirectUri, state: query.get('state'), scopes: wanted, codeChallenge, account: profileName };
}

function isRegistered(redirectUri: string, { redirectUris, clientType }: GoogleSettings): boolean {
  const isLoopback = URL.canParse(redirectUri) && /^http:\/\/(127\.0\.0\.1|\[::1\])$/.test(originWithoutPort(redirectUri));
  return redirectUris.includes(redirectUri) || (clientType === 'desktop' && isLoopback);
}

function originWithoutPort(url: string): string {
  const { protocol, hostname } = new URL(url);
  return `${protocol}//${hostname}`;
}

function allow({ tokens, settings }: Account, { redirectUri, scopes: granted, codeChallenge }: AuthorizeRequest) {
  const lifeMs = settings().codeLifeMs;
  return { code: tokens.codes.issue({ redirectUri, scopes: granted, codeChallenge }, { prefix: '4/', lifeMs }) };
}

function exchange({ tokens, settings }: Account, form: URLSearchParams): TokenAnswer {
  const { clientId, clientSecret } = settings();
  if (form.get('client_id') !== clientId) throw new OAuthError('invalid_client', 'The OAuth client was not found.', 401);
  if (form.get('client_secret') !== clientSecret) throw new OAuthError('invalid_client', 'Unauthorized', 401);
  switch (form.get('grant_type')) {
    case 'refresh_token':
      return tokens.refresh(required(form, 'refresh_token'));
    case 'authorization_code':
      return tokens.exchangeCode({
        ...{ code: required(form, 'code'), redirectUri: form.get('redirect_uri'), codeVerifier: form.get('code_verifier') },
      });
    default:
      throw new OAuthError('unsupported_grant_type', `Invalid grant_type: ${form.get('grant_type') ?? ''}`);
  }
}

function required(form: URLSearchParams, name: string): string {
  const value = form.get(name);
  if (!value) throw new OAuthError('invalid_request', `Missing required parameter: ${name}`);
  return value;
}

function formOf(request: Request): URLSearchParams {
  const isForm = request.is('application/x-www-form-urlencoded') !== false;
  return new URLSearchParams(isForm && Buffer.isBuffer(request.body) ? request.body.toString('utf8') : '');
}
