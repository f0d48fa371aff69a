import { AuthenticationError, type ProviderError } from '#providers/errors.ts';
import type { Send } from '#providers/http.ts';
import type { HttpResponse, NamedCall } from '#providers/http-call.ts';
import { toErrorFacts } from '#providers/http-errors.ts';
import { refreshFrom, type TokenSettings } from '#providers/oauth.ts';
import { findError } from './errors.ts';
import { tokenErrorResponse, tokenResponse } from './schema.ts';
import { type GoogleApp, type GoogleSecrets, vendor } from './settings.ts';

/** Google's refresh tokens can be used many times and rarely change. */
export function createRefresh(send: Send, secrets: GoogleSecrets): TokenSettings['refresh'] {
  return refreshFrom(secrets.GOOGLE_REFRESH_TOKEN, async (refreshToken) => {
    const grant = { grant_type: 'refresh_token', refresh_token: refreshToken };
    const { tokens } = await requestToken(send, secrets, { operation: 'refresh token', grant });
    return { ...tokens, refreshToken: tokens.refreshToken ?? refreshToken };
  });
}

interface TokenRequest {
  operation: string;
  grant: Record<string, string>;
}

/** Google docs ("Using OAuth 2.0"). A response has a refresh token after the first consent, and after a refresh usually none. */
export async function requestToken(send: Send, app: GoogleApp, { operation, grant }: TokenRequest) {
  const form = { ...grant, client_id: app.GOOGLE_CLIENT_ID, client_secret: app.GOOGLE_CLIENT_SECRET };
  const response = await send({ operation, method: 'POST', path: '', form }, tokenResponse);
  const expiresAt = new Date(Date.now() + response.expires_in * 1000).toISOString();
  const { access_token: accessToken, refresh_token: refreshToken = null, scope } = response;
  return { tokens: { accessToken, refreshToken, expiresAt }, scopes: scope?.split(' ') ?? null };
}

/** Recognises errors of the token endpoint (RFC 6749). Google docs list the causes of `invalid_grant`; a retry fixes none of them. */
export function findTokenError(response: HttpResponse, call: NamedCall): ProviderError | null {
  const parsed = tokenErrorResponse.safeParse(response.json);
  const code = parsed.success ? parsed.data.error : '';
  const facts = (sentence: string) => toErrorFacts(vendor, call, response, sentence);
  if (code === 'invalid_grant') {
    return new AuthenticationError({
      ...facts(
        'rejects our refresh token: it was revoked, unused for six months, or granted to an app in testing, where it expires ' +
          'after seven days. Authorize the app again (accord connect), or set GOOGLE_REFRESH_TOKEN to the new token',
      ),
      remedy: null,
    });
  }
  if (code === 'invalid_client' || code === 'unauthorized_client') {
    return new AuthenticationError(facts('does not know our app; are GOOGLE_CLIENT_ID and GOOGLE_CLIENT_SECRET right?'));
  }
  return response.status === 429 ? findError(response, call) : null;
}
