import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it, jest } from '@jest/globals';
import { TimeoutError, withTimeout } from '#concurrency/with-timeout.ts';

beforeEach(() => void jest.useFakeTimers());
afterEach(() => void jest.useRealTimers());

const never = new Promise<never>(() => {});

it('settles as the work does, and leaves no timer behind', async () => {
  await expect(withTimeout(Promise.resolve('done'), { ms: 1_000 })).resolves.toBe('done');
  await expect(withTimeout(Promise.reject(new Error('failed')), { ms: 1_000 })).rejects.toThrow('failed');
  expect(jest.getTimerCount()).toBe(0);
});

it('rejects when the time is over', async () => {
  const late = withTimeout(never, { ms: 1_000, message: 'the database took longer than 1000 ms' });
  jest.advanceTimersByTime(1_000);
  await expect(late).rejects.toThrow(new TimeoutError('the database took longer than 1000 ms'));
});

it('rejects with the reason of its signal, and stops listening to it', async () => {
  const controller = new AbortController();
  const aborted = withTimeout(never, { ms: 1_000, signal: controller.signal });
  controller.abort(new Error('stopping'));
  await expect(aborted).rejects.toThrow('stopping');
  await expect(withTimeout(Promise.resolve('done'), { signal: controller.signal })).rejects.toThrow('stopping');
  expect(jest.getTimerCount()).toBe(0);
});

it('has no time limit when none is given', async () => {
  jest.useRealTimers();
  await expect(withTimeout(delay(1, 'done'), {})).resolves.toBe('done');
});

it('ignores work that fails after the timeout', async () => {
  const { promise, reject } = Promise.withResolvers<never>();
  const late = withTimeout(promise, { ms: 1 });
  jest.advanceTimersByTime(1);
  await expect(late).rejects.toThrow(TimeoutError);
  reject(new Error('nobody handles this one'));
  await Promise.resolve();
});
