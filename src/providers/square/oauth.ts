import { AuthenticationError, InvalidRequestError } from '#providers/errors.ts';
import type { Send } from '#providers/http.ts';
import { type OAuthTokens, refreshFrom, type TokenSettings } from '#providers/oauth.ts';
import { tokenResponse } from './schema.ts';
import { type OAuthApp, vendor } from './settings.ts';

/**
 * Square docs ("Refresh, Revoke, and Limit the Scope of OAuth Tokens"): renew every 7 days or less, so that a failure is found long
 * before the token ends after 30.
 */
export const renewAfterMs = 7 * 86_400_000;

/**
 * Square docs (ObtainToken): a refresh token of the code flow works many times and never expires. One of the PKCE flow works once,
 * for 90 days, and every response has a new one.
 */
export function createRefresh(send: Send, app: OAuthApp, merchantId: string): TokenSettings['refresh'] {
  return refreshFrom(app.refreshToken, (refreshToken) => exchangeToken(send, { app, merchantId, refreshToken }));
}

interface Exchange {
  app: OAuthApp;
  merchantId: string;
  refreshToken: string;
}

const operation = 'refresh token';

async function exchangeToken(send: Send, { app, merchantId, refreshToken }: Exchange): Promise<OAuthTokens> {
  const { clientId, clientSecret } = app;
  const body = {
    client_id: clientId,
    ...(clientSecret !== null && { client_secret: clientSecret }),
    grant_type: 'refresh_token',
    refresh_token: refreshToken,
  };
  try {
    const response = await send({ operation, method: 'POST', path: '/oauth2/token', body }, tokenResponse);
    if (response.merchant_id && response.merchant_id !== merchantId) {
      const message = "Square's grant belongs to another merchant than SQUARE_MERCHANT_ID.";
      throw new AuthenticationError({ provider: vendor.id, operation, message });
    }
    return {
      accessToken: response.access_token,
      refreshToken: response.refresh_token ?? refreshToken,
      expiresAt: new Date(response.expires_at).toISOString(),
    };
  } catch (error) {
    throw error instanceof InvalidRequestError || (error instanceof AuthenticationError && error.status !== null)
      ? toRefusal(error)
      : error;
  }
}

/** Square does not document the errors of this call. Each 4xx but a 429 needs a person: the grant is revoked, expired or used. */
function toRefusal({ status, traceId }: InvalidRequestError | AuthenticationError): AuthenticationError {
  const message =
    `Square rejects our refresh token or app (${status}, ${operation}). Are SQUARE_CLIENT_ID and SQUARE_CLIENT_SECRET right? ` +
    'Otherwise the seller must authorize the app again: set SQUARE_REFRESH_TOKEN to the new token.';
  return new AuthenticationError({ provider: vendor.id, operation, status, traceId, message, remedy: null });
}
