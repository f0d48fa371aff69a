import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { divideRate, type Rate, RateLimiter } from '#providers/rate-limit.ts';

beforeEach(() => void jest.useFakeTimers());
afterEach(() => void jest.useRealTimers());

/** A limiter and what has gone through it so far, in order. */
function setUp(rate: Partial<Rate> = {}) {
  const limiter = new RateLimiter({ requestsPerSecond: 2, burst: 2, concurrency: 10, ...rate });
  const gone: string[] = [];
  const give = new Map<string, () => void>();
  const ask = async (name: string, options?: { priority?: number; signal?: AbortSignal }) => {
    give.set(name, await limiter.acquire(options));
    gone.push(name);
  };
  return { limiter, gone, ask, finish: (name: string) => give.get(name)?.() };
}

const pass = (ms: number) => jest.advanceTimersByTimeAsync(ms);

describe('a rate limiter', () => {
  it('lets a burst go at once, and the rest at its rate', async () => {
    const { gone, ask } = setUp();
    for (const name of ['a', 'b', 'c', 'd']) void ask(name);
    await pass(0);
    expect(gone).toEqual(['a', 'b']);
    await pass(499);
    expect(gone).toEqual(['a', 'b']);
    await pass(1);
    expect(gone).toEqual(['a', 'b', 'c']);
    await pass(500);
    expect(gone).toEqual(['a', 'b', 'c', 'd']);
  });

  it('saves up no more than a burst', async () => {
    const { gone, ask } = setUp();
    await pass(60_000);
    for (const name of ['a', 'b', 'c']) void ask(name);
    await pass(0);
    expect(gone).toEqual(['a', 'b']);
  });

  it('serves by priority, and in order of arrival within one', async () => {
    const { gone, ask } = setUp({ burst: 1 });
    void ask('first');
    for (const [name, priority] of [
      ['bulk', 5],
      ['poll', 3],
      ['live', 1],
      ['poll too', 3],
      ['live too', 1],
    ] as const) {
      void ask(name, { priority });
    }
    await pass(2_500);
    expect(gone).toEqual(['first', 'live', 'live too', 'poll', 'poll too', 'bulk']);
  });

  it('keeps to its concurrency, whatever the rate allows', async () => {
    const { gone, ask, finish } = setUp({ burst: 10, concurrency: 2 });
    for (const name of ['a', 'b', 'c']) void ask(name);
    await pass(10_000);
    expect(gone).toEqual(['a', 'b']);
    finish('a');
    finish('a');
    await pass(0);
    expect(gone).toEqual(['a', 'b', 'c']);
  });

  it('lets whoever gives up leave the queue', async () => {
    const { gone, ask } = setUp({ burst: 1 });
    const impatient = new AbortController();
    void ask('a');
    const left = ask('b', { signal: impatient.signal });
    void ask('c');
    impatient.abort(new Error('enough'));
    await expect(left).rejects.toThrow('enough');
    await pass(500);
    expect(gone).toEqual(['a', 'c']);
  });

  it('does not begin for whoever has given up already', async () => {
    const { limiter } = setUp();
    await expect(limiter.acquire({ signal: AbortSignal.abort(new Error('enough')) })).rejects.toThrow('enough');
  });

  it('lets nobody go during a pause, and does not shorten it', async () => {
    const { limiter, gone, ask } = setUp();
    limiter.pause(3);
    limiter.pause(1);
    void ask('a');
    await pass(2_999);
    expect(gone).toEqual([]);
    expect(limiter.pausedSeconds).toBeCloseTo(0.001);
    await pass(1);
    expect(gone).toEqual(['a']);
    expect(limiter.pausedSeconds).toBe(0);
  });

  it('sets no timer while nobody waits', () => {
    const { limiter } = setUp();
    limiter.pause(60);
    limiter.observe({ remaining: 0, windowMs: 10_000 });
    expect(jest.getTimerCount()).toBe(0);
  });
});

describe("a rate limiter that hears the vendor's count", () => {
  it('goes no faster than what is left', async () => {
    const { limiter, gone, ask } = setUp({ burst: 10 });
    limiter.observe({ remaining: 1, windowMs: 10_000 });
    void ask('a');
    void ask('b');
    await pass(0);
    expect(gone).toEqual(['a']);
  });

  it('waits for the end of a window that is spent', async () => {
    const { limiter, gone, ask } = setUp({ requestsPerSecond: 100, burst: 100 });
    limiter.observe({ remaining: 5, windowMs: 10_000 });
    await pass(4_000);
    limiter.observe({ remaining: 0, windowMs: 10_000 });
    void ask('a');
    await pass(5_999);
    expect(gone).toEqual([]);
    await pass(1);
    expect(gone).toEqual(['a']);
  });

  it('sees a new window begin when the count rises', async () => {
    const { limiter, gone, ask } = setUp({ requestsPerSecond: 100, burst: 100 });
    limiter.observe({ remaining: 5, windowMs: 10_000 });
    await pass(9_000);
    limiter.observe({ remaining: 99, windowMs: 10_000 });
    await pass(1_000);
    limiter.observe({ remaining: 0, windowMs: 10_000 });
    void ask('a');
    await pass(8_999);
    expect(gone).toEqual([]);
    await pass(1);
    expect(gone).toEqual(['a']);
  });
});

describe('a share of a rate', () => {
  const rate = { requestsPerSecond: 8, burst: 80, concurrency: 10 };

  it.each([
    [1, rate],
    [2, { requestsPerSecond: 4, burst: 40, concurrency: 5 }],
    [3, { requestsPerSecond: 8 / 3, burst: 26, concurrency: 3 }],
    [100, { requestsPerSecond: 0.08, burst: 1, concurrency: 1 }],
  ])('among %d is what each may spend, and never nothing', (sharedBy, share) => {
    expect(divideRate(rate, sharedBy)).toEqual(share);
  });
});
