import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { cacheFor } from '#concurrency/cache-for.ts';

const key = {};

describe('cacheFor', () => {
  beforeEach(() => {
    jest.useFakeTimers();
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  it('shares one read for the time given, and reads again after it', async () => {
    let reads = 0;
    const read = cacheFor(1_000, async () => ++reads);
    expect(await Promise.all([read(key), read(key)])).toEqual([1, 1]);
    jest.advanceTimersByTime(999);
    expect(await read(key)).toBe(1);
    jest.advanceTimersByTime(1);
    expect(await read(key)).toBe(2);
  });

  it('does not keep a failure', async () => {
    let reads = 0;
    const read = cacheFor(1_000, async () => {
      if (++reads === 1) throw new Error('down');
      return reads;
    });
    await expect(read(key)).rejects.toThrow('down');
    expect(await read(key)).toBe(2);
  });

  it('keeps a read that took long for longer, so that reads fill at most their share of the time', async () => {
    let reads = 0;
    const slow = async () => {
      jest.advanceTimersByTime(500);
      return ++reads;
    };
    const read = cacheFor(1_000, slow, { maxShare: 0.1 });
    expect(await read(key)).toBe(1);
    jest.advanceTimersByTime(4_499);
    expect(await read(key)).toBe(1);
    jest.advanceTimersByTime(1);
    expect(await read(key)).toBe(2);
  });
});
