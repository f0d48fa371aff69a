/** What follows from one attempt to deliver a webhook. */
export interface AttemptOutcome {
  ok: boolean;
  /** Trying the same again cannot help: a redirect, a blocked address. */
  permanent: boolean;
  /** The receiver wants nothing more: 410, or its control header. */
  disable: boolean;
  retryAfterSeconds: number | null;
}

export type DeadReason = 'permanent' | 'exhausted' | 'gone';

export type NextStep = { kind: 'delivered' } | { kind: 'retry'; at: Date } | { kind: 'dead'; reason: DeadReason };

export interface AttemptPlace {
  /** 1 for the first one. */
  attempt: number;
  maxRetries: number;
  /** When the attempt ended: the wait counts from there. */
  now: Date;
  /** Seconds until the next attempt, given what the receiver asked for. */
  delaySeconds(retryAfterSeconds: number | null): number;
}

export function nextStep(outcome: AttemptOutcome, { attempt, maxRetries, now, delaySeconds }: AttemptPlace): NextStep {
  if (outcome.ok) return { kind: 'delivered' };
  if (outcome.disable) return { kind: 'dead', reason: 'gone' };
  if (outcome.permanent) return { kind: 'dead', reason: 'permanent' };
  if (attempt > maxRetries) return { kind: 'dead', reason: 'exhausted' };
  return { kind: 'retry', at: new Date(now.getTime() + delaySeconds(outcome.retryAfterSeconds) * 1_000) };
}
