import type { IncomingHttpHeaders } from 'node:http';
import * as errors from './errors.ts';
import type { HttpResponse, NamedCall, Vendor } from './http-call.ts';

/** Maps an error response to a `ProviderError` by its status. Leaves out the vendor's own text: it may quote the contact. */
export function toProviderError(vendor: Vendor, call: NamedCall, response: HttpResponse): errors.ProviderError {
  const { status } = response;
  const retryAfterSeconds = findRetryAfter(response.headers);
  const facts = (sentence: string) => toErrorFacts(vendor, call, response, sentence);
  // A vendor's own 404 has a JSON body; a wrong base URL must not read as a deleted contact.
  const isUnknownPath = status === 404 && response.json === undefined;
  if (status < 400)
    return new errors.InvalidRequestError(facts(`redirects to ${findRedirectPath(response)}; is the base URL right?`));
  if (status === 401 || status === 403) return new errors.AuthenticationError(facts('rejects our credentials'));
  if (isUnknownPath) return new errors.InvalidRequestError(facts('does not know this path; is the base URL right?'));
  if (status === 404) return new errors.NotFoundError(facts('has no such record'));
  if (status === 409 || status === 412) return new errors.ConflictError(facts('reports a conflict with an existing record'));
  if (status === 429) return new errors.RateLimitError({ ...facts('rate limit exceeded'), retryAfterSeconds });
  if (status < 500) return new errors.InvalidRequestError(facts(`rejects the request${nameFields(response, call)}`));
  return new errors.UnavailableError({ ...facts('is unavailable'), retryAfterSeconds });
}

/** Builds the facts of an error, with a message such as `CallTools rejects our credentials (401, read contact).` */
export function toErrorFacts(
  vendor: Vendor,
  { operation }: NamedCall,
  { status, json }: HttpResponse,
  sentence: string,
): errors.ProviderErrorFacts {
  const message = `${vendor.name} ${sentence} (${status}, ${operation}).`;
  return { provider: vendor.id, operation, status, traceId: findTraceId(json), message };
}

/** For a missing or unreadable response. A write may have landed. */
export function toUnavailable(
  vendor: Vendor,
  { operation }: NamedCall,
  sentence: string,
  cause?: unknown,
): errors.UnavailableError {
  const message = `${vendor.name} ${sentence} (${operation}).`;
  return new errors.UnavailableError({ provider: vendor.id, operation, message, cause });
}

const maxRetryAfterSeconds = 86_400;

/** Reads `Retry-After`, in seconds or as a date, rounded up and at most one day. Null without a valid one. */
export function findRetryAfter(headers: IncomingHttpHeaders, now = Date.now()): number | null {
  const text = headers['retry-after']?.trim();
  if (!text) return null;
  const seconds = /^\d+(\.\d+)?$/.test(text) ? Number(text) : (Date.parse(text) - now) / 1000;
  return Number.isNaN(seconds) ? null : Math.min(Math.max(0, Math.ceil(seconds)), maxRetryAfterSeconds);
}

function findRedirectPath({ headers }: HttpResponse): string {
  const location = headers.location ?? '';
  return URL.canParse(location, 'http://host') ? new URL(location, 'http://host').pathname : 'an unknown path';
}

function findTraceId(json: unknown): string | null {
  const found = typeof json === 'object' && json !== null && 'traceId' in json ? json.traceId : null;
  return typeof found === 'string' ? found : null;
}

/** Lists the sent fields that the response mentions: only their names, never their values. */
function nameFields({ json }: HttpResponse, { body = {}, query = {} }: NamedCall): string {
  const complaint = json === undefined ? '' : JSON.stringify(json);
  const named = Object.keys({ ...body, ...query }).filter((field) => new RegExp(`\\b${field}\\b`).test(complaint));
  return named.length > 0 ? `, naming ${named.join(', ')}` : '';
}
