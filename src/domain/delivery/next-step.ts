import { nextAttemptDelaySeconds } from './retry-schedule.ts';

/** The part of an attempt's result that decides whether to retry. */
export interface AttemptVerdict {
  ok: boolean;
  /** A retry cannot help, such as after a redirect or a blocked address. */
  permanent: boolean;
  /** The receiver asked to get nothing more, by 410 or its control header. */
  disable: boolean;
  retryAfterSeconds: number | null;
}

/** `expired`: it could not be sent for as long as payloads are kept. */
export type DeadReason = 'permanent' | 'exhausted' | 'gone' | 'expired';

export type NextStep =
  | { state: 'delivered' }
  | { state: 'pending'; afterSeconds: number }
  | { state: 'dead'; reason: DeadReason };

export interface RetryPosition {
  /** Number of the attempt since the last redrive, from 1. */
  attempt: number;
  maxRetries: number;
  /** Seconds before each retry; null for exponential backoff. */
  schedule: readonly number[] | null;
}

/** The state of a delivery after an attempt. */
export function nextStep(verdict: AttemptVerdict, { attempt, maxRetries, schedule }: RetryPosition): NextStep {
  if (verdict.ok) return { state: 'delivered' };
  if (verdict.disable) return { state: 'dead', reason: 'gone' };
  if (verdict.permanent) return { state: 'dead', reason: 'permanent' };
  if (attempt > maxRetries) return { state: 'dead', reason: 'exhausted' };
  const { retryAfterSeconds } = verdict;
  return { state: 'pending', afterSeconds: nextAttemptDelaySeconds({ attempt, schedule, retryAfterSeconds }) };
}
