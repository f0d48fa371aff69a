import { ApplicationFailure, ApplicationFailureCategory, TemporalFailure } from '@temporalio/common';
import {
  AuthenticationError,
  ConflictError,
  ExpiredCursorError,
  InvalidRequestError,
  NotFoundError,
  PreconditionFailedError,
  ProviderError,
  RateLimitError,
  UnavailableError,
  UnreadableRecordError,
} from '#providers/errors.ts';

/** Another writer holds the record. Retried: its lease expires or is released. */
export class RecordBusyError extends Error {}

/** Something that an operator must correct, as the message says in one sentence. Retried: it may be corrected meanwhile. */
export class OperatorNeededError extends Error {}

/**
 * Maps errors to Temporal failures: the one place that decides on retries. Each message says in one sentence what failed, where, and what
 * to do. Errors not named here are bugs or PostgreSQL's, and are retried.
 */
export function toFailure(error: unknown, activity = 'The activity'): unknown {
  if (error instanceof RateLimitError || error instanceof UnavailableError) return retryable(error, error.retryAfterSeconds);
  // The next attempt reads the record or the list again.
  if (error instanceof PreconditionFailedError || error instanceof ExpiredCursorError) return retryable(error, null);
  if (error instanceof RecordBusyError) return benign(sentence(error.message, triesAgain(1)), 'RecordBusy', 1);
  if (error instanceof OperatorNeededError) return ApplicationFailure.create({ message: error.message, type: 'OperatorNeeded' });
  if (isUnstorable(error)) return unstorable(error.code);
  // Temporal knows its own failures and a cancelled call, and must see them as they are.
  if (error instanceof TemporalFailure || readError(error).name === 'AbortError') return error;
  if (!(error instanceof ProviderError)) return unexpected(error, activity);
  return ApplicationFailure.create({
    message: describe(error, null),
    type: error.name,
    nonRetryable: isPermanent(error),
    details: [{ operation: error.operation, status: error.status, traceId: error.traceId }],
  });
}

/** PostgreSQL error classes 22 (data exception) and the check and not-null violations: the same values fail every time. */
function isUnstorable(error: unknown): error is Error & { code: string } {
  return (
    error instanceof Error &&
    'code' in error &&
    typeof error.code === 'string' &&
    /^(22[0-9A-Z]{3}|23502|23514)$/.test(error.code)
  );
}

/** Without PostgreSQL's own message, which quotes the value. */
function unstorable(code: string): ApplicationFailure {
  const message = `PostgreSQL cannot store a value of this record (SQLSTATE ${code}). Correct the record at its provider, then retry.`;
  return ApplicationFailure.create({ message, type: 'UnstorableValue', nonRetryable: true });
}

/** Whether a retry fails until a person changes something. */
export function isPermanent(error: unknown): boolean {
  return (
    error instanceof AuthenticationError ||
    error instanceof InvalidRequestError ||
    error instanceof NotFoundError ||
    error instanceof ConflictError ||
    error instanceof UnreadableRecordError
  );
}

/** Whether the provider refused a write, so that it certainly did not land. An unreadable response is no refusal. */
export function didNotLand(error: unknown): boolean {
  if (error instanceof UnreadableRecordError) return false;
  return isPermanent(error) || error instanceof PreconditionFailedError || error instanceof RateLimitError;
}

function retryable(error: ProviderError, retryAfterSeconds: number | null): ApplicationFailure {
  return benign(describe(error, retryAfterSeconds), error.name, retryAfterSeconds);
}

/** The failed operation, its account, and the remedy. */
export function describe(error: ProviderError, retryAfterSeconds: number | null = null): string {
  if (error.remedy === null) return error.message;
  return sentence(error.message, error.remedy ?? suggest(error, retryAfterSeconds));
}

function suggest(error: ProviderError, retryAfterSeconds: number | null): string {
  if (error instanceof AuthenticationError)
    return 'correct the key or grant of this account (accord connect, or its variables and a restart), then retry';
  if (error instanceof ConflictError) return `correct one of the records in ${error.provider}, then retry`;
  if (error instanceof UnreadableRecordError) return `correct the record in ${error.provider}, then retry`;
  if (error instanceof NotFoundError) return `check whether the record still exists in ${error.provider}, then retry`;
  if (error instanceof InvalidRequestError) return 'correct the contact or the settings of this account, then retry';
  return triesAgain(retryAfterSeconds);
}

const triesAgain = (seconds: number | null): string => (seconds ? `Accord tries again in ${seconds} s` : 'Accord tries again');

function sentence(problem: string, remedy: string): string {
  return `${problem.replace(/\.$/, '')}: ${remedy}.`;
}

/** Without the text of errors that quote values: PostgreSQL's, and those of parsers. */
function unexpected(error: unknown, activity: string): ApplicationFailure {
  const { name, message, stack } = readError(error);
  const state = findSqlState(error);
  const quotesValues = name === 'SyntaxError' || name === 'ZodError';
  const problem =
    state === null
      ? `${activity} failed with ${name}${quotesValues ? '' : `: ${message}`}`
      : `${activity} failed because PostgreSQL refused a statement (SQLSTATE ${state})`;
  const failure = ApplicationFailure.create({
    message: sentence(problem, 'Accord tries again, and the log of the worker has the place in the code'),
    type: state === null ? name : 'DatabaseError',
  });
  const frames = stack.split('\n').filter((line) => line.startsWith('    at '));
  failure.stack = [`${failure.type}: ${failure.message}`, ...frames].join('\n');
  return failure;
}

/** Errors of Node's own realm, such as a `DOMException`, are no instances of `Error` everywhere. */
function readError(error: unknown): { name: string; message: string; stack: string } {
  if (typeof error !== 'object' || error === null) return { name: 'Error', message: String(error), stack: '' };
  const { name = 'Error', message = '', stack = '' }: { name?: unknown; message?: unknown; stack?: unknown } = error;
  return { name: String(name), message: String(message), stack: String(stack) };
}

/** An SQLSTATE has a digit; Node's `EPIPE` has none. */
function findSqlState(error: unknown): string | null {
  if (!(error instanceof Error && 'code' in error && typeof error.code === 'string')) return null;
  return /^(?=.*\d)[0-9A-Z]{5}$/.test(error.code) ? error.code : null;
}

/** A failure that is expected in a healthy system: Temporal keeps it out of error logs and metrics. */
function benign(message: string, type: string, retryAfterSeconds: number | null): ApplicationFailure {
  return ApplicationFailure.create({
    message,
    type,
    category: ApplicationFailureCategory.BENIGN,
    ...(retryAfterSeconds === null ? {} : { nextRetryDelay: retryAfterSeconds * 1_000 }),
  });
}
