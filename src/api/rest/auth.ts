import type { RequestHandler } from 'express';
import { ipKeyGenerator, type Options, rateLimit } from 'express-rate-limit';
import { type ApiScope, findApiKey } from '#db/api-keys.ts';
import type { Database } from '#db/database.ts';
import { ApiProblem } from './errors.ts';

export interface AuthLimits {
  /** Requests a minute that one key may make. */
  requests: number;
  /** Wrong keys a minute that one address may try. */
  failures: number;
}

/** Guards endpoints with API keys: `Authorization: Bearer accord_…` or `X-API-Key: accord_…`. */
export function createAuth(db: Database, { requests, failures }: AuthLimits = { requests: 6_000, failures: 30 }) {
  const limitFailures = limitPerMinute(failures, 'Too many wrong API keys came from this address.', (req) =>
    ipKeyGenerator(req.ip ?? ''),
  );
  const limitRequests = limitPerMinute(requests, 'This API key made too many requests.', (_req, res) => String(res.locals.keyId));

  const authenticate: RequestHandler = async (req, res, next) => {
    const presented = findPresentedKey(req.headers);
    const key = presented === null ? undefined : await findApiKey(db, presented);
    if (!key) return limitFailures(req, res, (error) => next(error ?? unauthorized(presented)));
    Object.assign(res.locals, { keyId: key.id, actor: `api-key:${key.name}`, scopes: key.scopes });
    next();
  };

  return (scope: ApiScope): RequestHandler[] => [authenticate, limitRequests, requireScope(scope)];
}

function requireScope(scope: ApiScope): RequestHandler {
  return (_req, res, next) => {
    const scopes: string[] = res.locals.scopes;
    if (scopes.includes(scope) || scopes.includes('admin')) return next();
    next(new ApiProblem({ status: 403, code: 'missing-scope', detail: `This API key lacks the scope ${scope}.` }));
  };
}

type Headers = Parameters<RequestHandler>[0]['headers'];

/** Null where none was sent, or what was sent cannot be a key of ours: that costs no query. */
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

function limitPerMinute(limit: number, sentence: string, keyGenerator: Options['keyGenerator']) {
  return rateLimit({
    windowMs: 60_000,
    limit,
    keyGenerator,
    standardHeaders: 'draft-8',
    legacyHeaders: false,
    // It has set Retry-After already.
    handler: (_req, _res, next) => next(new ApiProblem({ status: 429, code: 'too-many-requests', detail: sentence })),
  });
}
