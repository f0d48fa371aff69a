import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import express, { type Request, type RequestHandler, type Response, Router } from 'express';
import { z } from 'zod';
import type { ApiDeps } from '#api/deps.ts';
import type { ApiScope } from '#db/api-keys.ts';
import { invalidInput, methodNotAllowed } from './errors.ts';
import { answerOnce } from './idempotency.ts';
import { findUnstorable } from './storable-text.ts';

/**
 * One operation of the REST API. The router checks requests by its schemas and `openapi.ts` describes it by the same ones, so that
 * the two cannot differ.
 */
export interface Endpoint {
  method: 'get' | 'post' | 'patch' | 'delete';
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
  response: EndpointResponse<z.ZodType>;
  /** Runs in one transaction, audit entry and all, and heeds `Idempotency-Key`. What it says is worded for the caller. */
  isAtomic?: boolean;
  /** What else may be answered, beside what every endpoint may answer. */
  problems?: Record<number, string>;
  /** Done before the transaction of one that is atomic: what may take long. Throws what is answered instead. */
  check?(input: EndpointInput<never, never, never>, deps: ApiDeps): Promise<void>;
  handle(input: EndpointInput<never, never, never>, deps: ApiDeps): Promise<unknown>;
}

export interface EndpointResponse<Data extends z.ZodType> {
  /** 204 goes without a body, whatever the handler returns. */
  status: 200 | 201 | 202 | 204;
  description: string;
  data: Data;
  /** The data alone, where a form was promised that has no `{ success, data }` around it. */
  isBare?: boolean;
  example?: unknown;
  /** Other content types that a `Download` may have. */
  downloads?: readonly string[];
}

/** An answer that is made while it is sent, and too long to be held in memory. */
export class Download {
  readonly type: string;
  readonly filename: string;
  readonly chunks: AsyncIterable<string>;

  constructor({ type, filename, chunks }: Pick<Download, 'type' | 'filename' | 'chunks'>) {
    this.type = type;
    this.filename = filename;
    this.chunks = chunks;
  }
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
  endpoint: Omit<Endpoint, 'params' | 'query' | 'body' | 'response' | 'check' | 'handle'> & {
    params?: Params;
    query?: Query;
    body?: Body;
    response: EndpointResponse<Data>;
    check?(input: EndpointInput<Output<Params>, Output<Query>, Output<Body>>, deps: ApiDeps): Promise<void>;
    handle(input: EndpointInput<Output<Params>, Output<Query>, Output<Body>>, deps: ApiDeps): Promise<z.input<Data> | Download>;
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
  const methods = new Map<string, string[]>();
  for (const endpoint of endpoints) {
    const handlers = [countWith(deps, endpoint), ...authorize(endpoint.scope), readJson, handleWith(deps, endpoint)];
    for (const path of [endpoint.path, ...(endpoint.aliases ?? [])].map(toExpressPath)) {
      router[endpoint.method](path, ...handlers);
      methods.set(path, [...(methods.get(path) ?? []), endpoint.method.toUpperCase()]);
    }
  }
  for (const [path, allowed] of methods) router.all(path, methodNotAllowed(allowed.join(', ')));
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
    await endpoint.check?.(input as EndpointInput<never, never, never>, deps);
    const handle = (standsOn: ApiDeps) => endpoint.handle(input as EndpointInput<never, never, never>, standsOn);
    const answer = endpoint.isAtomic
      ? await answerOnce(deps, requestOf(req, res, endpoint, input), handle)
      : { data: await handle(deps), isRepeated: false };
    await send(res, endpoint, answer);
  };
}

function requestOf(
  req: Request,
  res: Response,
  { method, path }: Endpoint,
  { params, query, body }: object & Record<'params' | 'query' | 'body', unknown>,
) {
  const asked = JSON.stringify([method, path, params, query, body]);
  return { key: req.headers['idempotency-key'], keyId: String(res.locals.keyId), asked };
}

/** Whatever went wrong with a download after it began, its reader must not take for the end: the connection breaks. */
async function send(
  res: Response,
  { response }: Endpoint,
  { data, isRepeated }: { data: unknown; isRepeated: boolean },
): Promise<void> {
  res.status(response.status);
  if (isRepeated) res.set('idempotency-replayed', 'true');
  if (response.status === 204) return void res.end();
  if (!(data instanceof Download)) return void res.json(response.isBare ? data : { success: true, data });
  res.type(data.type).attachment(data.filename);
  await pipeline(Readable.from(data.chunks), res).catch(() => res.destroy());
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
  if (!success) throw invalidInput(part, error.issues);
  const unstorable = findUnstorable(data);
  if (unstorable) throw invalidInput(part, [unstorable]);
  return data;
}

const toExpressPath = (path: string): string => path.replaceAll(/\{(\w+)\}/g, ':$1');
