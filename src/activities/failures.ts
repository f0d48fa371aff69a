import { ApplicationFailure, ApplicationFailureCategory } from '@temporalio/common';
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

/** Maps errors to Temporal failures: the one place that decides on retries. Errors not named here are bugs or PostgreSQL's, and are retried. */
export function toFailure(error: unknown): unknown {
  if (error instanceof RateLimitError || error instanceof UnavailableError) return retryable(error, error.retryAfterSeconds);
  // The next attempt reads the record or the list again.
  if (error instanceof PreconditionFailedError || error instanceof ExpiredCursorError) return retryable(error, null);
  if (error instanceof RecordBusyError) return benign(error.message, 'RecordBusy', 1);
  if (isUnstorable(error)) return unstorable(error.code);
  if (!(error instanceof ProviderError)) return error;
  return ApplicationFailure.create({
    message: error.message,
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
  return benign(error.message, error.name, retryAfterSeconds);
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
