export interface FailedAttempt {
  /** Number of the attempt that failed, from 1. */
  attempt: number;
  /** Seconds before each retry; the last one applies to all further retries. Null: 1, 2, 4, 8, 16 and so on. */
  schedule: readonly number[] | null;
  /** From the Retry-After header. */
  retryAfterSeconds: number | null;
}

/** The limit of exponential backoff and of Retry-After. */
export const maxDelaySeconds = 3600;

/** Seconds from a failed attempt to the next: by the schedule, or by Retry-After where that is longer. */
export function nextAttemptDelaySeconds({ attempt, schedule, retryAfterSeconds }: FailedAttempt): number {
  const requested = Math.min(retryAfterSeconds ?? 0, maxDelaySeconds);
  return Math.max(scheduledDelaySeconds(attempt, schedule), requested);
}

function scheduledDelaySeconds(attempt: number, schedule: FailedAttempt['schedule']): number {
  const last = schedule?.at(-1);
  if (schedule && last !== undefined) return schedule[attempt - 1] ?? last;
  return Math.min(2 ** (attempt - 1), maxDelaySeconds);
}
