import type { Request } from 'express';
import { forbidden, invalidRequest, unauthorized } from './api-error.ts';
import { type Scope, type SquareSettings, scopes } from './settings.ts';
import type { IssuedToken, Tokens } from './tokens.ts';

/** The permissions of a bearer token. */
export interface Grant {
  token: string;
  scopes: readonly Scope[];
  /** True for the seller's own token, false for one granted to an app by OAuth. */
  isPersonal: boolean;
}

/** Square docs (error codes of category AUTHENTICATION_ERROR): unknown, expired and revoked tokens have different codes. */
export function authenticate(request: Request, settings: SquareSettings, { tokens, now }: Issued): Grant {
  const [, token = ''] = /^Bearer (\S+)$/i.exec(request.get('authorization') ?? '') ?? [];
  const isPersonal = token === settings.token;
  const issued = tokens.find(token);
  const found = isPersonal
    ? { ...settings, scopes }
    : (settings.oauthTokens.find((each) => each.token === token) ??
      (issued && { ...issued, tokenState: stateOf(issued, now()) }));
  if (!token || !found) throw unauthorized('UNAUTHORIZED', 'This request could not be authorized.');
  if (found.tokenState === 'expired') throw unauthorized('ACCESS_TOKEN_EXPIRED', 'The access token has expired.');
  if (found.tokenState === 'revoked') throw unauthorized('ACCESS_TOKEN_REVOKED', 'The access token has been revoked.');
  return { token, scopes: found.scopes, isPersonal };
}

interface Issued {
  tokens: Tokens;
  now: () => number;
}

function stateOf({ isRevoked, expiresAt }: IssuedToken, now: number): SquareSettings['tokenState'] {
  if (isRevoked) return 'revoked';
  return expiresAt <= now ? 'expired' : 'valid';
}

/** Throws the 403 for a missing scope. */
export function checkScope(grant: Grant, scope: Scope): void {
  if (grant.scopes.includes(scope)) return;
  throw forbidden('INSUFFICIENT_SCOPES', `The merchant has not given your application sufficient permissions: ${scope}.`);
}

/** Square docs (API versions, error codes): a date. Without the header the newest version applies. */
export function squareVersionOf(request: Request, { squareVersion, versionCheck }: SquareSettings): string {
  const version = request.get('square-version') ?? squareVersion;
  if (!versionCheck) return version;
  if (!/^\d{4}-\d\d-\d\d$/.test(version) || Number.isNaN(Date.parse(version))) {
    throw invalidRequest('INVALID_SQUARE_VERSION_FORMAT', 'The Square-Version header must be a date: YYYY-MM-DD.');
  }
  if (version > squareVersion) throw invalidRequest('API_VERSION_INCOMPATIBLE', `There is no version ${version}.`);
  return version;
}
