import { randomBytes } from 'node:crypto';
import { createAuthorizationCodes } from '#sandbox/core/authorization-codes.ts';
import type { SandboxContext } from '#sandbox/core/sandbox.ts';
import { type GoHighLevelSettings, type Scope, scopes } from './settings.ts';
import { badRequest, unauthorized } from './vendor-error.ts';

/** The permissions of a bearer token. */
export interface Grant {
  token: string;
  locationId: string;
  scopes: readonly Scope[];
}

/** HighLevel docs: apps/oauth.json, answer of POST /oauth/token. */
export interface TokenAnswer {
  access_token: string;
  token_type: 'Bearer';
  expires_in: number;
  refresh_token: string;
  scope: string;
  userType: 'Location';
  locationId: string;
  companyId: string;
  userId: string;
}

interface RefreshToken {
  expiresAt: number;
  /** Absent for all. */
  scopes?: readonly Scope[];
  used?: { at: number; answer: TokenAnswer };
}

/** HighLevel docs: a refresh token is valid for one year, or until it is used. */
const refreshTokenMs = 365 * 86_400_000;

export type Tokens = ReturnType<typeof createTokens>;

/** Issues and checks OAuth tokens, and knows the private integration token of the settings. */
export function createTokens({ store, clock, settings }: SandboxContext<GoHighLevelSettings>) {
  const codes = createAuthorizationCodes({ store, clock });
  const accessTokens = store.collection<Grant & { expiresAt: number }>('access-tokens');
  const refreshTokens = store.collection<RefreshToken>('refresh-tokens');
  const usedCodes = store.collection<true>('authorization-codes');

  function issue(granted: readonly Scope[] = scopes): TokenAnswer {
    const { locationId, accessTokenSeconds } = settings.current;
    const grant = { token: newToken(), locationId, scopes: granted, expiresAt: clock.now() + accessTokenSeconds * 1_000 };
    const refreshToken = newToken();
    accessTokens.put(grant.token, grant);
    refreshTokens.put(refreshToken, { expiresAt: clock.now() + refreshTokenMs, scopes: granted });
    return toAnswer(grant, refreshToken, accessTokenSeconds);
  }

  function findRefreshToken(token: string): RefreshToken | undefined {
    const isFirst = token === settings.current.refreshToken;
    const found = refreshTokens.get(token) ?? (isFirst ? { expiresAt: clock.now() + refreshTokenMs } : undefined);
    return found && found.expiresAt > clock.now() ? found : undefined;
  }

  return {
    /** Whether a token, refresh token or code is of this location. */
    knows(credential: string): boolean {
      const { token, otherTokens, refreshToken, authorizationCode } = settings.current;
      const given = [token, refreshToken, authorizationCode, ...otherTokens.map((other) => other.token)];
      return (
        given.includes(credential) ||
        [accessTokens.get(credential), refreshTokens.get(credential)].some((token) => token !== undefined) ||
        codes.knows(credential)
      );
    },

    /** Throws HighLevel's 401 for an unknown or expired token. */
    authenticate(token: string): Grant {
      const { token: pit, locationId, scopes, otherTokens } = settings.current;
      if (token === pit) return { token, locationId, scopes };
      const grant = accessTokens.get(token) ?? otherTokens.find((other) => other.token === token);
      if (!grant) throw unauthorized('Invalid JWT');
      if ('expiresAt' in grant && grant.expiresAt <= clock.now()) throw unauthorized('Invalid token: access token is invalid');
      return grant;
    },

    codes,

    exchangeCode({ code, redirectUri }: { code: string; redirectUri: string | null }): TokenAnswer {
      if (codes.knows(code)) {
        const granted = codes.take(code);
        if (!granted || granted.redirectUri !== redirectUri) throw badRequest('Invalid grant: authorization code is invalid');
        return store.transaction(() => issue(scopes.filter((scope) => granted.scopes.includes(scope))));
      }
      if (code !== settings.current.authorizationCode || usedCodes.get(code)) {
        throw badRequest('Invalid grant: authorization code is invalid');
      }
      return store.transaction(() => {
        usedCodes.put(code, true);
        return issue();
      });
    },

    /** Rotates the token. Integrators report that the old one returns the same answer again for 30 s (`refreshGraceMs`). */
    refresh(token: string): TokenAnswer {
      const { locationActive, refreshGraceMs } = settings.current;
      const found = findRefreshToken(token);
      if (!found) throw badRequest('Invalid grant: refresh token is invalid');
      if (!locationActive) throw badRequest('Location is not active');
      if (found.used && clock.now() < found.used.at + refreshGraceMs) return found.used.answer;
      if (found.used) throw badRequest('Invalid grant: refresh token is invalid');
      return store.transaction(() => {
        const answer = issue(found.scopes);
        refreshTokens.put(token, { ...found, used: { at: clock.now(), answer } });
        return answer;
      });
    },
  };
}

const newToken = () => randomBytes(32).toString('base64url');

function toAnswer(grant: Grant, refreshToken: string, expiresInSeconds: number): TokenAnswer {
  return {
    access_token: grant.token,
    token_type: 'Bearer',
    expires_in: expiresInSeconds,
    refresh_token: refreshToken,
    scope: grant.scopes.join(' '),
    userType: 'Location',
    locationId: grant.locationId,
    companyId: 'Sbx0Company000Alpha1',
    userId: 'Sbx0User00000Alpha01',
  };
}
