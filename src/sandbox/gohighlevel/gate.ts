import { randomUUID } from 'node:crypto';
import type { Request, RequestHandler, Response } from 'express';
import type { ZodType } from 'zod';
import type { RateLimit } from './rate-limit.ts';
import type { GoHighLevelSettings, Scope } from './settings.ts';
import type { Grant, Tokens } from './tokens.ts';
import { parseBody, parseJson } from './validate.ts';
import { unauthorized, VendorError, wrongLocation } from './vendor-error.ts';

interface Operation {
  scope: Scope;
  /** The location that the request names. Absent for operations by id, whose location is the token's. */
  location?: (request: Request, body: unknown) => unknown;
  /** Of a success; 200 by default. */
  status?: number;
}

interface Call {
  request: Request;
  grant: Grant;
}

interface BodylessOperation extends Operation {
  body?: undefined;
  handle(call: Call): object;
}

interface BodyOperation<B> extends Operation {
  body: ZodType<B>;
  handle(call: Call & { body: B }): object;
}

/** Makes handlers that check in HighLevel's order and answer in HighLevel's format. */
export interface Gate {
  (operation: BodylessOperation): RequestHandler;
  <B>(operation: BodyOperation<B>): RequestHandler;
}

interface Options {
  tokens: Tokens;
  rateLimit: RateLimit;
  settings: () => GoHighLevelSettings;
}

/**
 * Checks version, bearer token, scope, location, rate limit and body, in this order. Integrators report the order of the first two: a
 * request without `Version` gets a 401 for any token.
 */
export function createGate({ tokens, rateLimit, settings }: Options): Gate {
  function gate<B>(operation: BodylessOperation | BodyOperation<B>): RequestHandler {
    return (request, response) => {
      let account: string | null = null;
      answer(
        response,
        operation.status ?? 200,
        () => rateLimit.headers(account),
        () => {
          checkVersion(request, settings().versions);
          const grant = tokens.authenticate(bearerOf(request));
          account = `${grant.token} ${grant.locationId}`;
          if (!grant.scopes.includes(operation.scope)) throw unauthorized('The token is not authorized for this scope.');
          const json = operation.body ? parseJson(request.body) : undefined;
          const location = operation.location?.(request, json);
          if (typeof location === 'string' && location !== grant.locationId) throw wrongLocation();
          rateLimit.spend(account);
          if (operation.body === undefined) return operation.handle({ request, grant });
          return operation.handle({ request, grant, body: parseBody(operation.body, json) });
        },
      );
    };
  }
  return gate;
}

/** `Operation.location` for a `locationId` in the body. */
export function locationInBody(_: Request, body: unknown): unknown {
  return typeof body === 'object' && body !== null && 'locationId' in body ? body.locationId : undefined;
}

/** Sends the result of `work`, or the VendorError that it throws. HighLevel docs: every answer has rate-limit headers and a `traceId`. */
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
