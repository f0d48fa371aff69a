import { describe, expect, it } from '@jest/globals';
import { nextAttemptDelaySeconds } from '#domain/delivery/retry-schedule.ts';

function delays(retries: number, schedule: number[] | null = null): number[] {
  const attempts = Array.from({ length: retries }, (_, index) => index + 1);
  return attempts.map((attempt) => nextAttemptDelaySeconds({ attempt, schedule, retryAfterSeconds: null }));
}

describe('the delay before a retry', () => {
  it('is 1, 2, 4, 8 and 16 seconds, 31 in all', () => {
    expect(delays(5)).toEqual([1, 2, 4, 8, 16]);
  });

  it('doubles up to an hour', () => {
    expect(delays(15).slice(5)).toEqual([32, 64, 128, 256, 512, 1024, 2048, 3600, 3600, 3600]);
    expect(delays(2000).at(-1)).toBe(3600);
  });

  it('follows the schedule of the endpoint, whose last entry repeats', () => {
    expect(delays(5, [5, 300, 18_000])).toEqual([5, 300, 18_000, 18_000, 18_000]);
    expect(delays(3, [0])).toEqual([0, 0, 0]);
  });

  it('is exponential when the schedule is empty', () => {
    expect(delays(3, [])).toEqual([1, 2, 4]);
  });

  it.each([
    { attempt: 1, asked: 120, waits: 120, because: 'the answer asked for more' },
    { attempt: 5, asked: 3, waits: 16, because: 'the answer asked for less' },
    { attempt: 1, asked: 86_400, waits: 3600, because: 'a day is more than anybody gets' },
  ])('is $waits s after attempt $attempt with a Retry-After of $asked: $because', ({ attempt, asked, waits }) => {
    expect(nextAttemptDelaySeconds({ attempt, schedule: null, retryAfterSeconds: asked })).toBe(waits);
  });

  it('can be longer than an hour by the schedule of the endpoint', () => {
    expect(nextAttemptDelaySeconds({ attempt: 1, schedule: [18_000], retryAfterSeconds: 86_400 })).toBe(18_000);
  });
});
