import { AuthenticationError, type ProviderError } from '#providers/errors.ts';
import type { NamedCall, Send } from '#providers/http.ts';
import { type HttpAnswer, toFacts } from '#providers/http-errors.ts';
import type { OAuthTokens } from '#providers/oauth.ts';
import { refine, vendor } from './refusals.ts';
import { tokenAnswer, tokenError } from './schema.ts';
import type { GoogleSecrets } from './settings.ts';

/**
 * Trades the refresh token for an access token. Google's refresh tokens work many times, and seldom change; the one in the
 * environment serves again after a person has granted anew.
 */
export function createRefresh(send: Send, secrets: GoogleSecrets): (current: OAuthTokens | null) => Promise<OAuthTokens> {
  const { GOOGLE_REFRESH_TOKEN: first } = secrets;
  return async (current) => {
    if (current === null || current.refreshToken === first) return trade(send, secrets, first);
    try {
      return await trade(send, secrets, current.refreshToken);
    } catch (error) {
      if (!(error instanceof AuthenticationError)) throw error;
      return trade(send, secrets, first);
    }
  };
}

async function trade(send: Send, secrets: GoogleSecrets, refreshToken: string): Promise<OAuthTokens> {
  const form = {
    refresh_token: refreshToken,
    client_id: secrets.GOOGLE_CLIENT_ID,
    client_secret: secrets.GOOGLE_CLIENT_SECRET,
    grant_type: 'refresh_token',
  };
  const answer = await send({ operation: 'refresh token', method: 'POST', path: '', form }, tokenAnswer);
  const expiresAt = new Date(Date.now() + answer.expires_in * 1000).toISOString();
  return { accessToken: answer.access_token, refreshToken: answer.refresh_token ?? refreshToken, expiresAt };
}

/** RFC 6749. Google docs list the causes of `invalid_grant`; trying again cures none of them. */
export function refineTokenRefusal(answer: HttpAnswer, call: NamedCall): ProviderError | null {
  const parsed = tokenError.safeParse(answer.json);
  const refusal = parsed.success ? parsed.data.error : '';
  const facts = (sentence: string) => toFacts(vendor, call, answer, sentence);
  if (refusal === 'invalid_grant') {
    return new AuthenticationError(
      facts(
        'does not accept our refresh token: it was revoked, unused for six months, or granted to an app in testing, where it ends ' +
          'after seven days. Authorise the app again and set GOOGLE_REFRESH_TOKEN to the new token',
      ),
    );
  }
  if (refusal === 'invalid_client' || refusal === 'unauthorized_client') {
    return new AuthenticationError(facts('does not know our app; are GOOGLE_CLIENT_ID and GOOGLE_CLIENT_SECRET right?'));
  }
  return answer.status === 429 ? refine(answer, call) : null;
}
