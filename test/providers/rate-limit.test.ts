import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { divideRate, type Rate, RateLimiter } from '#providers/rate-limit.ts';
import { undividedShare, watchShare } from '#providers/rate-share.ts';

beforeEach(() => void jest.useFakeTimers());
afterEach(() => void jest.useRealTimers());

/** A limiter, and the calls that it has started, in order. */
function setUp(rate: Partial<Rate> = {}) {
  const limiter = new RateLimiter({ requestsPerSecond: 2, burst: 2, concurrency: 10, ...rate });
  const started: string[] = [];
  const give = new Map<string, () => void>();
  const ask = async (name: string, options?: { priority?: number; signal?: AbortSignal }) => {
    give.set(name, await limiter.acquire(options));
    started.push(name);
  };
  return { limiter, started, ask, finish: (name: string) => give.get(name)?.() };
}

const pass = (ms: number) => jest.advanceTimersByTimeAsync(ms);

describe('a watched share', () => {
  it('is free while a call would start at once', async () => {
    const { share, isFree } = watchShare(undividedShare);
    expect(isFree()).toBe(false);
    const limiter = new RateLimiter({ requestsPerSecond: 2, burst: 2, concurrency: 10 }, share);
    expect(isFree()).toBe(true);
    const finish = await limiter.acquire();
    expect(isFree()).toBe(true);
    await limiter.acquire();
    expect(isFree()).toBe(false);
    await pass(500);
    expect(isFree()).toBe(true);
    limiter.pause(10);
    expect(isFree()).toBe(false);
    finish();
  });

  it('is not free while all slots are taken, or another call waits', async () => {
    const { share, isFree } = watchShare(undividedShare);
    const limiter = new RateLimiter({ requestsPerSecond: 100, burst: 100, concurrency: 1 }, share);
    const finish = await limiter.acquire();
    expect(isFree()).toBe(false);
    const next = limiter.acquire();
    finish();
    expect(isFree()).toBe(false);
    (await next)();
    expect(isFree()).toBe(true);
  });
});

describe('a rate limiter', () => {
  it('starts a burst at once, and the rest at its rate', async () => {
    const { started, ask } = setUp();
    for (const name of ['a', 'b', 'c', 'd']) void ask(name);
    await pass(0);
    expect(started).toEqual(['a', 'b']);
    await pass(499);
    expect(started).toEqual(['a', 'b']);
    await pass(1);
    expect(started).toEqual(['a', 'b', 'c']);
    await pass(500);
    expect(started).toEqual(['a', 'b', 'c', 'd']);
  });

  it('accumulates at most one burst', async () => {
    const { started, ask } = setUp();
    await pass(60_000);
    for (const name of ['a', 'b', 'c']) void ask(name);
    await pass(0);
    expect(started).toEqual(['a', 'b']);
  });

  it('starts calls by priority, then in order of arrival', async () => {
    const { started, ask } = setUp({ burst: 1 });
    void ask('first');
    for (const [name, priority] of [
      ['bulk', 5],
      ['poll', 3],
      ['live', 1],
      ['second poll', 3],
      ['second live', 1],
    ] as const) {
      void ask(name, { priority });
    }
    await pass(2_500);
    expect(started).toEqual(['first', 'live', 'second live', 'poll', 'second poll', 'bulk']);
  });

  it('never exceeds its concurrency', async () => {
    const { started, ask, finish } = setUp({ burst: 10, concurrency: 2 });
    for (const name of ['a', 'b', 'c']) void ask(name);
    await pass(10_000);
    expect(started).toEqual(['a', 'b']);
    finish('a');
    finish('a');
    await pass(0);
    expect(started).toEqual(['a', 'b', 'c']);
  });

  it('removes an aborted call from the queue', async () => {
    const { started, ask } = setUp({ burst: 1 });
    const controller = new AbortController();
    void ask('a');
    const aborted = ask('b', { signal: controller.signal });
    void ask('c');
    controller.abort(new Error('enough'));
    await expect(aborted).rejects.toThrow('enough');
    await pass(500);
    expect(started).toEqual(['a', 'c']);
  });

  it('rejects a call that is already aborted', async () => {
    const { limiter } = setUp();
    await expect(limiter.acquire({ signal: AbortSignal.abort(new Error('enough')) })).rejects.toThrow('enough');
  });

  it('starts nothing during a pause, and never shortens it', async () => {
    const { limiter, started, ask } = setUp();
    limiter.pause(3);
    limiter.pause(1);
    void ask('a');
    await pass(2_999);
    expect(started).toEqual([]);
    expect(limiter.pausedSeconds).toBeCloseTo(0.001);
    await pass(1);
    expect(started).toEqual(['a']);
    expect(limiter.pausedSeconds).toBe(0);
  });

  it('sets no timer while no call waits', () => {
    const { limiter } = setUp();
    limiter.pause(60);
    limiter.observe({ remaining: 0, windowMs: 10_000 });
    expect(jest.getTimerCount()).toBe(0);
  });
});

