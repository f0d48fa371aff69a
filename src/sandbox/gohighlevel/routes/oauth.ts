import { type Request, Router } from 'express';
import { AuthorizeRefusal, type AuthorizeRequest, authorizePage } from '#sandbox/core/authorize-page.ts';
import { answer } from '#sandbox/gohighlevel/gate.ts';
import { scopes } from '#sandbox/gohighlevel/settings.ts';
import type { TokenAnswer } from '#sandbox/gohighlevel/tokens.ts';
import type { Vendor } from '#sandbox/gohighlevel/vendor.ts';
import { badRequest } from '#sandbox/gohighlevel/vendor-error.ts';

/**
 * HighLevel docs: POST /oauth/token takes form-urlencoded and no `Version`. The error messages are from the v3 page; those of v2 are not
 * documented.
 */
export function oauthRoute(vendor: Vendor): Router {
  const router = Router();
  router.use(
    // In place of https://marketplace.gohighlevel.com/v2/oauth/chooselocation. HighLevel docs: docs/oauth/Authorization.md. They say nothing
    // about a denial, and nothing about `state`, which integrators see come back.
    authorizePage('/chooselocation', {
      title: 'GoHighLevel',
      read: (query) => readRequest(vendor, query),
      allow: (request) => ({ code: issueCode(vendor, request) }),
      deny: () => ({ error: 'access_denied' }),
    }),
  );
  router.post('/token', (request, response) =>
    answer(
      response,
      200,
      () => vendor.rateLimit.headers(null),
      () => exchange(vendor, formOf(request)),
    ),
  );
  return router;
}

function readRequest({ settings }: Vendor, query: URLSearchParams): AuthorizeRequest {
  const { clientId, redirectUris, locationName } = settings();
  if (query.get('client_id') !== clientId) throw new AuthorizeRefusal('No integration found with this client id.');
  if (query.get('response_type') !== 'code') throw new AuthorizeRefusal('Invalid response_type.');
  const redirectUri = query.get('redirect_uri') ?? '';
  if (!redirectUris.includes(redirectUri)) throw new AuthorizeRefusal('The redirect_uri is not registered for this app.');
  const wanted = (query.get('scope') ?? '').split(' ').filter(Boolean);
  const unknown = wanted.filter((scope) => !scopes.some((known) => known === scope));
  if (wanted.length === 0 || unknown.length > 0) throw new AuthorizeRefusal(`Invalid scope(s): ${unknown.join(' ')}`);
  return { redirectUri, state: query.get('state'), scopes: wanted, codeChallenge: null, account: locationName };
}

function issueCode({ tokens, settings }: Vendor, { redirectUri, scopes: granted }: AuthorizeRequest): string {
  return tokens.codes.issue({ redirectUri, scopes: granted, codeChallenge: null }, { prefix: '', lifeMs: settings().codeLifeMs });
}

function exchange({ tokens, settings }: Vendor, form: URLSearchParams): TokenAnswer {
  const { clientId, clientSecret } = settings();
  if (required(form, 'client_id', 'clientId') !== clientId) throw badRequest('Invalid parameter: clientId');
  if (required(form, 'client_secret', 'clientSecret') !== clientSecret) throw badRequest('Invalid parameter: clientSecret');
  switch (required(form, 'grant_type', 'grantType')) {
    case 'authorization_code':
      return tokens.exchangeCode({ code: required(form, 'code', 'code'), redirectUri: form.get('redirect_uri') });
    case 'refresh_token':
      return tokens.refresh(required(form, 'refresh_token', 'refreshToken'));
    default:
      throw badRequest('Invalid parameter: grantType');
  }
}

function required(form: URLSearchParams, name: string, shownAs: string): string {
  const value = form.get(name);
  if (!value) throw badRequest(`Missing parameter: ${shownAs}`);
  return value;
}

function formOf(request: Request): URLSearchParams {
  const isForm = request.is('application/x-www-form-urlencoded') !== false;
  return new URLSearchParams(isForm && Buffer.isBuffer(request.body) ? request.body.toString('utf8') : '');
}
