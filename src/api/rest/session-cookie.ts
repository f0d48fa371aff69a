import type { CookieOptions, Request } from 'express';
import { basePathOf } from './base-path.ts';
import { ApiProblem } from './errors.ts';

const cookieName = 'accord_session';
const portalCookieName = 'accord_portal';

/** Browsers send the cookie of the portal to its own routes only. */
export const portalPath = '/api/v1/portal';

/** Browsers send a header of this name only for scripts of the same origin: for others they ask first, and get no permission. */
const scriptHeader = 'x-accord-admin';

/**
 * Attributes of the cookie. Scripts cannot read it, and requests that other sites cause do not carry it. That of a workspace goes to its
 * paths only; where that of the default workspace comes along, it stands behind it (RFC 6265, section 5.4).
 */
export function sessionCookie(req: Request, deps: { publicUrl?: string }): SessionCookie {
  return { name: cookieName, options: cookieOptions(req, deps, basePathOf(deps) || '/') };
}

/** As `sessionCookie`, for the session of a subscriber's link. */
export function portalCookie(req: Request, deps: { publicUrl?: string }): SessionCookie {
  return { name: portalCookieName, options: cookieOptions(req, deps, basePathOf(deps) + portalPath) };
}

interface SessionCookie {
  name: string;
  options: CookieOptions;
}

function cookieOptions(req: Request, { publicUrl = '' }: { publicUrl?: string }, path: string): CookieOptions {
  return { httpOnly: true, sameSite: 'strict', secure: req.secure || publicUrl.startsWith('https:'), path };
}

/** The token of a session; null without one. */
export const findSessionToken = (req: Pick<Request, 'headers'>): string | null => findToken(req, cookieName);

/** The token of a subscriber's link; null without one. */
export const findPortalToken = (req: Pick<Request, 'headers'>): string | null => findToken(req, portalCookieName);

function findToken({ headers }: Pick<Request, 'headers'>, name: string): string | null {
  const [, token] = new RegExp(`(?:^|;\\s*)${name}=([\\w-]{43})(?:;|$)`).exec(headers.cookie ?? '') ?? [];
  return token ?? null;
}

/** Throws a 403 problem for a request that another site may have caused: a browser sends the cookie by itself. */
export function assertSameOrigin({ method, headers }: Pick<Request, 'method' | 'headers'>): void {
  const site = headers['sec-fetch-site'];
  const isForeign = site !== undefined && site !== 'same-origin' && site !== 'none';
  const isReading = method === 'GET' || method === 'HEAD';
  if (!isForeign && (isReading || (headers[scriptHeader] !== undefined && isOwnOrigin(headers)))) return;
  const detail = 'A request with a session must come from the admin pages. Other programs send an API key.';
  throw new ApiProblem({ status: 403, code: 'cross-site', detail });
}

/** Behind a proxy the scheme may differ: the host does not. */
function isOwnOrigin({ origin, host }: Request['headers']): boolean {
  if (origin === undefined) return true;
  return URL.canParse(origin) && new URL(origin).host === host;
}