describe("a rate limiter with the vendor's quota", () => {
  it('starts at most the remaining calls', async () => {
    const { limiter, started, ask } = setUp({ burst: 10 });
    limiter.observe({ remaining: 1, windowMs: 10_000 });
    void ask('a');
    void ask('b');
    await pass(0);
    expect(started).toEqual(['a']);
  });

  it('waits for the end of a spent window', async () => {
    const { limiter, started, ask } = setUp({ requestsPerSecond: 100, burst: 100 });
    limiter.observe({ remaining: 5, windowMs: 10_000 });
    await pass(4_000);
    limiter.observe({ remaining: 0, windowMs: 10_000 });
    void ask('a');
    await pass(5_999);
    expect(started).toEqual([]);
    await pass(1);
    expect(started).toEqual(['a']);
  });

  it('detects a new window by a rising count', async () => {
    const { limiter, started, ask } = setUp({ requestsPerSecond: 100, burst: 100 });
    limiter.observe({ remaining: 5, windowMs: 10_000 });
    await pass(9_000);
    limiter.observe({ remaining: 99, windowMs: 10_000 });
    await pass(1_000);
    limiter.observe({ remaining: 0, windowMs: 10_000 });
    void ask('a');
    await pass(8_999);
    expect(started).toEqual([]);
    await pass(1);
    expect(started).toEqual(['a']);
  });
});

describe('a share of a rate', () => {
  const rate = { requestsPerSecond: 8, burst: 80, concurrency: 10 };

  it.each([
    [1, rate],
    [2, { requestsPerSecond: 4, burst: 40, concurrency: 5 }],
    [3, { requestsPerSecond: 8 / 3, burst: 26, concurrency: 3 }],
    [100, { requestsPerSecond: 0.08, burst: 1, concurrency: 1 }],
  ])('of %d processes has a burst and concurrency of at least 1', (sharedBy, share) => {
    expect(divideRate(rate, sharedBy)).toEqual(share);
  });

  /** The share of one of several workers, and the calls that start in a second with it. */
  function setUpShared(workers: number | null) {
    const listeners: (() => void)[] = [];
    const share = { workers, subscribe: (listener: () => void) => void listeners.push(listener) };
    const limiter = new RateLimiter({ requestsPerSecond: 10, burst: 4, concurrency: 100 }, share);
    let started = 0;
    for (let call = 0; call < 100; call += 1) void limiter.acquire().then(() => (started += 1));
    const change = (workers: number | null) => {
      share.workers = workers;
      for (const listener of listeners) listener();
    };
    const startedIn = async (ms: number) => {
      const before = started;
      await pass(ms);
      return started - before;
    };
    return { change, startedIn };
  }

  it('follows the number of workers', async () => {
    const { change, startedIn } = setUpShared(1);
    expect(await startedIn(0)).toBe(4);
    expect(await startedIn(1_000)).toBe(10);
    change(2);
    expect(await startedIn(1_000)).toBe(5);
    change(1);
    expect(await startedIn(1_000)).toBe(10);
  });

  it('lets a new worker make no call until the others know of it, and no burst then', async () => {
    const { change, startedIn } = setUpShared(null);
    expect(await startedIn(10_000)).toBe(0);
    change(2);
    expect(await startedIn(0)).toBe(0);
    expect(await startedIn(1_000)).toBe(5);
  });
});
