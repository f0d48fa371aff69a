import { randomUUID } from 'node:crypto';
import type { Request, RequestHandler, Response } from 'express';
import type { ZodType } from 'zod';
import type { RateLimit } from './rate-limit.ts';
import type { GoHighLevelSettings, Scope } from './settings.ts';
import type { Grant, Tokens } from './tokens.ts';
import { parseBody, parseJson } from './validate.ts';
import { unauthorized, VendorError, wrongLocation } from './vendor-error.ts';

export interface Endpoint<B> {
  scope: Scope;
  /** Names the location that the request is about, where it does; by-id routes leave it to the token. */
  location?: (request: Request, body: unknown) => unknown;
  /** Absent: the request has no body. */
  body?: ZodType<B>;
  status?: number;
  handle(call: { request: Request; body: B; grant: Grant }): object;
}

/** Makes handlers that check in HighLevel's order and answer in HighLevel's shape. */
export type Gate = <B>(endpoint: Endpoint<B>) => RequestHandler;

interface Options {
  tokens: Tokens;
  rateLimit: RateLimit;
  settings: () => GoHighLevelSettings;
}

/**
 * Version → bearer → scope → location → rate limit → body → logic.
 * The order of the first two is what integrators report: a request without `Version` gets a 401 whatever its token.
 */
export function createGate({ tokens, rateLimit, settings }: Options): Gate {
  return (endpoint) => (request, response) => {
    let account: string | null = null;
    answer(
      response,
      endpoint.status ?? 200,
      () => rateLimit.headers(account),
      () => {
        checkVersion(request, settings().versions);
        const grant = tokens.authenticate(bearerOf(request));
        account = `${grant.token} ${grant.locationId}`;
        if (!grant.scopes.includes(endpoint.scope)) throw unauthorized('The token is not authorized for this scope.');
        const body = endpoint.body ? parseJson(request.body) : undefined;
        const location = endpoint.location?.(request, body);
        if (typeof location === 'string' && location !== grant.locationId) throw wrongLocation();
        rateLimit.spend(account);
        return endpoint.handle({ request, grant, body: endpoint.body ? parseBody(endpoint.body, body) : (undefined as never) });
      },
    );
  };
}

/** For `Endpoint.location` where the location stands in the body. */
export function locationInBody(_: Request, body: unknown): unknown {
  return (body as { locationId?: unknown } | null)?.locationId;
}

/** HighLevel docs: rate-limit headers and a `traceId` are on every answer. */
export function answer(response: Response, status: number, headers: () => Record<string, string>, work: () => object): void {
  const [code, body] = outcomeOf(status, work);
  response
    .status(code)
    .set(headers())
    .json({ ...body, traceId: randomUUID() });
}

function outcomeOf(status: number, work: () => object): [number, object] {
  try {
    return [status, work()];
  } catch (error) {
    if (error instanceof VendorError) return [error.status, error.body];
    throw error;
  }
}

function checkVersion(request: Request, versions: string[]): void {
  const version = request.get('version');
  if (version === undefined) throw unauthorized('version header was not found');
  if (!versions.includes(version)) throw unauthorized('version header is invalid');
}

function bearerOf(request: Request): string {
  const [, token] = /^Bearer (\S+)$/i.exec(request.get('authorization') ?? '') ?? [];
  if (token === undefined) throw unauthorized('Invalid JWT');
  return token;
}
