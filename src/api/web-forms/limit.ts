import type { RequestHandler } from 'express';
import { ipKeyGenerator, rateLimit } from 'express-rate-limit';
import { ApiProblem } from '#api/rest/errors.ts';
import type { OpenForm } from './forms.ts';
import { localsOf, requireOpen } from './locals.ts';

/**
 * Counts what each address sends to each form, and says when to come back. A server that signs is known, and is not limited.
 * Each copy of the api counts for itself.
 */
export function limitSubmissions(forms: ReadonlyMap<string, OpenForm>): RequestHandler {
  const limiters = new Map([...forms.values()].map((open) => [open.name, limitOne(open)]));
  return (req, res, next) => {
    const limiter = limiters.get(requireOpen(res).open.name);
    if (limiter === undefined || localsOf(res).proof === 'signature') return next();
    return limiter(req, res, next);
  };
}

function limitOne({ form: { rateLimit: allowed } }: OpenForm): RequestHandler {
  return rateLimit({
    windowMs: allowed.minutes * 60_000,
    limit: allowed.submissions,
    keyGenerator: (req) => ipKeyGenerator(req.ip ?? ''),
    standardHeaders: 'draft-8',
    legacyHeaders: false,
    // It has set Retry-After already.
    handler: (_req, _res, next) => next(new ApiProblem({ status: 429, code: 'too-many-requests', detail })),
  });
}

const detail = 'Too much was sent from your address in a short time. Please wait a few minutes and try again.';
