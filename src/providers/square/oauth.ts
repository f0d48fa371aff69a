import type { z } from 'zod';
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
  return refreshFrom(app.refreshToken, (refreshToken) => renew(send, { app, merchantId, refreshToken }));
}

interface Refresh {
  app: OAuthApp;
  merchantId: string;
  refreshToken: string;
}

const operation = 'refresh token';

async function renew(send: Send, { app, merchantId, refreshToken }: Refresh): Promise<OAuthTokens> {
  try {
    const grant = { grant_type: 'refresh_token', refresh_token: refreshToken };
    const response = await requestToken(send, app, { operation, grant });
    if (response.merchant_id && response.merchant_id !== merchantId) {
      const message = "Square's grant belongs to another merchant than SQUARE_MERCHANT_ID.";
      throw new AuthenticationError({ provider: vendor.id, operation, message });
    }
    return toTokens({ ...response, refresh_token: response.refresh_token ?? refreshToken });
  } catch (error) {
    throw isRefusal(error) ? toRefusal(error) : error;
  }
}

interface TokenRequest {
  operation: string;
  grant: Record<string, string>;
}

/** Square docs (ObtainToken): JSON. The code flow needs the app's secret, the PKCE flow has none. */
export function requestToken(
  send: Send,
  { clientId, clientSecret }: Pick<OAuthApp, 'clientId' | 'clientSecret'>,
  { operation, grant }: TokenRequest,
): Promise<z.output<typeof tokenResponse>> {
  const body = { ...grant, client_id: clientId, ...(clientSecret !== null && { client_secret: clientSecret }) };
  return send({ operation, method: 'POST', path: '/oauth2/token', body }, tokenResponse);
}

export function toTokens(response: { access_token: string; refresh_token: string; expires_at: string }): OAuthTokens {
  const { access_token: accessToken, refresh_token: refreshToken } = response;
  return { accessToken, refreshToken, expiresAt: new Date(response.expires_at).toISOString() };
}

/** Square does not document the errors of this call. */
export function isRefusal(error: unknown): error is InvalidRequestError | AuthenticationError {
  return error instanceof InvalidRequestError || (error instanceof AuthenticationError && error.status !== null);
}

/** Each 4xx but a 429 needs a person: the grant is revoked, expired or used. */
function toRefusal({ status, traceId }: InvalidRequestError | AuthenticationError): AuthenticationError {
  const message =
    `Square rejects our refresh token or app (${status}, ${operation}). Are SQUARE_CLIENT_ID and SQUARE_CLIENT_SECRET right? ` +
    'Otherwise the seller must authorize the app again (accord connect), or set SQUARE_REFRESH_TOKEN to the new token.';
  return new AuthenticationError({ provider: vendor.id, operation, status, traceId, message, remedy: null });
}
