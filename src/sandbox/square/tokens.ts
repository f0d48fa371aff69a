import { randomBytes } from 'node:crypto';
import { createAuthorizationCodes, isVerifierOf } from '#sandbox/core/authorization-codes.ts';
import type { SandboxContext } from '#sandbox/core/sandbox.ts';
import { ApiError } from './api-error.ts';
import { type Scope, type SquareSettings, scopes } from './settings.ts';

/** Square docs (ObtainTokenResponse). */
export interface TokenAnswer {
  access_token: string;
  token_type: 'bearer';
  expires_at: string;
  merchant_id: string;
  refresh_token: string;
  short_lived: boolean;
  /** Only for the PKCE flow. */
  refresh_token_expires_at?: string;
}

export interface IssuedToken {
  token: string;
  isRevoked: boolean;
  scopes: readonly Scope[];
  expiresAt: number;
}

export interface TokenRequest {
  scopes?: readonly Scope[] | undefined;
  shortLived: boolean;
}

interface RefreshToken {
  token: string;
  /** Null for ever. */
  expiresAt: number | null;
  /** Used in the PKCE flow, or revoked. */
  isSpent: boolean;
  /** Granted by the PKCE flow. Absent where the setting `oauthFlow` says so. */
  isPkce?: boolean;
  /** Absent for all. */
  scopes?: readonly Scope[];
}

export interface CodeExchange {
  code: string;
  redirectUri: string | null;
  codeVerifier: string | null;
  hasSecret: boolean;
}

export type Tokens = ReturnType<typeof createTokens>;

