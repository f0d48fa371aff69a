import type { IncomingHttpHeaders } from 'node:http';
import * as errors from './errors.ts';
import type { NamedCall } from './http.ts';

export interface HttpAnswer {
  status: number;
  headers: IncomingHttpHeaders;
  /** Undefined where the body is not JSON. */
  json: unknown;
}

export interface Vendor {
  id: string;
  name: string;
}

/** What a refusal means, by its status. The vendor's own text is left out: it may quote the contact. */
export function toProviderError(provider: Vendor, call: NamedCall, answer: HttpAnswer): errors.ProviderError {
  const { status } = answer;
  const retryAfterSeconds = findRetryAfter(answer.headers);
  const facts = (sentence: string) => toFacts(provider, call, answer, sentence);
  const isNoPath = status === 404 && answer.json === undefined;
  if (status < 400) return new errors.InvalidRequestError(facts(`redirects us to ${findPath(answer)}; is the base URL right?`));
  if (status === 401 || status === 403) return new errors.AuthenticationError(facts('does not accept our key for this'));
  if (isNoPath) return new errors.InvalidRequestError(facts('knows no such path; is the base URL right?'));
  if (status === 404) return new errors.NotFoundError(facts('has no such record'));
  if (status === 409 || status === 412) return new errors.ConflictError(facts('holds something that contradicts this'));
  if (status === 429) return new errors.RateLimitError({ ...facts('asks us to slow down'), retryAfterSeconds });
  if (status < 500) return new errors.InvalidRequestError(facts(`refuses the request${nameFields(answer, call)}`));
  return new errors.UnavailableError({ ...facts('is not working'), retryAfterSeconds });
}

/** `CallTools does not accept our key for this (401, read contact).` */
export function toFacts(
  provider: Vendor,
  { operation }: NamedCall,
  { status, json }: HttpAnswer,
  sentence: string,
): errors.ProviderErrorFacts {
  const message = `${provider.name} ${sentence} (${status}, ${operation}).`;
  return { provider: provider.id, operation, status, traceId: findTraceId(json), message };
}

/** No answer, or none that can be read. What was sent may have landed. */
export function toUnavailable(
  provider: Vendor,
  { operation }: NamedCall,
  what: string,
  cause?: unknown,
): errors.UnavailableError {
  return new errors.UnavailableError({
    provider: provider.id,
    operation,
    message: `${provider.name} ${what} (${operation}).`,
    cause,
  });
}

/** `Retry-After` in seconds or as a date; null without one. A day at most. */
export function findRetryAfter(headers: IncomingHttpHeaders, now = Date.now()): number | null {
  const text = headers['retry-after']?.trim();
  if (!text) return null;
  const seconds = /^\d+(\.\d+)?$/.test(text) ? Number(text) : (Date.parse(text) - now) / 1000;
  return Number.isNaN(seconds) ? null : Math.min(Math.max(0, Math.ceil(seconds)), 86_400);
}

function findPath({ headers }: HttpAnswer): string {
  const location = headers.location ?? '';
  return URL.canParse(location, 'http://host') ? new URL(location, 'http://host').pathname : 'nowhere';
}

function findTraceId(json: unknown): string | null {
  const found = typeof json === 'object' && json !== null && 'traceId' in json ? json.traceId : null;
  return typeof found === 'string' ? found : null;
}

/** Which of the fields that we sent the vendor complains about: their names, and nothing that stands beside them. */
function nameFields({ json }: HttpAnswer, { body = {}, query = {} }: NamedCall): string {
  const complaint = json === undefined ? '' : JSON.stringify(json);
  const named = Object.keys({ ...body, ...query }).filter((field) => new RegExp(`\\b${field}\\b`).test(complaint));
  return named.length > 0 ? `, naming ${named.join(', ')}` : '';
}
