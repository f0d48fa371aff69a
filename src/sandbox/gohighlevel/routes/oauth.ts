import { type Request, Router } from 'express';
import { answer } from '#sandbox/gohighlevel/gate.ts';
import type { TokenAnswer } from '#sandbox/gohighlevel/tokens.ts';
import type { Vendor } from '#sandbox/gohighlevel/vendor.ts';
import { badRequest } from '#sandbox/gohighlevel/vendor-error.ts';

/**
 * HighLevel docs: POST /oauth/token takes form-urlencoded and no `Version`. The error messages are from the v3 page; those of v2 are not
 * documented.
 */
export function oauthRoute(vendor: Vendor): Router {
  return Router().post('/token', (request, response) =>
    answer(
      response,
      200,
      () => vendor.rateLimit.headers(null),
      () => exchange(vendor, formOf(request)),
    ),
  );
}

function exchange({ tokens, settings }: Vendor, form: URLSearchParams): TokenAnswer {
  const { clientId, clientSecret } = settings();
  if (required(form, 'client_id', 'clientId') !== clientId) throw badRequest('Invalid parameter: clientId');
  if (required(form, 'client_secret', 'clientSecret') !== clientSecret) throw badRequest('Invalid parameter: clientSecret');
  switch (required(form, 'grant_type', 'grantType')) {
    case 'authorization_code':
      return tokens.exchangeCode(required(form, 'code', 'code'));
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
