import type { Request, RequestHandler, Response } from 'express';
import type { ZodType } from 'zod';
import { errorInfo, GoogleError } from '#sandbox/google/google-error.ts';
import { type GoogleSettings, scopes } from '#sandbox/google/settings.ts';
import type { Tokens } from '#sandbox/google/tokens.ts';
import type { Mutate } from './mutations.ts';
import { parseBody, parseQuery } from './parse-request.ts';
import type { Cost, Quota } from './quota.ts';

interface Call<Q, B> {
  /** Named parts of the path. */
  params: Record<string, string>;
  query: Q;
  body: B;
}

export interface Endpoint<Q, B> {
  /** `write`: a mutation. */
  access: 'read' | 'write';
  cost: Cost | ((request: Request) => Cost);
  query?: ZodType<Q>;
  /** Absent: a body is ignored. */
  body?: ZodType<B>;
  handle(call: Call<Q, B>): object;
}

/** Makes handlers that check who asks, then the quota, then the request, and answer in Google's shape. */
export type Gate = <Q = object, B = undefined>(endpoint: Endpoint<Q, B>) => RequestHandler;

interface Options {
  tokens: Tokens;
  quota: Quota;
  mutate: Mutate;
  settings: () => GoogleSettings;
}

export function createGate({ tokens, quota, mutate, settings }: Options): Gate {
  return (endpoint) => (request, response) =>
    answer(response, () => {
      tokens.authenticate(bearerOf(request));
      checkAccess(endpoint.access, settings());
      quota.spend(typeof endpoint.cost === 'function' ? endpoint.cost(request) : endpoint.cost);
      const query = parseQuery(endpoint.query, request.query);
      const body = endpoint.body ? parseBody(endpoint.body, request.body) : (undefined as never);
      const handle = () => endpoint.handle({ params: request.params as Record<string, string>, query, body });
      return endpoint.access === 'write' ? mutate(handle) : handle();
    });
}

/** Sends what `work` gives, or the error that it throws. */
export async function answer(response: Response, work: () => object | Promise<object>): Promise<void> {
  try {
    response.json(await work());
  } catch (error) {
    if (!(error instanceof GoogleError)) throw error;
    response.status(error.http).set(error.headers).json(error.body);
  }
}

/** Google docs: `contacts` is the only scope that may change something. */
function checkAccess(access: 'read' | 'write', { apiEnabled, scopes: granted }: GoogleSettings): void {
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
