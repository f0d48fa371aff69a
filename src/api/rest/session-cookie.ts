import type { CookieOptions, Request } from 'express';
import { ApiProblem } from './errors.ts';

const cookieName = 'accord_session';

/** Browsers send a header of this name only for scripts of the same origin: for others they ask first, and get no permission. */
const scriptHeader = 'x-accord-admin';

/** Attributes of the cookie. Scripts cannot read it, and requests that other sites cause do not carry it. */
export function sessionCookie(req: Request, publicUrl = ''): { name: string; options: CookieOptions } {
  const isSecure = req.secure || publicUrl.startsWith('https:');
  return { name: cookieName, options: { httpOnly: true, sameSite: 'strict', secure: isSecure, path: '/' } };
}

/** The token of a session; null without one. */
export function findSessionToken({ headers }: Pick<Request, 'headers'>): string | null {
  const [, token] = new RegExp(`(?:^|;\\s*)${cookieName}=([\\w-]{43})(?:;|$)`).exec(headers.cookie ?? '') ?? [];
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
