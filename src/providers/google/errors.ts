import {
  AuthenticationError,
  ExpiredCursorError,
  InvalidRequestError,
  PreconditionFailedError,
  type ProviderError,
  type ProviderErrorFacts,
  RateLimitError,
  UnavailableError,
} from '#providers/errors.ts';
import type { HttpResponse, NamedCall } from '#providers/http-call.ts';
import { findRetryAfter, toErrorFacts } from '#providers/http-errors.ts';
import { errorResponse, type GoogleError } from './schema.ts';
import { vendor } from './settings.ts';

/** Google docs: `Retry-After` is not guaranteed, and quotas are counted per minute. */
const quotaWindowSeconds = 60;
/** Seen by integrators: the API's storage has its own daily quota, reported with `violations`. */
const storageQuotaWaitSeconds = 600;

type ToFacts = (sentence: string) => ProviderErrorFacts;

/** Recognises Google's errors that mean something else than their status. Their shape is google.aip.dev/193. */
export function findError(response: HttpResponse, call: NamedCall): ProviderError | null {
  const error = parseError(response);
  const facts: ToFacts = (sentence) => toErrorFacts(vendor, call, response, sentence);
  const reason = error.details?.find((detail) => detail.reason)?.reason ?? '';
  switch (response.status) {
    case 400:
    case 410:
      return toRequestError(error, reason, facts);
    case 403:
      return isQuotaError(error, reason) ? toRateLimit(error, response, facts) : findPermissionError(reason, facts);
    case 409:
      // Accord writes no unique keys, so this is a collision of two concurrent writes.
      return new UnavailableError(facts('is busy with another write of this account'));
    case 429:
      return toRateLimit(error, response, facts);
    default:
      return null;
  }
}

/** A whole batch was refused because some of its contacts are invalid. */
export class BatchRefusedError extends InvalidRequestError {
  /** Indexes of the invalid contacts in the batch. */
  readonly refused: ReadonlySet<number>;

  constructor(facts: ProviderErrorFacts, refused: ReadonlySet<number>) {
    super(facts);
    this.refused = refused;
  }
}

/** Checks the documented reason, then the message: integrators saw the first error without details and with other statuses. */
function toRequestError({ message, status, details }: GoogleError, reason: string, facts: ToFacts): ProviderError {
  if (reason === 'EXPIRED_SYNC_TOKEN' || /sync token is expired/i.test(message ?? '')) {
    return new ExpiredCursorError(facts('no longer accepts our sync token'));
  }
  if (status === 'FAILED_PRECONDITION' && /etag/i.test(message ?? '')) {
    return new PreconditionFailedError(facts('has a newer version of this contact'));
  }
  if (/OVERFLOW/.test(message ?? '')) {
    return new InvalidRequestError({
      ...facts('has no room for another contact, because the maximum is 25,000'),
      remedy: 'delete contacts there, then retry',
    });
  }
  // Google docs: BatchCreateContactsErrorDetails. That its keys are indexes in the batch is an assumption.
  const invalid = details?.find(({ contactErrors }) => contactErrors)?.contactErrors;
  if (invalid) return new BatchRefusedError(facts('rejects this contact'), new Set(Object.keys(invalid).map(Number)));
  const named = (details ?? []).flatMap(({ fieldViolations }) => fieldViolations ?? []).flatMap(({ field }) => field ?? []);
  const paths = named.filter((path) => /^[\w.[\]]+$/.test(path));
  return new InvalidRequestError(facts(`rejects the request${paths.length > 0 ? `, naming ${paths.join(', ')}` : ''}`));
}

function findPermissionError(reason: string, facts: ToFacts): ProviderError | null {
  if (/SCOPE/.test(reason)) {
    return new AuthenticationError(facts('reports a missing scope; our grant needs https://www.googleapis.com/auth/contacts'));
  }
  if (reason !== 'SERVICE_DISABLED') return null;
  return new AuthenticationError(facts('is disabled for our project: enable the People API in the Google Cloud console'));
}

/** The older error format reports quotas with 403. */
function isQuotaError({ status }: GoogleError, reason: string): boolean {
  return (
    status === 'RESOURCE_EXHAUSTED' || /^(RATE_LIMIT_EXCEEDED|(user)?rateLimitExceeded|(daily|quota)\w*Exceeded)$/i.test(reason)
  );
}

function toRateLimit({ details }: GoogleError, { headers }: HttpResponse, facts: ToFacts): RateLimitError {
  const isStorageQuota = details?.some(({ violations }) => violations) ?? false;
  const retryAfterSeconds = findRetryAfter(headers) ?? (isStorageQuota ? storageQuotaWaitSeconds : quotaWindowSeconds);
  return new RateLimitError({ ...facts('rate limit exceeded'), retryAfterSeconds });
}

function parseError({ json }: HttpResponse): GoogleError {
  const parsed = errorResponse.safeParse(json);
  return parsed.success ? parsed.data.error : { message: '', status: '' };
}
