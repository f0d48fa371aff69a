import { z } from 'zod';
import type { CallOptions } from './provider.ts';
import { type RateShare, type RateUsage, undividedShare } from './rate-share.ts';

export interface Rate {
  requestsPerSecond: number;
  /** Requests that may start at once after an idle period. */
  burst: number;
  /** Requests in flight at the same time. */
  concurrency: number;
}

/** Schema of an account's `rate` in accord.yaml, with the vendor's defaults. */
export function rateSchema(defaults: Omit<Rate, 'concurrency'>) {
  const { requestsPerSecond, burst } = defaults;
  return z
    .strictObject({
      requestsPerSecond: z.number().positive().default(requestsPerSecond).describe('Average calls per second.'),
      burst: z.int().positive().default(burst).describe('Calls that may start at once after an idle period.'),
    })
    .prefault({})
    .describe('Call rate limit. Quota headers in responses reduce it further.');
}

/** Returns one process's share of a rate that `sharedBy` processes use, with a burst and concurrency of at least 1. */
export function divideRate({ requestsPerSecond, burst, concurrency }: Rate, sharedBy: number): Rate {
  const share = (whole: number) => Math.max(1, Math.floor(whole / sharedBy));
  return { requestsPerSecond: requestsPerSecond / sharedBy, burst: share(burst), concurrency: share(concurrency) };
}

/** Remaining quota, read from a response's headers. */
export interface Quota {
  /** Calls left in the vendor's current window. */
  remaining: number;
  windowMs: number;
}

/**
 * Token bucket of one account at one provider. Waiting calls start by priority, then in order of arrival. A timer fires when the
 * next call may start; nothing polls.
 */
export class RateLimiter {
  readonly #whole: Rate;
  readonly #share: RateShare;
  /** As of the last change of the share. */
  #workers: number | null;
  /** This worker's part of the whole. */
  #rate: Rate;
  #tokens: number;
  #filledAt = performance.now();
  #inFlight = 0;
  #started = 0;
  #pausedUntil = 0;
  #waiting: Waiter[] = [];
  #timer: NodeJS.Timeout | undefined;
  #window = { startedAt: 0, remaining: Number.NEGATIVE_INFINITY };

  constructor(rate: Rate, share = undividedShare) {
    this.#whole = rate;
    this.#share = share;
    this.#workers = share.workers;
    this.#rate = divideRate(rate, share.workers ?? 1);
    // Saved tokens belong to the workers that were running before.
    this.#tokens = share.workers === null ? 0 : this.#rate.burst;
    share.subscribe(() => this.#divide());
    share.observe?.(() => this.#usage());
  }

  /** Waits for a turn. Call the returned function to release the slot. Rejects with the signal's reason on abort. */
  async acquire({ priority = 3, signal }: CallOptions = {}): Promise<() => void> {
    signal?.throwIfAborted();
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const waiter = { priority, start: resolve };
    const onAbort = () => {
      this.#waiting = this.#waiting.filter((other) => other !== waiter);
      reject(signal?.reason);
    };
    this.#enqueue(waiter);
    signal?.addEventListener('abort', onAbort, { once: true });
    this.#serve();
    await promise.finally(() => signal?.removeEventListener('abort', onAbort));
    return this.#releaseOnce();
  }

  /** Lowers the bucket to the vendor's own count, because other clients may use the same account. */
  observe({ remaining, windowMs }: Quota): void {
    // The vendor does not report when its window ends. A count that rises by more than the calls in flight starts a new window.
    if (remaining > this.#window.remaining + this.#inFlight) this.#window.startedAt = performance.now();
    this.#window.remaining = remaining;
    this.#refill();
    this.#tokens = Math.min(this.#tokens, remaining);
    const windowEnd = this.#window.startedAt + windowMs;
    const restOfWindow = windowEnd > performance.now() ? windowEnd - performance.now() : windowMs;
    if (remaining <= 0) this.pause(restOfWindow / 1000);
  }

  /** Holds all calls for so long. A shorter pause never shortens a longer one. */
  pause(seconds: number): void {
    this.#pausedUntil = Math.max(this.#pausedUntil, performance.now() + seconds * 1000);
    this.#serve();
  }

  /** Rest of the current pause; 0 when not paused. */
  get pausedSeconds(): number {
    return Math.max(0, this.#pausedUntil - performance.now()) / 1000;
  }

  #usage(): RateUsage {
    const { requestsPerSecond: perSecond } = this.#rate;
    const waiting = this.#waiting.length;
    return { perSecond, started: this.#started, waiting, pausedSeconds: this.pausedSeconds, isFree: this.#isFree() };
  }

  #isFree(): boolean {
    this.#refill();
    return this.#workers !== null && this.#waiting.length === 0 && this.#hasTurn();
  }

  #hasTurn(): boolean {
    return this.#inFlight < this.#rate.concurrency && this.#waitMs() === 0;
  }

  #divide(): void {
    this.#refill();
    this.#workers = this.#share.workers;
    this.#rate = divideRate(this.#whole, this.#workers ?? 1);
    this.#tokens = Math.min(this.#tokens, this.#workers === null ? 0 : this.#rate.burst);
    this.#serve();
  }

  #enqueue(waiter: Waiter): void {
    const index = this.#waiting.findIndex((other) => other.priority > waiter.priority);
    this.#waiting.splice(index < 0 ? this.#waiting.length : index, 0, waiter);
  }

  #serve(): void {
    clearTimeout(this.#timer);
    this.#refill();
    if (this.#workers === null) return;
    while (this.#waiting.length > 0 && this.#hasTurn()) {
      this.#tokens -= 1;
      this.#inFlight += 1;
      this.#started += 1;
      this.#waiting.shift()?.start();
    }
    // With all slots taken, the next release starts the next call.
    if (this.#waiting.length === 0 || this.#inFlight >= this.#rate.concurrency) return;
    this.#timer = setTimeout(() => this.#serve(), Math.min(Math.ceil(this.#waitMs()), maxTimerMs));
  }

  #refill(): void {
    const now = performance.now();
    const grown = this.#workers === null ? 0 : ((now - this.#filledAt) / 1000) * this.#rate.requestsPerSecond;
    this.#tokens = Math.min(this.#rate.burst, this.#tokens + grown);
    this.#filledAt = now;
  }

  /** Milliseconds until the next call may start. */
  #waitMs(): number {
    const untilToken = ((1 - this.#tokens) / this.#rate.requestsPerSecond) * 1000;
    return Math.max(0, untilToken, this.#pausedUntil - performance.now());
  }

  #releaseOnce(): () => void {
    let released = false;
    return () => {
      if (released) return;
      released = true;
      this.#inFlight -= 1;
      this.#serve();
    };
  }
}

/** Node fires a timer with a longer delay at once. */
const maxTimerMs = 2 ** 31 - 1;

interface Waiter {
  priority: number;
  start: () => void;
}
