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
} from '#providers/errors.ts';

/** Another writer holds the record; by the time of the retry it will have let go. */
export class RecordBusyError extends Error {}

/** The one place that says retry or not. What is not named here is a fault of ours or of PostgreSQL, and is retried. */
export function toFailure(error: unknown): unknown {
  if (error instanceof RateLimitError || error instanceof UnavailableError) return retryable(error, error.retryAfterSeconds);
  // The next attempt reads the record again before it decides.
  if (error instanceof PreconditionFailedError || error instanceof ExpiredCursorError) return retryable(error, null);
  if (error instanceof RecordBusyError) return benign(error.message, 'RecordBusy', 1);
  if (!(error instanceof ProviderError)) return error;
  return ApplicationFailure.create({
    message: error.message,
    type: error.name,
    nonRetryable: isPermanent(error),
    details: [{ operation: error.operation, status: error.status, traceId: error.traceId }],
  });
}

/** Whether trying again, with nothing changed by a person, could ever help. */
export function isPermanent(error: unknown): boolean {
  return (
    error instanceof AuthenticationError ||
    error instanceof InvalidRequestError ||
    error instanceof NotFoundError ||
    error instanceof ConflictError
  );
}

/** Whether the provider said no to a write, so that it certainly is not there. */
export function didNotLand(error: unknown): boolean {
  return isPermanent(error) || error instanceof PreconditionFailedError || error instanceof RateLimitError;
}

/** Expected in a healthy system: kept out of error logs and metrics. */
function retryable(error: ProviderError, retryAfterSeconds: number | null): ApplicationFailure {
  return benign(error.message, error.name, retryAfterSeconds);
}

function benign(message: string, type: string, retryAfterSeconds: number | null): ApplicationFailure {
  return ApplicationFailure.create({
    message,
    type,
    category: ApplicationFailureCategory.BENIGN,
    ...(retryAfterSeconds === null ? {} : { nextRetryDelay: retryAfterSeconds * 1_000 }),
  });
}
