import type { Request, RequestHandler, Response } from 'express';
import { findSession } from '#db/admin-sessions.ts';
import { type ApiKey, type ApiScope, findApiKey, hashApiKey } from '#db/api-keys.ts';
import type { Database } from '#db/database.ts';
import { findPortalLink } from '#db/delivery/portal-links.ts';
import { ApiProblem } from './errors.ts';
import type { OperationScope } from './operation.ts';
import { createFailureBudget, limitPerMinute } from './rate-limit.ts';
import { hasScope, roleOf } from './role.ts';
import { assertSameOrigin, findPortalToken, findSessionToken } from './session-cookie.ts';

export interface AuthLimits {
  /** Requests per minute for one API key. */
  requests: number;
  /** Wrong API keys per minute from one address. */
  failures: number;
}

/** The owner of the API key, of the session, or of the subscriber's link, of a request. */
export interface Caller {
  keyId: string;
  /** For history and audit: `api-key:<name>`. */
  actor: string;
  scopes: readonly string[];
  /** Answers hide personal data. */
  isMasked: boolean;
  /** When the session ends; null for an API key. */
  sessionEndsAt: Date | null;
  /** The endpoints that a subscriber's link opens. */
  endpointIds?: readonly string[];
}

/**
 * Returns the handlers that let through only a request whose API key has the scope; with null, any key. With `portal` they accept only the session of a subscriber's link, which no other operation accepts.
 */
export type Authorize = (scope: OperationScope | null) => RequestHandler[];

/** Guards operations with API keys, `Authorization: Bearer accord_…` or `X-API-Key: accord_…`, and with sessions of the admin pages. */
export function createAuth(db: Database, { requests, failures }: AuthLimits = { requests: 6_000, failures: 30 }): Authorize {
  const wrongKeys = createFailureBudget(failures, 'Too many wrong API keys came from this address.');
  const limitRequests = limitPerMinute(requests, 'This API key made too many requests.', (_req, res) => callerOf(res).keyId);

  /** Hashes of keys that were right before: their owner keeps access while others send wrong keys from the same address. */
  const known = new Set<string>();

  const authenticate: RequestHandler = async (req, res, next) => {
    const presented = findPresentedKey(req.headers);
    const token = findSessionToken(req);
    if (presented === null && token !== null) {
      res.locals.caller = await findSessionCaller(db, req, token);
      return next();
    }
    const hash = presented === null ? '' : hashApiKey(presented).toString('base64');
    const isKnown = known.has(hash);
    // Before the database is asked: many wrong keys at once cost no more queries than an address has failures.
    if (!isKnown) await wrongKeys.spend(req, res);
    const key = presented === null ? undefined : await findApiKey(db, presented);
    if (!key) {
      if (known.delete(hash)) await wrongKeys.spend(req, res);
      throw unauthorized(presented);
    }
    known.add(hash);
    res.locals.caller = toCaller(key, null);
    next();
  };

  const authenticateSubscriber: RequestHandler = async (req, res, next) => {
    res.locals.caller = await findSubscriber(db, req);
    next();
  };

  return (scope) => {
    if (scope === 'portal') return [authenticateSubscriber, limitRequests];
    return [authenticate, limitRequests, ...(scope === null ? [] : [requireScope(scope)])];
  };
}

/** Throws a 401 problem without a link that works. Its token is as long as a key, so guesses need no limit of their own. */
async function findSubscriber(db: Database, req: Request): Promise<Caller> {
  assertSameOrigin(req);
  const token = findPortalToken(req);
  const link = token === null ? undefined : await findPortalLink(db, token);
  if (!link) throw linkExpired();
  const { id, endpoint_ids: endpointIds, expires_at: sessionEndsAt } = link;
  return { keyId: id, actor: `portal-link:${id}`, scopes: [], isMasked: false, sessionEndsAt, endpointIds };
}

/** The 401 problem of a subscriber whose link does not work, or does not any more. */
export const linkExpired = () =>
  new ApiProblem({
    ...{ status: 401, code: 'link-expired' },
    detail: 'This link has expired or was withdrawn. Ask the people who sent it to you for a new one.',
  });

/** Throws a 401 problem once the session has ended. A session is as long as a key, so guesses need no limit of their own. */
async function findSessionCaller(db: Database, req: Request, token: string): Promise<Caller> {
  assertSameOrigin(req);
  const session = await findSession(db, token);
  if (session) return toCaller(session.key, session.expiresAt);
  throw new ApiProblem({ status: 401, code: 'session-ended', detail: 'Your session has ended. Sign in again.' });
}

function toCaller({ id, name, scopes }: Pick<ApiKey, 'id' | 'name' | 'scopes'>, sessionEndsAt: Date | null): Caller {
  // A key with `sync:read` and no session is a program, which was promised whole answers.
  const isMasked = roleOf(scopes) === 'viewer' && (scopes.includes('viewer') || sessionEndsAt !== null);
  return { keyId: id, actor: `api-key:${name}`, scopes, isMasked, sessionEndsAt };
}

/** The caller of a request that `createAuth` let through. */
export function callerOf(res: Pick<Response, 'locals'>): Caller {
  return res.locals.caller;
}

function requireScope(scope: ApiScope): RequestHandler {
  return (_req, res, next) => {
    if (hasScope(callerOf(res).scopes, scope)) return next();
    next(new ApiProblem({ status: 403, code: 'missing-scope', detail: `This API key lacks the scope ${scope}.` }));
  };
}

type Headers = Parameters<RequestHandler>[0]['headers'];

/** Null without a key, or for text that cannot be a key of ours, which saves the query. */
function findPresentedKey({ authorization = '', 'x-api-key': header }: Headers): string | null {
  const [, bearer] = /^Bearer +(\S+)$/i.exec(authorization) ?? [];
  const key = bearer ?? header;
  return typeof key === 'string' && /^accord_[\w-]{32}$/.test(key) ? key : null;
}

function unauthorized(presented: string | null): ApiProblem {
  const detail =
    presented === null
      ? 'Send an API key: Authorization: Bearer accord_… or X-API-Key: accord_….'
      : 'This API key is unknown, has expired or was revoked.';
  return new ApiProblem({ status: 401, code: 'unauthorized', detail, headers: { 'www-authenticate': 'Bearer realm="accord"' } });
}
