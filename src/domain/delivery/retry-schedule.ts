export interface FailedAttempt {
  /** Which one just failed, from 1. */
  attempt: number;
  /** Seconds before each retry; the last one also stands for all that follow. Null: 1, 2, 4, 8, 16 and so on. */
  schedule: readonly number[] | null;
  /** What the answer asked for. */
  retryAfterSeconds: number | null;
}

/** Doubling ends here, and nobody's Retry-After may hold a delivery for longer. */
export const maxDelaySeconds = 3600;

/** How long to wait between a failed attempt and the next: what the schedule says, or longer where the answer asked for it. */
export function nextAttemptDelaySeconds({ attempt, schedule, retryAfterSeconds }: FailedAttempt): number {
  const asked = Math.min(retryAfterSeconds ?? 0, maxDelaySeconds);
  return Math.max(scheduledDelaySeconds(attempt, schedule), asked);
}

function scheduledDelaySeconds(attempt: number, schedule: FailedAttempt['schedule']): number {
  const last = schedule?.at(-1);
  if (schedule && last !== undefined) return schedule[attempt - 1] ?? last;
  return Math.min(2 ** (attempt - 1), maxDelaySeconds);
}
