import type { Clock } from '#sandbox/core/clock.ts';
import type { GoHighLevelSettings } from './settings.ts';
import { VendorError } from './vendor-error.ts';

interface Window {
  startedAt: number;
  used: number;
}

export interface RateLimit {
  /** Counts one request of a token and location, or throws the 429. */
  spend(key: string): void;
  /** The five documented headers and the one that the vendor's SDK reads. */
  headers(key: string | null): Record<string, string>;
}

const dayMs = 86_400_000;

/** HighLevel docs (OAuth overview): 100 requests per 10 s and 200,000 per day for each app and location. */
export function createRateLimit(clock: Clock, settings: () => GoHighLevelSettings): RateLimit {
  const bursts = new Map<string, Window>();
  const days = new Map<string, Window>();

  function current(windows: Map<string, Window>, key: string, lengthMs: number, startedAt: number): Window {
    const window = windows.get(key);
    if (window && clock.now() < window.startedAt + lengthMs) return window;
    const next = { startedAt, used: 0 };
    windows.set(key, next);
    return next;
  }
  const burst = (key: string) => current(bursts, key, settings().rateLimitIntervalMs, clock.now());
  const day = (key: string) => current(days, key, dayMs, Math.floor(clock.now() / dayMs) * dayMs);

  return {
    spend(key) {
      const { rateLimitMax, dailyLimit } = settings();
      if (burst(key).used >= rateLimitMax || day(key).used >= dailyLimit) throw new VendorError(429, 'Too Many Requests');
      burst(key).used += 1;
      day(key).used += 1;
    },
    headers(key) {
      const { rateLimitMax, rateLimitIntervalMs, dailyLimit } = settings();
      const used = key === null ? { burst: 0, day: 0 } : { burst: burst(key).used, day: day(key).used };
      return {
        'X-RateLimit-Max': String(rateLimitMax),
        'X-RateLimit-Remaining': String(Math.max(0, rateLimitMax - used.burst)),
        'X-RateLimit-Interval-Milliseconds': String(rateLimitIntervalMs),
        'X-RateLimit-Limit-Daily': String(dailyLimit),
        'X-RateLimit-Daily-Remaining': String(Math.max(0, dailyLimit - used.day)),
        'X-RateLimit-Daily-Reset': String(dayMs - (clock.now() % dayMs)),
      };
    },
  };
}
