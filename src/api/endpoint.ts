import express, { type RequestHandler, Router } from 'express';
import { z } from 'zod';
import type { ApiScope } from '../db/api-keys.ts';
import type { ApiDeps } from './deps.ts';
import { invalidInput, methodNotAllowed } from './errors.ts';

/**
 * One operation of the REST API. The router checks requests by its schemas and `openapi.ts` describes it by the same ones, so that
 * the two cannot differ.
 */
export interface Endpoint {
  method: 'get' | 'post';
  /** As OpenAPI writes it: `/sync/contacts/{id}`. */
  path: string;
  /** Other paths that do the same. */
  aliases?: readonly string[];
  tag: string;
  summary: string;
  description?: string;
  scope: ApiScope;
  params?: z.ZodObject;
  query?: z.ZodObject;
  body?: z.ZodType;
  response: { status: 200 | 202; description: string; data: z.ZodType };
  /** What else may be answered, beside what every endpoint may answer. */
  problems?: Record<number, string>;
  handle(input: EndpointInput<never, never, never>, deps: ApiDeps): Promise<unknown>;
}

export interface EndpointInput<Params, Query, Body> {
  params: Params;
  query: Query;
  body: Body;
  /** Who asks, for history and audit: `api-key:<name>`. */
  actor: string;
}

type Output<Schema> = Schema extends z.ZodType ? z.output<Schema> : undefined;

/** Ties the types of a handler to its schemas. The handler returns what goes into `data`. */
export function defineEndpoint<
  Data extends z.ZodType,
  Params extends z.ZodObject | undefined = undefined,
  Query extends z.ZodObject | undefined = undefined,
  Body extends z.ZodType | undefined = undefined,
>(
  endpoint: Omit<Endpoint, 'params' | 'query' | 'body' | 'response' | 'handle'> & {
    params?: Params;
    query?: Query;
    body?: Body;
    response: { status: 200 | 202; description: string; data: Data };
    handle(input: EndpointInput<Output<Params>, Output<Query>, Output<Body>>, deps: ApiDeps): Promise<z.input<Data>>;
  },
): Endpoint {
  return endpoint as unknown as Endpoint;
}

/** Serves endpoints to whoever `authorize` lets through for the endpoint's scope. */
export function createEndpointRouter(
  deps: ApiDeps,
  endpoints: readonly Endpoint[],
  authorize: (scope: ApiScope) => RequestHandler[],
): Router {
  const router = Router();
  // Whatever its content type says: a body that is not JSON is refused, not overlooked.
  const readJson = express.json({ limit: '64kb', type: () => true });
  for (const endpoint of endpoints) {
    const handlers = [countWith(deps, endpoint), ...authorize(endpoint.scope), readJson, handleWith(deps, endpoint)];
    for (const path of [endpoint.path, ...(endpoint.aliases ?? [])]) {
      router[endpoint.method](toExpressPath(path), ...handlers);
      router.all(toExpressPath(path), methodNotAllowed(endpoint.method.toUpperCase()));
    }
  }
  return router;
}

function handleWith(deps: ApiDeps, endpoint: Endpoint): RequestHandler {
  const none = z.undefined();
  return async (req, res) => {
    const input = {
      params: parse(endpoint.params ?? none, endpoint.params && req.params, 'params'),
      query: parse(endpoint.query ?? none, endpoint.query && req.query, 'query'),
      body: parse(endpoint.body ?? none, endpoint.body && req.body, 'body'),
      actor: String(res.locals.actor),
    };
    const data = await endpoint.handle(input as EndpointInput<never, never, never>, deps);
    res.status(endpoint.response.status).json({ success: true, data });
  };
}

function countWith({ metrics }: ApiDeps, { method, path }: Endpoint): RequestHandler {
  const endpoint = `${method.toUpperCase()} ${path}`;
  return (_req, res, next) => {
    res.on('finish', () => metrics.apiRequests.inc({ endpoint, status: res.statusCode }));
    next();
  };
}

function parse(schema: z.ZodType, value: unknown, part: 'params' | 'query' | 'body'): unknown {
  const { success, data, error } = schema.safeParse(value);
  if (!success) throw invalidInput(part, error);
  return data;
}

const toExpressPath = (path: string): string => path.replaceAll(/\{(\w+)\}/g, ':$1');
