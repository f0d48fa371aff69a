import { ActivityFailure, ApplicationFailure } from '@temporalio/workflow';
import type { LaneError } from '#workflows/messages.ts';

/** What an activity failed with, for people: its cause, not Temporal's wrapping of it. */
export function toLaneError(provider: string, error: unknown): LaneError {
  const isActivity = error instanceof ActivityFailure;
  const cause = isActivity ? (error.cause ?? error) : error;
  const fallback = (cause as Error).name ?? 'Error';
  return {
    type: cause instanceof ApplicationFailure ? (cause.type ?? fallback) : fallback,
    operation: `${isActivity ? error.activityType : 'sync'} at ${provider}`,
    message: (cause as Error).message,
    parkedAt: new Date().toISOString(),
  };
}

/** Fails the workflow: red in the list of the Web UI. The next change of the contact begins afresh. */
export function gaveUp({ type, operation, message }: LaneError): ApplicationFailure {
  return ApplicationFailure.nonRetryable(`${operation} never succeeded: ${message} (${type})`, 'SyncGaveUp');
}
