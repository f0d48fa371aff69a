import { ActivityFailure, ApplicationFailure, TimeoutFailure, TimeoutType } from '@temporalio/common';
import type { LaneError } from '#workflows/messages.ts';
import { providerName } from '#workflows/provider-names.ts';

/** The cause of an activity's failure, without Temporal's wrapper, as people read it. */
export function toLaneError(provider: string, error: unknown): LaneError {
  const isActivity = error instanceof ActivityFailure;
  const cause = isActivity ? (error.cause ?? error) : error;
  return {
    ...(cause instanceof TimeoutFailure ? describeTimeout(provider, cause) : describe(cause)),
    operation: `${isActivity ? error.activityType : 'sync'} at ${provider}`,
    parkedAt: new Date().toISOString(),
  };
}

/** The failure of a workflow whose lane was parked for too long. The next change of the contact starts a new workflow. */
export function gaveUp({ type, operation, message }: LaneError): ApplicationFailure {
  return ApplicationFailure.nonRetryable(`${operation} never succeeded: ${message} (${type})`, 'SyncGaveUp');
}

type Described = Pick<LaneError, 'type' | 'message'>;

function describe(error: unknown): Described {
  const { name, message } = error instanceof Error ? error : { name: 'Error', message: String(error) };
  return { type: error instanceof ApplicationFailure ? (error.type ?? name) : name, message };
}

/** Temporal names only the timer that ran out. The error of the last attempt, where there was one, says more. */
function describeTimeout(provider: string, { timeoutType, cause, name }: TimeoutFailure): Described {
  if (cause) return describe(cause);
  const message =
    timeoutType === TimeoutType.START_TO_CLOSE
      ? `The attempt at ${providerName(provider)} did not end in time: check that the vendor answers and that its worker still runs; Accord tries again.`
      : `No attempt at ${providerName(provider)} ended in time: check that a worker for this provider runs, then retry.`;
  return { type: name, message };
}
