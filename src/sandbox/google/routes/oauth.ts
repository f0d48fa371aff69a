import { type Request, Router } from 'express';
import type { Account } from '#sandbox/google/account.ts';
import { OAuthError } from '#sandbox/google/oauth-error.ts';
import type { TokenAnswer } from '#sandbox/google/tokens.ts';

/** `POST /token`, in place of https://oauth2.googleapis.com/token. Google docs: "Using OAuth 2.0". */
export function oauthRoute(account: Account): Router {
  return Router().post('/token', (request, response) => {
    try {
      response.json(exchange(account, formOf(request)));
    } catch (error) {
      if (!(error instanceof OAuthError)) throw error;
      response.status(error.status).json(error.body);
    }
  });
}

function exchange({ tokens, settings }: Account, form: URLSearchParams): TokenAnswer {
  const { clientId, clientSecret } = settings();
  if (form.get('client_id') !== clientId) throw new OAuthError('invalid_client', 'The OAuth client was not found.', 401);
  if (form.get('client_secret') !== clientSecret) throw new OAuthError('invalid_client', 'Unauthorized', 401);
  switch (form.get('grant_type')) {
    case 'refresh_token':
      return tokens.refresh(required(form, 'refresh_token'));
    case 'authorization_code':
      return tokens.exchangeCode(required(form, 'code'));
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
