import type { RequestHandler, Response } from 'express';
import { ipKeyGenerator, type Options, rateLimit } from 'express-rate-limit';
import { type ApiScope, findApiKey } from '#db/api-keys.ts';
import type { Database } from '#db/database.ts';
import { ApiProblem } from './errors.ts';

export interface AuthLimits {
  /** Requests per minute for one API key. */
  requests: number;
  /** Wrong API keys per minute from one address. */
  failures: number;
}

/** The owner of the API key of a request. */
export interface Caller {
  keyId: string;
  /** For history and audit: `api-key:<name>`. */
  actor: string;
  scopes: readonly string[];
}

/** Guards operations with API keys: `Authorization: Bearer accord_…` or `X-API-Key: accord_…`. */
export function createAuth(db: Database, { requests, failures }: AuthLimits = { requests: 6_000, failures: 30 }) {
  const limitFailures = limitPerMinute(failures, 'Too many wrong API keys came from this address.', (req) =>
    ipKeyGenerator(req.ip ?? ''),
  );
  const limitRequests = limitPerMinute(requests, 'This API key made too many requests.', (_req, res) => callerOf(res).keyId);

  const authenticate: RequestHandler = async (req, res, next) => {
    const presented = findPresentedKey(req.headers);
    const key = presented === null ? undefined : await findApiKey(db, presented);
    if (!key) return limitFailures(req, res, (error) => next(error ?? unauthorized(presented)));
    res.locals.caller = { keyId: key.id, actor: `api-key:${key.name}`, scopes: key.scopes } satisfies Caller;
    next();
  };

  return (scope: ApiScope): RequestHandler[] => [authenticate, limitRequests, requireScope(scope)];
}

/** The caller of a request that `createAuth` let through. */
export function callerOf(res: Pick<Response, 'locals'>): Caller {
  return res.locals.caller;
}

function requireScope(scope: ApiScope): RequestHandler {
  return (_req, res, next) => {
    const { scopes } = callerOf(res);
    if (scopes.includes(scope) || scopes.includes('admin')) return next();
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
      : 'This API key is unknown or was revoked.';
  return new ApiProblem({ status: 401, code: 'unauthorized', detail, headers: { 'www-authenticate': 'Bearer realm="accord"' } });
}

function limitPerMinute(limit: number, detail: string, keyGenerator: Options['keyGenerator']) {
  return rateLimit({
    windowMs: 60_000,
    limit,
    keyGenerator,
    standardHeaders: 'draft-8',
    legacyHeaders: false,
    // The middleware has set Retry-After.
    handler: (_req, _res, next) => next(new ApiProblem({ status: 429, code: 'too-many-requests', detail })),
  });
}
