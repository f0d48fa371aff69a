import { AuthenticationError, InvalidRequestError } from '#providers/errors.ts';
import type { Send } from '#providers/http.ts';
import type { OAuthTokens } from '#providers/oauth.ts';
import { vendor } from './refusals.ts';
import { tokenAnswer } from './schema.ts';
import type { OAuthApp } from './settings.ts';

/**
 * Trades a refresh token for new tokens. Each works once and comes back as another one (HighLevel docs); the one in the environment
 * serves the first time, and again after a person has granted anew because the stored one had been lost or revoked.
 */
export function createRefresh(send: Send, app: OAuthApp): (current: OAuthTokens | null) => Promise<OAuthTokens> {
  return async (current) => {
    if (current === null) return trade(send, app, app.refreshToken);
    try {
      return await trade(send, app, current.refreshToken);
    } catch (error) {
      if (!(error instanceof AuthenticationError) || current.refreshToken === app.refreshToken) throw error;
      return trade(send, app, app.refreshToken);
    }
  };
}

async function trade(send: Send, { clientId, clientSecret }: OAuthApp, refreshToken: string): Promise<OAuthTokens> {
  const form = {
    client_id: clientId,
    client_secret: clientSecret,
    grant_type: 'refresh_token',
    refresh_token: refreshToken,
    user_type: 'Location',
  };
  try {
    const answer = await send({ operation: 'refresh token', method: 'POST', path: '/oauth/token', form }, tokenAnswer);
    const expiresAt = new Date(Date.now() + answer.expires_in * 1000).toISOString();
    return { accessToken: answer.access_token, refreshToken: answer.refresh_token, expiresAt };
  } catch (error) {
    throw error instanceof InvalidRequestError ? askForGrant(error) : error;
  }
}

/** A 400: the token was used, revoked or has expired, or the location is paused. A person must act, whichever it is. */
function askForGrant({ operation, status, traceId }: InvalidRequestError): AuthenticationError {
  const message =
    'GoHighLevel does not accept our refresh token. Is the location active? ' +
    'Otherwise install the app again and set GHL_REFRESH_TOKEN to the new one.';
  return new AuthenticationError({ provider: vendor.id, operation, status, traceId, message });
}
