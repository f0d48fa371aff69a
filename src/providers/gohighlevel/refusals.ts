import {
  AuthenticationError,
  ConflictError,
  InvalidRequestError,
  NotFoundError,
  type ProviderError,
  RateLimitError,
} from '#providers/errors.ts';
import type { HttpCall } from '#providers/http.ts';
import { findRetryAfter, type HttpAnswer, toFacts } from '#providers/http-errors.ts';
import { errorAnswer } from './schema.ts';

export const vendor = { id: 'gohighlevel', name: 'GoHighLevel' };

/** HighLevel's refusals that mean something else than their status says. Most are known from integrators, not from the documents. */
export function refine(answer: HttpAnswer, call: HttpCall): ProviderError | null {
  const { message, meta } = readError(answer);
  const facts = (sentence: string) => toFacts(vendor, call, answer, sentence);
  switch (answer.status) {
    case 400:
      if (/duplicated? contact/i.test(message)) {
        const existingId = meta?.contactId ?? null;
        return new ConflictError({ ...facts('has another contact with this email or phone'), existingId });
      }
      return /not found|is deleted/i.test(message) ? new NotFoundError(facts('has no such contact')) : null;
    case 401:
      return refineUnauthorized(message, facts);
    case 403:
      return new AuthenticationError(facts('says that our key has no access to this location; is GHL_LOCATION_ID right?'));
    case 404:
      return /^Cannot [A-Z]+ \//.test(message)
        ? new InvalidRequestError(facts('knows no such path; is GHL_BASE_URL right?'))
        : null;
    case 429:
      return new RateLimitError({ ...facts('asks us to slow down'), retryAfterSeconds: findWaitSeconds(answer) });
    default:
      return null;
  }
}

/** A 401 that another token may cure: one about the scope or the version header says nothing of the token. */
export function isTokenRefused(answer: HttpAnswer): boolean {
  return answer.status === 401 && !/scope|version/i.test(readError(answer).message);
}

function refineUnauthorized(message: string, facts: (sentence: string) => ReturnType<typeof toFacts>): ProviderError | null {
  if (/scope/i.test(message)) {
    return new AuthenticationError(facts('says that our key lacks a scope; it needs contacts.readonly and contacts.write'));
  }
  return /version/i.test(message) ? new InvalidRequestError(facts('does not serve the API version that we ask for')) : null;
}

/** HighLevel documents no `Retry-After`; what remains of the day, and the window, say how long to wait. */
function findWaitSeconds({ headers }: HttpAnswer): number | null {
  const told = findRetryAfter(headers);
  if (told !== null) return told;
  const dayIsSpent = headers['x-ratelimit-daily-remaining'] === '0';
  const wait = Number(headers[dayIsSpent ? 'x-ratelimit-daily-reset' : 'x-ratelimit-interval-milliseconds'] ?? Number.NaN);
  return Number.isFinite(wait) ? Math.ceil(wait / 1000) : null;
}

function readError({ json }: HttpAnswer) {
  const parsed = errorAnswer.safeParse(json);
  return parsed.success ? parsed.data : { message: '', meta: undefined };
}
