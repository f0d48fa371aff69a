import type { Clock } from '#sandbox/core/clock.ts';
import { ApiError } from './api-error.ts';
import type { SquareSettings } from './settings.ts';

const detail = 'Your request was rate limited. Retry it later.';

/**
 * Square docs (ErrorCategory; forum 15492): 429 RATE_LIMITED, back off with jitter. The limit and the headers are not published.
 */
export function createRateLimit(clock: Clock, settings: () => SquareSettings) {
  const seconds = new Map<string, { second: number; used: number }>();

  /** Counts one request of a token, or throws the 429. */
  return function spend(token: string): void {
    const { rateLimitPerSecond, retryAfterSeconds } = settings();
    if (rateLimitPerSecond === null) return;
    const second = Math.floor(clock.now() / 1_000);
    const kept = seconds.get(token);
    const used = kept?.second === second ? kept.used : 0;
    if (used >= rateLimitPerSecond) {
      const headers: Record<string, string> = retryAfterSeconds === null ? {} : { 'retry-after': String(retryAfterSeconds) };
      throw new ApiError(429, [{ category: 'RATE_LIMIT_ERROR', code: 'RATE_LIMITED', detail }], headers);
    }
    seconds.set(token, { second, used: used + 1 });
  };
}
