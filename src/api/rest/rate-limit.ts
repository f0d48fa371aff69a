import type { Request, Response } from 'express';
import { ipKeyGenerator, type Options, rateLimit } from 'express-rate-limit';
import { ApiProblem } from './errors.ts';

/** Middleware that refuses more than `limit` requests a minute with the same key. */
export function limitPerMinute(
  limit: number,
  detail: string,
  keyGenerator: Options['keyGenerator'],
  more: Partial<Options> = {},
) {
  return rateLimit({
    windowMs: 60_000,
    limit,
    keyGenerator,
    standardHeaders: 'draft-8',
    legacyHeaders: false,
    ...more,
    // The middleware has set Retry-After.
    handler: (_req, _res, next) => next(new ApiProblem({ status: 429, code: 'too-many-requests', detail })),
  });
}

/** The address of a client. One of IPv6 stands for its /56, which one client may have for itself. */
export const addressOf = (req: Request): string => ipKeyGenerator(req.ip ?? '');

/** The number of failures that an address may cause in a minute. */
export interface FailureBudget {
  isSpent(req: Request): Promise<boolean>;
  /**
   * Counts a failure. Rejects with a 429 problem when the budget was spent before. Given back when the response is no 401: so it may be
   * called before the failure is known.
   */
  spend(req: Request, res: Response): Promise<void>;
}

/** `detail` tells the client of an address whose budget is spent. */
export function createFailureBudget(limit: number, detail: string): FailureBudget {
  const count = limitPerMinute(limit, detail, addressOf, {
    skipSuccessfulRequests: true,
    requestWasSuccessful: (_req, res) => res.statusCode !== 401,
  });
  return {
    async isSpent(req) {
      const failures = await count.getKey(addressOf(req));
      return failures !== undefined && failures.totalHits >= limit;
    },
    async spend(req, res) {
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      await count(req, res, (error) => (error ? reject(error) : resolve()));
      return promise;
    },
  };
}
