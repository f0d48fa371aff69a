import type { Request, RequestHandler, Response } from 'express';
import type { ZodType } from 'zod';
import { errorInfo, GoogleError } from '#sandbox/google/google-error.ts';
import { type GoogleSettings, scopes } from '#sandbox/google/settings.ts';
import type { Tokens } from '#sandbox/google/tokens.ts';
import type { Mutate } from './mutations.ts';
import { parseBody, parseQuery } from './parse-request.ts';
import type { Cost, Quota } from './quota.ts';

interface Call<Q> {
  /** Named parts of the path. */
  params: Request['params'];
  query: Q;
}

interface Operation<Q> {
  /** `write`: a mutation. */
  access: 'read' | 'write';
  cost: Cost | ((request: Request) => Cost);
  query: ZodType<Q>;
}

/** A body is ignored. */
interface BodylessOperation<Q> extends Operation<Q> {
  body?: undefined;
  handle(call: Call<Q>): object;
}

interface BodyOperation<Q, B> extends Operation<Q> {
  body: ZodType<B>;
  handle(call: Call<Q> & { body: B }): object;
}

/** Makes handlers that check credentials, quota and request, in this order, and answer in Google's format. */
export interface Gate {
  <Q>(operation: BodylessOperation<Q>): RequestHandler;
  <Q, B>(operation: BodyOperation<Q, B>): RequestHandler;
}

interface Options {
  tokens: Tokens;
  quota: Quota;
  mutate: Mutate;
  settings: () => GoogleSettings;
}

/** Creates the gate that every operation of the People API goes through. */
export function createGate({ tokens, quota, mutate, settings }: Options): Gate {
  function gate<Q, B>(operation: BodylessOperation<Q> | BodyOperation<Q, B>): RequestHandler {
    return (request, response) =>
      answer(response, () => {
        const granted = tokens.authenticate(bearerOf(request));
        checkAccess(operation.access, granted, settings());
        quota.spend(typeof operation.cost === 'function' ? operation.cost(request) : operation.cost);
        const handle = prepare(operation, request);
        return operation.access === 'write' ? mutate(handle) : handle();
      });
  }
  return gate;
}

/** Parses the request at once; handles it when called. */
function prepare<Q, B>(operation: BodylessOperation<Q> | BodyOperation<Q, B>, request: Request): () => object {
  const call = { params: request.params, query: parseQuery(operation.query, request.query) };
  if (operation.body === undefined) return () => operation.handle(call);
  const body = parseBody(operation.body, request.body);
  return () => operation.handle({ ...call, body });
}

/** Sends the result of `work`, or the GoogleError that it throws. */
export async function answer(response: Response, work: () => object | Promise<object>): Promise<void> {
  try {
    response.json(await work());
  } catch (error) {
    if (!(error instanceof GoogleError)) throw error;
    response.status(error.http).set(error.headers).json(error.body);
  }
}

/** Google docs: `contacts` is the only scope that allows changes. */
function checkAccess(access: 'read' | 'write', granted: readonly string[], { apiEnabled }: GoogleSettings): void {
  if (!apiEnabled)
    throw denied('SERVICE_DISABLED', 'People API has not been used in project 000000000000 before or it is disabled.');
  const [readWrite, readOnly] = scopes;
  const isEnough = granted.includes(readWrite) || (access === 'read' && granted.includes(readOnly));
  if (!isEnough) throw denied('ACCESS_TOKEN_SCOPE_INSUFFICIENT', 'Request had insufficient authentication scopes.');
}

function denied(reason: string, message: string): GoogleError {
  const details = [errorInfo(reason, 'googleapis.com', { service: 'people.googleapis.com' })];
  return new GoogleError('PERMISSION_DENIED', message, { details });
}

function bearerOf(request: Request): string | undefined {
  return /^Bearer (\S+)$/i.exec(request.get('authorization') ?? '')?.[1];
}
