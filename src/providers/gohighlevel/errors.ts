import {
  AuthenticationError,
  ConflictError,
  InvalidRequestError,
  NotFoundError,
  type ProviderError,
  type ProviderErrorFacts,
  RateLimitError,
} from '#providers/errors.ts';
import type { HttpResponse, NamedCall } from '#providers/http-call.ts';
import { findRetryAfter, toErrorFacts } from '#providers/http-errors.ts';
import { errorResponse } from './schema.ts';
import { vendor } from './settings.ts';

/** The only call that needs a scope of its own. */
export const customFieldsOperation = 'list custom fields';

type ToFacts = (sentence: string) => ProviderErrorFacts;

/**
 * Recognises HighLevel's errors that mean something else than their status; null for all others. Most were reported by integrators,
 * not documented.
 */
export function findError(response: HttpResponse, call: NamedCall): ProviderError | null {
  const { message, meta } = parseError(response);
  const facts: ToFacts = (sentence) => toErrorFacts(vendor, call, response, sentence);
  switch (response.status) {
    case 400:
      if (/duplicated? contact/i.test(message)) {
        const existingId = meta?.contactId ?? null;
        return new ConflictError({ ...facts('has another contact with this email or phone'), existingId });
      }
      return /not found|is deleted/i.test(message) ? new NotFoundError(facts('has no such contact')) : null;
    case 401:
      return findAuthorizationError(message, call, facts);
    case 403:
      return new AuthenticationError(facts('denies our key access to this location; is GHL_LOCATION_ID right?'));
    case 404:
      return /^Cannot [A-Z]+ \//.test(message)
        ? new InvalidRequestError(facts('does not know this path; is GHL_BASE_URL right?'))
        : null;
    case 429:
      return new RateLimitError({ ...facts('rate limit exceeded'), retryAfterSeconds: findWaitSeconds(response) });
    default:
      return null;
  }
}

/** True for a 401 that another token may fix. A 401 about the scope or the version header is independent of the token. */
export function isTokenRefused(response: HttpResponse): boolean {
  return response.status === 401 && !/scope|version/i.test(parseError(response).message);
}

function findAuthorizationError(message: string, { operation }: NamedCall, facts: ToFacts): ProviderError | null {
  if (/scope/i.test(message)) {
    const scopes =
      operation === customFieldsOperation ? 'locations/customFields.readonly' : 'contacts.readonly and contacts.write';
    return new AuthenticationError(facts(`reports a missing scope; our key needs ${scopes}`));
  }
  return /version/i.test(message) ? new InvalidRequestError(facts('does not support the requested API version')) : null;
}

/** HighLevel documents no `Retry-After`. The reset of the daily quota, or the length of the window, gives the wait. */
function findWaitSeconds({ headers }: HttpResponse): number | null {
  const retryAfterSeconds = findRetryAfter(headers);
  if (retryAfterSeconds !== null) return retryAfterSeconds;
  const isDaySpent = headers['x-ratelimit-daily-remaining'] === '0';
  const waitMs = Number(headers[isDaySpent ? 'x-ratelimit-daily-reset' : 'x-ratelimit-interval-milliseconds'] ?? Number.NaN);
  return Number.isFinite(waitMs) ? Math.ceil(waitMs / 1000) : null;
}

function parseError({ json }: HttpResponse) {
  const parsed = errorResponse.safeParse(json);
  return parsed.success ? parsed.data : { message: '', meta: undefined };
}