/** Issues, checks and revokes the OAuth tokens of one app. */
export function createTokens({ store, clock, settings }: SandboxContext<SquareSettings>) {
  const codes = createAuthorizationCodes({ store, clock });
  const accessTokens = store.collection<IssuedToken>('access-tokens');
  const refreshTokens = store.collection<RefreshToken>('refresh-tokens');
  const usedCodes = store.collection<true>('authorization-codes');

  function findRefreshToken(token: string): RefreshToken | undefined {
    const isFirst = token === settings.current.refreshToken;
    const found = refreshTokens.get(token) ?? (isFirst ? { token, expiresAt: null, isSpent: false } : undefined);
    if (!found || found.isSpent) return undefined;
    return found.expiresAt === null || found.expiresAt > clock.now() ? found : undefined;
  }

  function issue(
    { scopes: wanted = scopes, shortLived }: TokenRequest,
    current: string | null,
    granted: Pick<RefreshToken, 'isPkce' | 'scopes'> = {},
  ): TokenAnswer {
    const { accessTokenMs, shortLivedMs, oauthFlow, refreshTokenMs, refreshGraceMs, merchantId } = settings.current;
    const accessToken = newToken('EAAA');
    const expiresAt = clock.now() + (shortLived ? shortLivedMs : accessTokenMs);
    const allowed = wanted.filter((scope) => granted.scopes?.includes(scope) ?? true);
    accessTokens.put(accessToken, { token: accessToken, isRevoked: false, scopes: allowed, expiresAt });
    const isPkce = granted.isPkce ?? oauthFlow === 'pkce';
    const refreshToken = isPkce || current === null ? newToken('EQAA') : current;
    const refreshEnd = isPkce ? clock.now() + refreshTokenMs : refreshGraceMs === null ? null : expiresAt + refreshGraceMs;
    refreshTokens.put(refreshToken, { ...granted, token: refreshToken, expiresAt: refreshEnd, isSpent: false });
    return {
      ...{ access_token: accessToken, token_type: 'bearer', expires_at: toIso(expiresAt), merchant_id: merchantId },
      ...{ refresh_token: refreshToken, short_lived: shortLived },
      ...(isPkce && refreshEnd !== null && { refresh_token_expires_at: toIso(refreshEnd) }),
    };
  }

  function refuse(detail: string): ApiError {
    const category = 'AUTHENTICATION_ERROR';
    return new ApiError(settings.current.tokenRefusalStatus, [{ category, code: 'UNAUTHORIZED', detail }]);
  }

  /** A code of the authorise page. Square docs (ObtainToken): the PKCE flow needs the verifier, the code flow the app's secret. */
  function exchangeIssued({ code, redirectUri, codeVerifier, hasSecret }: CodeExchange, request: TokenRequest): TokenAnswer {
    const granted = codes.take(code);
    if (!granted) throw refuse('Authorization code not found for app.');
    if (redirectUri !== granted.redirectUri) throw refuse('Redirect uri does not match.');
    const { codeChallenge } = granted;
    const isPkce = codeChallenge !== null;
    if (isPkce && !isVerifierOf(codeVerifier ?? '', codeChallenge)) throw refuse('Invalid code_verifier.');
    if (!isPkce && !hasSecret) throw refuse('Not authorized: client_secret.');
    const allowed = scopes.filter((scope) => granted.scopes.includes(scope));
    return store.transaction(() => issue(request, null, { isPkce, scopes: allowed }));
  }

  return {
    /** The access token, also an expired or revoked one. */
    find: (token: string): IssuedToken | undefined => accessTokens.get(token),

    /** Whether a token, refresh token or code, or the id in a token request, is of this seller. */
    knows(credential: string): boolean {
      const { merchantId, token, oauthTokens, refreshToken, authorizationCode } = settings.current;
      const given = [merchantId, token, refreshToken, authorizationCode, ...oauthTokens.map((each) => each.token)];
      return (
        given.includes(credential) ||
        [accessTokens.get(credential), refreshTokens.get(credential)].some((token) => token !== undefined) ||
        codes.knows(credential)
      );
    },

    refuse,

    codes,

    exchangeCode(exchange: CodeExchange, request: TokenRequest): TokenAnswer {
      const { code } = exchange;
      if (codes.knows(code)) return exchangeIssued(exchange, request);
      if (code !== settings.current.authorizationCode || usedCodes.get(code)) throw refuse('Authorization code not found.');
      return store.transaction(() => {
        usedCodes.put(code, true);
        return issue(request, null);
      });
    },

    /** Whether a grant is of the PKCE flow, whose app has no secret. */
    isPkce: (refreshToken: string): boolean => findRefreshToken(refreshToken)?.isPkce ?? settings.current.oauthFlow === 'pkce',

    /** Rotates the token in the PKCE flow, and returns the same one in the code flow. */
    refresh(token: string, request: TokenRequest): TokenAnswer {
      const found = findRefreshToken(token);
      if (!found) throw refuse('Invalid refresh token.');
      return store.transaction(() => {
        if (found.isPkce ?? settings.current.oauthFlow === 'pkce') refreshTokens.put(token, { ...found, isSpent: true });
        const { isPkce, scopes: granted } = found;
        return issue(request, token, { ...(isPkce !== undefined && { isPkce }), ...(granted && { scopes: granted }) });
      });
    },

    /** Square docs (RevokeToken): all access tokens and refresh tokens of the app. */
    revokeAll(): void {
      store.transaction(() => {
        for (const token of [...accessTokens.values()]) accessTokens.put(token.token, { ...token, isRevoked: true });
        const { refreshToken: first } = settings.current;
        const known = [...refreshTokens.values()];
        for (const token of [{ token: first, expiresAt: null }, ...known]) {
          refreshTokens.put(token.token, { ...token, isSpent: true });
        }
      });
    },

    /** One access token; the authorization stays. */
    revokeAccessToken(token: string): void {
      const found = accessTokens.get(token);
      if (found) accessTokens.put(token, { ...found, isRevoked: true });
    },
  };
}

const newToken = (prefix: string) => `${prefix}${randomBytes(30).toString('base64url')}`;
/** Square docs (samples): in whole seconds. */
const toIso = (time: number) => new Date(time).toISOString().replace(/\.\d+/, '');
