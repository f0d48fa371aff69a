import { randomUUID } from 'node:crypto';
import { isGrpcServiceError } from '@temporalio/client';
import type { ErrorRequestHandler, RequestHandler, Response } from 'express';
import type { Logger } from 'pino';
import type { z } from 'zod';

/** An error response: RFC 9457 problem details. `code` ends its `type` and never changes its meaning. */
export class ApiProblem extends Error {
  readonly status: number;
  readonly code: string;
  readonly headers: Record<string, string>;
  readonly errors: FieldError[];

  constructor({ status, code, detail, headers = {}, errors = [] }: ProblemFacts) {
    super(detail);
    this.name = 'ApiProblem';
    this.status = status;
    this.code = code;
    this.headers = headers;
    this.errors = errors;
  }
}

export interface ProblemFacts {
  status: number;
  code: string;
  /** A sentence for the caller; no SQL, no stack, no secret. */
  detail: string;
  headers?: Record<string, string>;
  errors?: FieldError[];
}

/** `pointer` is a JSON pointer into the request, such as `/body/provider`. */
export interface FieldError {
  pointer: string;
  detail: string;
}

type Issue = Pick<z.core.$ZodIssue, 'path' | 'message'>;

/** 404. */
export const notFound = (detail: string) => new ApiProblem({ status: 404, code: 'not-found', detail });

export const conflict = (code: string, detail: string) => new ApiProblem({ status: 409, code, detail });

/** 400 with one error per issue. */
export function invalidInput(part: 'params' | 'query' | 'body', issues: readonly Issue[]): ApiProblem {
  const errors = issues.map(({ path, message }) => ({
    pointer: `/${[part, ...path.map(String)].join('/')}`,
    detail: message,
  }));
  return new ApiProblem({ status: 400, code: 'invalid-input', detail: 'The request is not valid: see errors.', errors });
}

/** Answers 405 with the allowed methods, such as `GET, POST`. */
export function methodNotAllowed(allowed: string): RequestHandler {
  return (req) => {
    const detail = `${req.method} is not allowed here. Allowed: ${allowed}.`;
    throw new ApiProblem({ status: 405, code: 'method-not-allowed', detail, headers: { allow: allowed } });
  };
}

/** Answers 404 for every path that no router serves. */
export const unknownRoute: RequestHandler = (req) => {
  throw notFound(`There is no ${req.method} ${req.path}. GET /docs lists all operations.`);
};

/** The last handler: sends every thrown error as a problem, and logs unexpected ones under the id that the caller gets. */
export function problemHandler(log: Logger): ErrorRequestHandler {
  return (error, req, res, next) => {
    if (res.headersSent) return next(error);
    const problem = toProblem(error);
    if (problem.code !== 'internal-error') return sendProblem(res, problem);
    const errorId = randomUUID();
    log.error({ err: error, errorId, method: req.method, path: req.path }, 'api request failed');
    sendProblem(res, problem, { errorId });
  };
}

/** Sends the problem as `application/problem+json`, with the fields of `extra` added to its body. */
export function sendProblem(res: Response, problem: ApiProblem, extra: Record<string, string> = {}): void {
  const { status, code, errors } = problem;
  const body = {
    type: `urn:accord:problem:${code}`,
    title: titleOf(code),
    status,
    detail: problem.message,
    instance: res.req.originalUrl.split('?')[0],
    ...(errors.length > 0 ? { errors } : {}),
    ...extra,
  };
  // Routes for webhooks come before the middleware that sets security headers.
  res.set({ 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' });
  res.status(status).set(problem.headers).type('application/problem+json').send(JSON.stringify(body));
}

/** The problem for any thrown value; `internal-error` for an unexpected one. */
export function toProblem(error: unknown): ApiProblem {
  if (error instanceof ApiProblem) return error;
  if (isClientGone(error)) return new ApiProblem(clientGone);
  if (isDatabaseUnavailable(error)) return unavailable('The database is unavailable. Try again in a few seconds.');
  if (isTemporalUnavailable(error)) return unavailable('Temporal is unavailable. Try again in a few seconds.');
  if (isUnstorable(error)) return new ApiProblem(unstorable);
  const { type, status } = toProperties(error);
  const known = httpProblems[String(type)] ?? httpProblems[String(status)];
  return new ApiProblem(known ?? { status: 500, code: 'internal-error', detail: 'Internal error. It was logged.' });
}

/** Errors of Express and its body parsers, by `type` or status. */
const httpProblems: Record<string, ProblemFacts> = {
  'entity.parse.failed': { status: 400, code: 'malformed-body', detail: 'The body is not JSON.' },
  'encoding.unsupported': {
    status: 415,
    code: 'compressed-body',
    detail: 'Send the body uncompressed, without Content-Encoding.',
  },
  'entity.too.large': { status: 413, code: 'too-large', detail: 'The body is too large.' },
  400: { status: 400, code: 'malformed-request', detail: 'The request could not be read.' },
  413: { status: 413, code: 'too-large', detail: 'The body is too large.' },
  415: { status: 415, code: 'unsupported-media-type', detail: 'Send UTF-8 JSON with Content-Type: application/json.' },
};

/** Nobody reads it: it is for logs and metrics. nginx's status for the same. */
const clientGone: ProblemFacts = { status: 499, code: 'client-gone', detail: 'The client ended the connection.' };

/** Body parsers report a client that hung up in the middle of its body as `ECONNABORTED`, like a connection to a database. */
function isClientGone(error: unknown): boolean {
  return toProperties(error).type === 'request.aborted';
}

const unstorable: ProblemFacts = {
  status: 400,
  code: 'unstorable-value',
  detail: 'The request has a value that cannot be stored.',
};

/** SQLSTATE of text (NUL, half of a surrogate pair) and of times that PostgreSQL cannot store: they fail again each time. */
function isUnstorable(error: unknown): boolean {
  const { code } = toProperties(error);
  return typeof code === 'string' && /^(22021|22P05|22007|22008)$/.test(code);
}

const unavailable = (detail: string) =>
  new ApiProblem({ status: 503, code: 'unavailable', detail, headers: { 'retry-after': '5' } });

/**
 * Connections refused or broken, PostgreSQL starting or stopping (57P0x), out of connections or of disk (53xxx), a statement, a lock or a
 * transaction above its time (57014, 55P03, 25P03), or no connection free in time.
 */
export function isDatabaseUnavailable(error: unknown): boolean {
  const { code, message } = toProperties(error);
  if (typeof code === 'string') return /^(ECONN|EPIPE|ENOTFOUND|ETIMEDOUT|08|57P0|53|57014|55P03|25P03)/.test(code);
  return typeof message === 'string' && /timeout exceeded when trying to connect|Connection terminated/.test(message);
}

/** gRPC's DEADLINE_EXCEEDED, RESOURCE_EXHAUSTED and UNAVAILABLE. */
function isTemporalUnavailable(error: unknown): boolean {
  return [error, toProperties(error).cause].some((each) => isGrpcServiceError(each) && [4, 8, 14].includes(each.code));
}

/** The properties of a thrown value; none for a primitive. */
export function toProperties(thrown: unknown): Record<string, unknown> {
  return isObject(thrown) ? thrown : {};
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function titleOf(code: string): string {
  const words = code.replaceAll('-', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}
