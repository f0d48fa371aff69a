import {
  AuthenticationError,
  ConflictError,
  ExpiredCursorError,
  InvalidRequestError,
  PreconditionFailedError,
  ProviderError,
} from '#providers/errors.ts';
import type { NamedCall } from '#providers/http.ts';
import { type HttpAnswer, toFacts, toProviderError, toUnavailable } from '#providers/http-errors.ts';
import { errorAnswer, type Problem } from './schema.ts';

export const vendor = { id: 'square', name: 'Square' };

/** The one call that has a version as its precondition. */
export const updateOperation = 'update contact';

/** Refusals that mean something else than their status says. */
export function refine(answer: HttpAnswer, call: NamedCall): ProviderError | null {
  const problems = readProblems(answer);
  const facts = (sentence: string) => toFacts(vendor, call, answer, sentence);
  const isCalled = (code: string) => problems.some((problem) => problem.code === code);
  if (call.operation === updateOperation && isStaleVersion(answer.status, problems)) {
    return new PreconditionFailedError(facts('says that the customer has changed meanwhile'));
  }
  // Square docs (idempotency): the same key with other data.
  if (isCalled('IDEMPOTENCY_KEY_REUSED')) return new ConflictError(facts('has made another customer by this reference'));
  if (isCalled('INVALID_CURSOR')) return new ExpiredCursorError(facts('no longer knows where the listing was'));
  if (isCalled('INSUFFICIENT_SCOPES')) {
    return new AuthenticationError(facts('says that our token lacks a permission; it needs CUSTOMERS_READ and CUSTOMERS_WRITE'));
  }
  return answer.status === 408 ? toUnavailable(vendor, call, 'took too long (408)') : null;
}

/** Square docs (bulk endpoints): the errors of one entry; the answer as a whole was a 200. */
export function fromEntry(errors: readonly Problem[], call: NamedCall): ProviderError {
  const answer = { status: toStatus(errors[0]), headers: {}, json: { errors } };
  return refine(answer, call) ?? toProviderError(vendor, call, answer);
}

/** What the SDK throws besides refusals. Nothing of its text is kept: what it cannot read, it quotes. */
export function toRefusal(error: unknown, call: NamedCall): ProviderError {
  if (error instanceof ProviderError) return error;
  // It looks at what it is to send, and sends nothing: a field of another type, a country that it does not know.
  if (!(error instanceof Error && error.name === 'JsonError'))
    return toUnavailable(vendor, call, 'gave no answer that we can read');
  const { operation } = call;
  const message = `The SDK of Square does not take what we ask it to send (${operation}).`;
  return new InvalidRequestError({ provider: vendor.id, operation, message });
}

/**
 * Square documents a "version mismatch" (optimistic concurrency) without its status and code for customers. Among its general
 * codes is CONFLICT, among those of invoices VERSION_MISMATCH; any 400 about the field is one as well.
 */
function isStaleVersion(status: number, problems: readonly Problem[]): boolean {
  if (status === 409) return true;
  return problems.some(
    ({ code, detail, field }) =>
      code === 'CONFLICT' ||
      code === 'VERSION_MISMATCH' ||
      // Not the version of the API, which a header names.
      (status === 400 && !/_VERSION/.test(code) && (field === 'version' || /\bversion\b/i.test(detail ?? ''))),
  );
}

/** Square docs (handling errors): the status follows the first error. */
function toStatus(problem: Problem | undefined): number {
  if (problem?.code === 'NOT_FOUND') return 404;
  if (problem?.code === 'CONFLICT') return 409;
  if (problem?.category === 'AUTHENTICATION_ERROR') return 401;
  if (problem?.category === 'RATE_LIMIT_ERROR') return 429;
  return problem?.category === 'INVALID_REQUEST_ERROR' ? 400 : 503;
}

function readProblems({ json }: HttpAnswer): Problem[] {
  const parsed = errorAnswer.safeParse(json);
  return parsed.success ? parsed.data.errors : [];
}
