import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it, jest } from '@jest/globals';
import { repeat } from '#concurrency/repeat.ts';

beforeEach(() => void jest.useFakeTimers({ doNotFake: ['setImmediate'] }));
afterEach(() => void jest.useRealTimers());

it('runs at once, and again so long after each end', async () => {
  const ends: (() => void)[] = [];
  const stop = repeat(100, () => new Promise((resolve) => ends.push(resolve)));
  jest.advanceTimersByTime(1_000);
  expect(ends).toHaveLength(1);
  ends[0]?.();
  await nextTurn();
  jest.advanceTimersByTime(99);
  expect(ends).toHaveLength(1);
  jest.advanceTimersByTime(1);
  expect(ends).toHaveLength(2);
  ends[1]?.();
  await stop();
});

it('stops after the run in flight', async () => {
  let runs = 0;
  const { promise, resolve } = Promise.withResolvers<void>();
  const stop = repeat(100, () => {
    runs += 1;
    return promise;
  });
  const stopped = stop().then(() => 'stopped');
  expect(await Promise.race([stopped, nextTurn('running')])).toBe('running');
  resolve();
  expect(await stopped).toBe('stopped');
  jest.advanceTimersByTime(1_000);
  expect(runs).toBe(1);
});
