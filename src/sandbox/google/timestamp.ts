import type { Clock } from '#sandbox/core/clock.ts';

export type Timestamp = () => string;

/** RFC 3339 in UTC with microseconds, as in Google's answers. Each call returns a later time. */
export function createTimestamp(clock: Clock): Timestamp {
  let last = 0;
  return () => {
    last = Math.max(last + 1, clock.now() * 1_000);
    const microseconds = String(last % 1_000).padStart(3, '0');
    return `${new Date(Math.floor(last / 1_000)).toISOString().slice(0, -1)}${microseconds}Z`;
  };
}
