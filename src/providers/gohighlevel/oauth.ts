import { AuthenticationError, InvalidRequestError } from '#providers/errors.ts';
import type { Send } from '#providers/http.ts';
import { type OAuthTokens, refreshFrom, type TokenSettings } from '#providers/oauth.ts';
import { tokenResponse } from './schema.ts';
import { type OAuthApp, vendor } from './settings.ts';

/** Each refresh token works once, and every response has a new one (HighLevel docs). */
export function createRefresh(send: Send, app: OAuthApp): TokenSettings['refresh'] {
  return refreshFrom(app.refreshToken, (refreshToken) => exchangeToken(send, app, refreshToken));
}

async function exchangeToken(send: Send, { clientId, clientSecret }: OAuthApp, refreshToken: string): Promise<OAuthTokens> {
  const form = {
    client_id: clientId,
    client_secret: clientSecret,
    grant_type: 'refresh_token',
    refresh_token: refreshToken,
    user_type: 'Location',
  };
  try {
    const response = await send({ operation: 'refresh token', method: 'POST', path: '/oauth/token', form }, tokenResponse);
    const expiresAt = new Date(Date.now() + response.expires_in * 1000).toISOString();
    return { accessToken: response.access_token, refreshToken: response.refresh_token, expiresAt };
  } catch (error) {
    throw error instanceof InvalidRequestError ? toAuthenticationError(error) : error;
  }
}

/** A 400: the refresh token was used, revoked or has expired, or the location is paused. Each case needs a person. */
function toAuthenticationError({ operation, status, traceId }: InvalidRequestError): AuthenticationError {
  const message =
    'GoHighLevel rejects our refresh token. Is the location active? ' +
    'Otherwise install the app again and set GHL_REFRESH_TOKEN to the new token.';
  return new AuthenticationError({ provider: vendor.id, operation, status, traceId, message, remedy: null });
}
