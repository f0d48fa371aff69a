import { nextAttemptDelaySeconds } from './retry-schedule.ts';

/** What is to be known of one attempt. */
export interface AttemptVerdict {
  ok: boolean;
  /** Trying the same again cannot help: a redirect, a blocked address. */
  permanent: boolean;
  /** The receiver wants nothing more: 410, or its control header. */
  disable: boolean;
  retryAfterSeconds: number | null;
}

/** `expired`: it could not be tried for as long as payloads are kept. */
export type DeadReason = 'permanent' | 'exhausted' | 'gone' | 'expired';

/** What follows for the delivery. */
export type NextStep =
  | { state: 'delivered' }
  | { state: 'pending'; afterSeconds: number }
  | { state: 'dead'; reason: DeadReason };

export interface RetryPosition {
  /** Which one it was of those that the endpoint grants, from 1. */
  attempt: number;
  maxRetries: number;
  /** Seconds before each retry; null for the usual doubling. */
  schedule: readonly number[] | null;
}

export function nextStep(outcome: AttemptVerdict, { attempt, maxRetries, schedule }: RetryPosition): NextStep {
  if (outcome.ok) return { state: 'delivered' };
  if (outcome.disable) return { state: 'dead', reason: 'gone' };
  if (outcome.permanent) return { state: 'dead', reason: 'permanent' };
  if (attempt > maxRetries) return { state: 'dead', reason: 'exhausted' };
  const { retryAfterSeconds } = outcome;
  return { state: 'pending', afterSeconds: nextAttemptDelaySeconds({ attempt, schedule, retryAfterSeconds }) };
}
