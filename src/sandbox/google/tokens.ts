import { randomBytes } from 'node:crypto';
import { createAuthorizationCodes, isVerifierOf } from '#sandbox/core/authorization-codes.ts';
import type { SandboxContext } from '#sandbox/core/sandbox.ts';
import { GoogleError } from './google-error.ts';
import { OAuthError } from './oauth-error.ts';
import type { GoogleSettings } from './settings.ts';

/** Google docs: "Using OAuth 2.0", response of the token endpoint. */
export interface TokenAnswer {
  access_token: string;
  expires_in: number;
  scope: string;
  token_type: 'Bearer';
  refresh_token?: string;
}

interface Grant {
  refreshToken: string;
  grantedAt: number;
  usedAt: number;
  /** Absent for the first grant, which has those of the settings. */
  scopes?: readonly string[];
}

/** Google docs ("Using OAuth 2.0 for Web Server Applications"): the form of a code exchange. */
export interface CodeExchange {
  code: string;
  redirectUri: string | null;
  codeVerifier: string | null;
}

const dayMs = 86_400_000;
/** Google docs ("Refresh token expiration"): after six months without use, or after 7 days for an app in testing. */
const unusedMs = 182 * dayMs;
const testingMs = 7 * dayMs;
/** Google docs: per account and client. A further grant silently revokes the oldest. */
const maxGrants = 100;

export type Tokens = ReturnType<typeof createTokens>;

/** Issues and checks the account's OAuth tokens. */
export function createTokens({ store, clock, settings }: SandboxContext<GoogleSettings>) {
  const codes = createAuthorizationCodes({ store, clock });
  const revoked = store.collection<true>('revoked-grants');
  const accessTokens = store.collection<{ refreshToken: string; expiresAt: number }>('access-tokens');
  const grants = store.collection<Grant>('grants');
  const usedCodes = store.collection<true>('authorization-codes');
  const startedAt = clock.now();

  function findGrant(refreshToken: string): Grant | undefined {
    const { refreshToken: first, revokedRefreshTokens, publishingStatus } = settings.current;
    const initial = { refreshToken, grantedAt: startedAt, usedAt: startedAt };
    const grant = grants.get(refreshToken) ?? (refreshToken === first ? initial : undefined);
    if (!grant || revoked.get(refreshToken) || revokedRefreshTokens.includes(refreshToken)) return undefined;
    if (publishingStatus === 'testing' && clock.now() - grant.grantedAt >= testingMs) return undefined;
    return clock.now() - grant.usedAt < unusedMs ? grant : undefined;
  }

  function issueAccessToken(refreshToken: string): TokenAnswer {
    const { accessTokenSeconds } = settings.current;
    const { scopes = settings.current.scopes } = grants.get(refreshToken) ?? {};
    const accessToken = `ya29.${randomBytes(24).toString('base64url')}`;
    accessTokens.put(accessToken, { refreshToken, expiresAt: clock.now() + accessTokenSeconds * 1_000 });
    return { access_token: accessToken, expires_in: accessTokenSeconds, scope: scopes.join(' '), token_type: 'Bearer' };
  }

  function grant(scopes?: readonly string[]): string {
    const refreshToken = `1//${randomBytes(24).toString('base64url')}`;
    grants.put(refreshToken, { refreshToken, grantedAt: clock.now(), usedAt: clock.now(), ...(scopes && { scopes }) });
    const [oldest] = grants.values();
    if (grants.size > maxGrants && oldest) grants.delete(oldest.refreshToken);
    return refreshToken;
  }

  /** A code of the authorise page. The messages are those that integrators report. */
  function exchangeIssued({ code, redirectUri, codeVerifier }: CodeExchange): TokenAnswer {
    const granted = codes.take(code);
    if (!granted) throw new OAuthError('invalid_grant', 'Bad Request');
    if (redirectUri !== granted.redirectUri) throw new OAuthError('redirect_uri_mismatch', 'Bad Request');
    if (granted.codeChallenge !== null) {
      if (codeVerifier === null) throw new OAuthError('invalid_grant', 'Missing code verifier.');
      if (!isVerifierOf(codeVerifier, granted.codeChallenge)) throw new OAuthError('invalid_grant', 'Invalid code verifier.');
    }
    return store.transaction(() => {
      const refreshToken = grant(granted.scopes);
      return { ...issueAccessToken(refreshToken), refresh_token: refreshToken };
    });
  }

  return {
    /** Whether a token, refresh token or code is of this account. */
    knows(credential: string): boolean {
      const { accessToken, refreshToken, authorizationCode } = settings.current;
      return (
        [accessToken, refreshToken, authorizationCode].includes(credential) ||
        accessTokens.get(credential) !== undefined ||
        grants.get(credential) !== undefined ||
        codes.knows(credential)
      );
    },

    codes,

    /** The scopes of the token. Throws the API's 401. */
    authenticate(token: string | undefined): readonly string[] {
      if (token === undefined) throw missingCredentials();
      if (token === settings.current.accessToken) return settings.current.scopes;
      const known = accessTokens.get(token);
      const found = known && known.expiresAt > clock.now() ? findGrant(known.refreshToken) : undefined;
      if (!found) throw invalidCredentials();
      return found.scopes ?? settings.current.scopes;
    },

    exchangeCode(exchange: CodeExchange): TokenAnswer {
      const { code } = exchange;
      if (codes.knows(code)) return exchangeIssued(exchange);
      if (code !== settings.current.authorizationCode || usedCodes.get(code))
        throw new OAuthError('invalid_grant', 'Bad Request');
      return store.transaction(() => {
        usedCodes.put(code, true);
        const refreshToken = grant();
        return { ...issueAccessToken(refreshToken), refresh_token: refreshToken };
      });
    },

    /** The refresh token stays valid. Google docs: the answer usually contains none. */
    refresh(refreshToken: string): TokenAnswer {
      const found = findGrant(refreshToken);
      if (!found) throw new OAuthError('invalid_grant', 'Token has been expired or revoked.');
      return store.transaction(() => {
        grants.put(refreshToken, { ...found, usedAt: clock.now() });
        return issueAccessToken(refreshToken);
      });
    },

    /** Google docs ("Revoking a token"): an access token or a refresh token, which ends the whole grant. */
    revoke(token: string): void {
      const refreshToken = accessTokens.get(token)?.refreshToken ?? token;
      if (!findGrant(refreshToken)) throw new OAuthError('invalid_token', 'Token expired or revoked');
      revoked.put(refreshToken, true);
    },
  };
}

const realm = 'Bearer realm="https://accounts.google.com/"';
const expected =
  'Expected OAuth 2 access token, login cookie or other valid authentication credential. ' +
  'See https://developers.google.com/identity/sign-in/web/devconsole-project.';

function missingCredentials(): GoogleError {
  const message = `Request is missing required authentication credential. ${expected}`;
  return new GoogleError('UNAUTHENTICATED', message, { headers: { 'www-authenticate': realm } });
}

function invalidCredentials(): GoogleError {
  const message = `Request had invalid authentication credentials. ${expected}`;
  return new GoogleError('UNAUTHENTICATED', message, { headers: { 'www-authenticate': `${realm}, error="invalid_token"` } });
}
