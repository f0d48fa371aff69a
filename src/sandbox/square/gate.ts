import type { Request, RequestHandler, Response } from 'express';
import type { ZodType } from 'zod';
import { ApiError, forbidden } from './api-error.ts';
import { authenticate, checkScope, squareVersionOf } from './authenticate.ts';
import { parseBody, parseJson } from './parse-body.ts';
import type { Scope, SquareSettings } from './settings.ts';

export interface Endpoint<B> {
  /** `personal`: the seller's own token; OAuth tokens are refused. */
  needs: Scope | 'personal';
  /** Absent: the request has no body. */
  body?: ZodType<B>;
  handle(call: { request: Request; body: B; squareVersion: string }): object;
}

/** Makes handlers that check and answer as Square does: 200 with JSON for every success, deletes included. */
export type Gate = <B>(endpoint: Endpoint<B>) => RequestHandler;

interface Options {
  spend: (token: string) => void;
  settings: () => SquareSettings;
}

/** Token → rate limit → scope → version → body → logic. The order is not documented. */
export function createGate({ spend, settings }: Options): Gate {
  return (endpoint) => (request, response) =>
    answer(response, () => {
      const grant = authenticate(request, settings());
      spend(grant.token);
      if (endpoint.needs !== 'personal') checkScope(grant, endpoint.needs);
      else if (!grant.isPersonal) throw forbidden('FORBIDDEN', 'This endpoint takes a personal access token only.');
      const squareVersion = squareVersionOf(request, settings());
      const body = endpoint.body ? parseBody(endpoint.body, parseJson(request.body)) : (undefined as never);
      return endpoint.handle({ request, body, squareVersion });
    });
}

export function answer(response: Response, work: () => object): void {
  try {
    response.json(work());
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    response.status(error.status).set(error.headers).json({ errors: error.errors });
  }
}
