import type { Request, RequestHandler, Response } from 'express';
import type { ZodType } from 'zod';
import { ApiError, forbidden } from './api-error.ts';
import { authenticate, checkScope, squareVersionOf } from './authenticate.ts';
import { parseBody, parseJson } from './parse-body.ts';
import type { Scope, SquareSettings } from './settings.ts';
import type { Tokens } from './tokens.ts';

interface Call {
  request: Request;
  squareVersion: string;
}

interface BodylessOperation {
  /** `personal`: the seller's own token; OAuth tokens are refused. */
  needs: Scope | 'personal';
  body?: undefined;
  handle(call: Call): object;
}

interface BodyOperation<B> {
  needs: Scope | 'personal';
  body: ZodType<B>;
  handle(call: Call & { body: B }): object;
}

/** Makes handlers that check and answer as Square does: 200 with JSON for every success, deletes included. */
export interface Gate {
  (operation: BodylessOperation): RequestHandler;
  <B>(operation: BodyOperation<B>): RequestHandler;
}

interface Options {
  spend: (token: string) => void;
  settings: () => SquareSettings;
  tokens: Tokens;
  now: () => number;
}

/** Checks token, rate limit, scope, version and body, in this order. The order is not documented. */
export function createGate({ spend, settings, ...issued }: Options): Gate {
  function gate<B>(operation: BodylessOperation | BodyOperation<B>): RequestHandler {
    return (request, response) =>
      answer(response, () => {
        const grant = authenticate(request, settings(), issued);
        spend(grant.token);
        if (operation.needs !== 'personal') checkScope(grant, operation.needs);
        else if (!grant.isPersonal) throw forbidden('FORBIDDEN', 'This endpoint takes a personal access token only.');
        const call = { request, squareVersion: squareVersionOf(request, settings()) };
        if (operation.body === undefined) return operation.handle(call);
        return operation.handle({ ...call, body: parseBody(operation.body, parseJson(request.body)) });
      });
  }
  return gate;
}

/** Sends the result of `work`, or the ApiError that it throws. */
export function answer(response: Response, work: () => object): void {
  try {
    response.json(work());
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    response.status(error.status).set(error.headers).json({ errors: error.errors });
  }
}
