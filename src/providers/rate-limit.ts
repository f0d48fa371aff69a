import { z } from 'zod';
import type { CallOptions } from './provider.ts';

export interface Rate {
  requestsPerSecond: number;
  /** How many requests may go at once after a quiet time. */
  burst: number;
  /** How many may be under way at the same time. */
  concurrency: number;
}

/** What an account's section in accord.yaml says about its rate, with the vendor's defaults. */
export function rateSchema(defaults: Omit<Rate, 'concurrency'>) {
  const { requestsPerSecond, burst } = defaults;
  return z
    .strictObject({
      requestsPerSecond: z.number().positive().default(requestsPerSecond).describe('Calls per second, over time.'),
      burst: z.int().positive().default(burst).describe('Calls that may go at once after a quiet time.'),
    })
    .prefault({})
    .describe('How fast Accord may call; what the vendor says in its answers slows it further.');
}

/** One of several processes may spend only its share, and always something. */
export function shareOf({ requestsPerSecond, burst, concurrency }: Rate, sharedBy: number): Rate {
  const share = (whole: number) => Math.max(1, Math.floor(whole / sharedBy));
  return { requestsPerSecond: requestsPerSecond / sharedBy, burst: share(burst), concurrency: share(concurrency) };
}

/** What a vendor says about its own limit in an answer's headers. */
export interface Quota {
  /** Calls left in the vendor's window. */
  remaining: number;
  windowMs: number;
}

/**
 * One token bucket per (provider, account). Whoever waits is served by priority, then in order of arrival, by a timer for the
 * moment when the next call may go: nothing polls.
 */
export class RateLimiter {
  readonly #rate: Rate;
  #tokens: number;
  #filledAt = performance.now();
  #underWay = 0;
  #pausedUntil = 0;
  #waiting: Waiter[] = [];
  #timer: NodeJS.Timeout | undefined;
  #window = { startedAt: 0, remaining: Number.NEGATIVE_INFINITY };

  constructor(rate: Rate) {
    this.#rate = rate;
    this.#tokens = rate.burst;
  }

  /** Waits for a turn and takes it. The caller gives its place back with the function returned. Rejects with the signal's reason. */
  async acquire({ priority = 3, signal }: CallOptions = {}): Promise<() => void> {
    signal?.throwIfAborted();
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const waiter = { priority, go: resolve };
    const giveUp = () => {
      this.#waiting = this.#waiting.filter((other) => other !== waiter);
      reject(signal?.reason);
    };
    this.#enqueue(waiter);
    signal?.addEventListener('abort', giveUp, { once: true });
    this.#serve();
    await promise.finally(() => signal?.removeEventListener('abort', giveUp));
    return this.#placeTaken();
  }

  /** Never go faster than the vendor's own count allows: others may be using the same account. */
  observe({ remaining, windowMs }: Quota): void {
    // The vendor does not say when its window ends. A count that rose by more than late answers explain began a new one.
    if (remaining > this.#window.remaining + this.#underWay) this.#window.startedAt = performance.now();
    this.#window.remaining = remaining;
    this.#refill();
    this.#tokens = Math.min(this.#tokens, remaining);
    const windowEnd = this.#window.startedAt + windowMs;
    const restOfWindow = windowEnd > performance.now() ? windowEnd - performance.now() : windowMs;
    if (remaining <= 0) this.pause(restOfWindow / 1000);
  }

  /** Lets nobody go for so long. A shorter pause does not shorten a longer one. */
  pause(seconds: number): void {
    this.#pausedUntil = Math.max(this.#pausedUntil, performance.now() + seconds * 1000);
    this.#serve();
  }

  /** How long nobody may go from now on; 0 when not paused. */
  get pausedSeconds(): number {
    return Math.max(0, this.#pausedUntil - performance.now()) / 1000;
  }

  #enqueue(waiter: Waiter): void {
    const place = this.#waiting.findIndex((other) => other.priority > waiter.priority);
    this.#waiting.splice(place < 0 ? this.#waiting.length : place, 0, waiter);
  }

  #serve(): void {
    clearTimeout(this.#timer);
    this.#refill();
    while (this.#waiting.length > 0 && this.#underWay < this.#rate.concurrency && this.#waitMs() === 0) {
      this.#tokens -= 1;
      this.#underWay += 1;
      this.#waiting.shift()?.go();
    }
    // With every place taken, whoever gives one back serves the next.
    if (this.#waiting.length === 0 || this.#underWay >= this.#rate.concurrency) return;
    this.#timer = setTimeout(() => this.#serve(), Math.min(Math.ceil(this.#waitMs()), longestTimerMs));
  }

  #refill(): void {
    const now = performance.now();
    const grown = ((now - this.#filledAt) / 1000) * this.#rate.requestsPerSecond;
    this.#tokens = Math.min(this.#rate.burst, this.#tokens + grown);
    this.#filledAt = now;
  }

  /** Until the next call may go. */
  #waitMs(): number {
    const untilToken = ((1 - this.#tokens) / this.#rate.requestsPerSecond) * 1000;
    return Math.max(0, untilToken, this.#pausedUntil - performance.now());
  }

  #placeTaken(): () => void {
    let taken = true;
    return () => {
      if (!taken) return;
      taken = false;
      this.#underWay -= 1;
      this.#serve();
    };
  }
}

/** Node fires a timer at once that is set for longer. */
const longestTimerMs = 2 ** 31 - 1;

interface Waiter {
  priority: number;
  go: () => void;
}
