import type { z } from 'zod';
import { AuthenticationError, InvalidRequestError } from '#providers/errors.ts';
import type { Send } from '#providers/http.ts';
import { type OAuthTokens, refreshFrom, type TokenSettings } from '#providers/oauth.ts';
import { tokenResponse } from './schema.ts';
import { type OAuthApp, vendor } from './settings.ts';

/** Each refresh token works once, and every response has a new one (HighLevel docs). */
export function createRefresh(send: Send, app: OAuthApp): TokenSettings['refresh'] {
  return refreshFrom(app.refreshToken, async (refreshToken) => {
    const grant = { grant_type: 'refresh_token', refresh_token: refreshToken };
    try {
      return toTokens(await requestToken(send, app, { operation: 'refresh token', grant }));
    } catch (error) {
      throw error instanceof InvalidRequestError ? toAuthenticationError(error) : error;
    }
  });
}

interface TokenRequest {
  operation: string;
  grant: Record<string, string>;
}

/** HighLevel docs (apps/oauth.json): a form, with the kind of account that the token is for. */
export function requestToken(send: Send, app: Pick<OAuthApp, 'clientId' | 'clientSecret'>, { operation, grant }: TokenRequest) {
  const form = { ...grant, client_id: app.clientId, client_secret: app.clientSecret, user_type: 'Location' };
  return send({ operation, method: 'POST', path: '/oauth/token', form }, tokenResponse);
}

export function toTokens(response: z.output<typeof tokenResponse>): OAuthTokens {
  const expiresAt = new Date(Date.now() + response.expires_in * 1000).toISOString();
  return { accessToken: response.access_token, refreshToken: response.refresh_token, expiresAt };
}

/** A 400: the refresh token was used, revoked or has expired, or the location is paused. Each case needs a person. */
function toAuthenticationError({ operation, status, traceId }: InvalidRequestError): AuthenticationError {
  const message =
    'GoHighLevel rejects our refresh token. Is the location active? ' +
    'Otherwise install the app again (accord connect), or set GHL_REFRESH_TOKEN to the new token.';
  return new AuthenticationError({ provider: vendor.id, operation, status, traceId, message, remedy: null });
}
