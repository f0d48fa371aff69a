import { ActivityFailure, ApplicationFailure } from '@temporalio/workflow';
import type { LaneError } from '#workflows/messages.ts';

/** The cause of an activity's failure, without Temporal's wrapper, as people read it. */
export function toLaneError(provider: string, error: unknown): LaneError {
  const isActivity = error instanceof ActivityFailure;
  const cause = isActivity ? (error.cause ?? error) : error;
  const { name, message } = cause instanceof Error ? cause : { name: 'Error', message: String(cause) };
  return {
    type: cause instanceof ApplicationFailure ? (cause.type ?? name) : name,
    operation: `${isActivity ? error.activityType : 'sync'} at ${provider}`,
    message,
    parkedAt: new Date().toISOString(),
  };
}

/** The failure of a workflow whose lane was parked for too long. The next change of the contact starts a new workflow. */
export function gaveUp({ type, operation, message }: LaneError): ApplicationFailure {
  return ApplicationFailure.nonRetryable(`${operation} never succeeded: ${message} (${type})`, 'SyncGaveUp');
}
