import type { z } from 'zod';
import {
  AuthenticationError,
  ExpiredCursorError,
  InvalidRequestError,
  PreconditionFailedError,
  type ProviderError,
  RateLimitError,
  UnavailableError,
} from '#providers/errors.ts';
import type { NamedCall } from '#providers/http.ts';
import { findRetryAfter, type HttpAnswer, toFacts } from '#providers/http-errors.ts';
import { errorAnswer } from './schema.ts';

export const vendor = { id: 'google', name: 'Google Contacts' };

/** Google docs: `Retry-After` is not promised, the quotas are counted by the minute. */
const minuteSeconds = 60;
/** Seen by integrators: the storage behind the API has a limit of its own, for a day; it comes with `violations`. */
const storageSeconds = 600;

type GoogleError = z.infer<typeof errorAnswer>['error'];

/** Google's refusals that mean something else than their status says. google.aip.dev/193 has the shape; the rest as marked. */
export function refine(answer: HttpAnswer, call: NamedCall): ProviderError | null {
  const error = readError(answer);
  const facts = (sentence: string) => toFacts(vendor, call, answer, sentence);
  const reason = error.details?.find((detail) => detail.reason)?.reason ?? '';
  switch (answer.status) {
    case 400:
    case 410:
      return refineRequest(error, reason, facts);
    case 403:
      return isQuota(error, reason) ? toRateLimit(error, answer, facts) : refineForbidden(reason, facts);
    case 409:
      // Nothing that we write has a key of its own: two writes met.
      return new UnavailableError(facts('was at another write of this account'));
    case 429:
      return toRateLimit(error, answer, facts);
    default:
      return null;
  }
}

/** A batch that was refused because of some of its contacts. */
export class BatchRefusedError extends InvalidRequestError {
  /** Places of those that Google names. */
  readonly refused: ReadonlySet<number>;

  constructor(facts: ReturnType<typeof toFacts>, refused: ReadonlySet<number>) {
    super(facts);
    this.refused = refused;
  }
}

type Facts = (sentence: string) => ReturnType<typeof toFacts>;

/** By the reason, which is documented, else by the sentence: integrators saw the first without details and with other statuses. */
function refineRequest({ message, status, details }: GoogleError, reason: string, facts: Facts): ProviderError {
  if (reason === 'EXPIRED_SYNC_TOKEN' || /sync token is expired/i.test(message ?? '')) {
    return new ExpiredCursorError(facts('no longer knows what changed since we last asked'));
  }
  if (status === 'FAILED_PRECONDITION' && /etag/i.test(message ?? '')) {
    return new PreconditionFailedError(facts('holds a newer version of this contact'));
  }
  if (/OVERFLOW/.test(message ?? ''))
    return new InvalidRequestError(facts('has no room for another contact: 25,000 are allowed'));
  // Google docs: BatchCreateContactsErrorDetails; that its keys are places in the batch is an assumption.
  const bad = details?.find(({ contactErrors }) => contactErrors)?.contactErrors;
  if (bad) return new BatchRefusedError(facts('refuses this contact'), new Set(Object.keys(bad).map(Number)));
  const named = (details ?? []).flatMap(({ fieldViolations }) => fieldViolations ?? []).flatMap(({ field }) => field ?? []);
  const paths = named.filter((path) => /^[\w.[\]]+$/.test(path));
  return new InvalidRequestError(facts(`refuses the request${paths.length > 0 ? `, naming ${paths.join(', ')}` : ''}`));
}

function refineForbidden(reason: string, facts: Facts): ProviderError | null {
  if (/SCOPE/.test(reason)) {
    return new AuthenticationError(facts('says that our grant lacks a scope; it needs https://www.googleapis.com/auth/contacts'));
  }
  if (reason !== 'SERVICE_DISABLED') return null;
  return new AuthenticationError(facts('is switched off for our project: enable the People API in the Google Cloud console'));
}

/** The older error format says it with 403. */
function isQuota({ status }: GoogleError, reason: string): boolean {
  return (
    status === 'RESOURCE_EXHAUSTED' || /^(RATE_LIMIT_EXCEEDED|(user)?rateLimitExceeded|(daily|quota)\w*Exceeded)$/i.test(reason)
  );
}

function toRateLimit({ details }: GoogleError, { headers }: HttpAnswer, facts: Facts): RateLimitError {
  const isStorage = details?.some(({ violations }) => violations) ?? false;
  const retryAfterSeconds = findRetryAfter(headers) ?? (isStorage ? storageSeconds : minuteSeconds);
  return new RateLimitError({ ...facts('asks us to slow down'), retryAfterSeconds });
}

export function readError({ json }: HttpAnswer): GoogleError {
  const parsed = errorAnswer.safeParse(json);
  return parsed.success ? parsed.data.error : { message: '', status: '' };
}
