import {
  AuthenticationError,
  ConflictError,
  ExpiredCursorError,
  InvalidRequestError,
  PreconditionFailedError,
  ProviderError,
} from '#providers/errors.ts';
import type { HttpResponse, NamedCall } from '#providers/http-call.ts';
import { toErrorFacts, toProviderError, toUnavailable } from '#providers/http-errors.ts';
import { errorResponse, type Problem } from './schema.ts';
import { vendor } from './settings.ts';

/** The calls with a version as their precondition. */
export const updateOperation = 'update contact';
export const removeOperation = 'delete contact';

/** Recognises Square's errors that mean something else than their status; null for all others. */
export function findError(response: HttpResponse, call: NamedCall): ProviderError | null {
  const problems = parseProblems(response);
  const facts = (sentence: string) => toErrorFacts(vendor, call, response, sentence);
  const hasCode = (code: string) => problems.some((problem) => problem.code === code);
  const hasPrecondition = call.operation === updateOperation || call.operation === removeOperation;
  if (hasPrecondition && isStaleVersion(response.status, problems)) {
    return new PreconditionFailedError(facts('has a newer version of this customer'));
  }
  // Square docs (idempotency): the key was used before, with other data.
  if (hasCode('IDEMPOTENCY_KEY_REUSED')) return new ConflictError(facts('has another customer with this reference'));
  if (hasCode('INVALID_CURSOR')) return new ExpiredCursorError(facts('no longer accepts our cursor'));
  if (hasCode('INSUFFICIENT_SCOPES')) {
    return new AuthenticationError(facts('reports a missing permission; our token needs CUSTOMERS_READ and CUSTOMERS_WRITE'));
  }
  return response.status === 408 ? toUnavailable(vendor, call, 'timed out (408)') : null;
}

/** Maps the errors of one entry in a bulk response, whose own status is 200 (Square docs, bulk endpoints). */
export function toEntryError(errors: readonly Problem[], call: NamedCall): ProviderError {
  const response = { status: toStatus(errors[0]), headers: {}, json: { errors } };
  return findError(response, call) ?? toProviderError(vendor, call, response);
}

/** Maps errors that the SDK throws without a response. Omits their text: it quotes the data that the SDK cannot read. */
export function toSdkError(error: unknown, call: NamedCall): ProviderError {
  if (error instanceof ProviderError) return error;
  // A JsonError is the SDK's own validation, before it sends anything: a field of another type, or a country that it does not know.
  if (!(error instanceof Error && error.name === 'JsonError')) return toUnavailable(vendor, call, 'sent an unreadable response');
  const { operation } = call;
  const message = `Square's SDK rejects the request before sending it (${operation}).`;
  return new InvalidRequestError({ provider: vendor.id, operation, message });
}

/**
 * Square documents a "version mismatch" (optimistic concurrency) without its status and code for customers. Its general codes include
 * CONFLICT, those of invoices VERSION_MISMATCH. Any 400 about the `version` field counts, too.
 */
function isStaleVersion(status: number, problems: readonly Problem[]): boolean {
  if (status === 409) return true;
  return problems.some(
    ({ code, detail, field }) =>
      code === 'CONFLICT' ||
      code === 'VERSION_MISMATCH' ||
      // Excludes codes about the API version, which a header selects.
      (status === 400 && !/_VERSION/.test(code) && (field === 'version' || /\bversion\b/i.test(detail ?? ''))),
  );
}

/** Square docs (handling errors): the first error determines the status. */
function toStatus(problem: Problem | undefined): number {
  if (problem?.code === 'NOT_FOUND') return 404;
  if (problem?.code === 'CONFLICT') return 409;
  if (problem?.category === 'AUTHENTICATION_ERROR') return 401;
  if (problem?.category === 'RATE_LIMIT_ERROR') return 429;
  return problem?.category === 'INVALID_REQUEST_ERROR' ? 400 : 503;
}

function parseProblems({ json }: HttpResponse): Problem[] {
  const parsed = errorResponse.safeParse(json);
  return parsed.success ? parsed.data.errors : [];
}
