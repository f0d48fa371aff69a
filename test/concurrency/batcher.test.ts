import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { type BatcherOptions, createBatcher } from '#concurrency/batcher.ts';

/** A batcher whose batches stay in flight until `end` is called. */
function batcherOf(options: Omit<BatcherOptions<number>, 'run'> = {}) {
  const batches: number[][] = [];
  const ends: (() => void)[] = [];
  const batcher = createBatcher<number>({
    ...options,
    run(batch) {
      batches.push(batch);
      return new Promise((resolve) => ends.push(resolve));
    },
  });
  return {
    ...{ batches, flush: batcher.flush },
    add: (...items: number[]) => items.forEach(batcher.add),
    async end() {
      ends.shift()?.();
      await nextTurn();
    },
  };
}

describe('without a gathering time', () => {
  it('batches the items of one turn of the event loop', async () => {
    const { add, batches } = batcherOf();
    add(1, 2);
    await nextTurn();
    add(3);
    await nextTurn();
    expect(batches).toEqual([[1, 2], [3]]);
  });

  it('splits what is too much for one batch', async () => {
    const { add, batches } = batcherOf({ maxItems: 2 });
    add(1, 2, 3, 4, 5);
    await nextTurn();
    expect(batches).toEqual([[1, 2], [3, 4], [5]]);
  });

  it('fills the next batch while as many as allowed are in flight', async () => {
    const { add, batches, end } = batcherOf({ maxBatches: 1, maxItems: 3 });
    add(1);
    await nextTurn();
    add(2);
    await nextTurn();
    add(3, 4, 5);
    await nextTurn();
    expect(batches).toEqual([[1]]);
    await end();
    expect(batches).toEqual([[1], [2, 3, 4]]);
    await end();
    expect(batches).toEqual([[1], [2, 3, 4], [5]]);
  });
});

describe('with a gathering time', () => {
  beforeEach(() => void jest.useFakeTimers({ doNotFake: ['setImmediate', 'clearImmediate'] }));
  afterEach(() => void jest.useRealTimers());

  it('runs a batch so long after its first item', () => {
    const { add, batches } = batcherOf({ gatherMs: 50 });
    add(1);
    jest.advanceTimersByTime(40);
    add(2);
    expect(batches).toEqual([]);
    jest.advanceTimersByTime(10);
    expect(batches).toEqual([[1, 2]]);
  });

  it('runs it so long after its last item when debounced', () => {
    const { add, batches } = batcherOf({ gatherMs: 50, isDebounced: true });
    add(1);
    jest.advanceTimersByTime(40);
    add(2);
    jest.advanceTimersByTime(49);
    expect(batches).toEqual([]);
    jest.advanceTimersByTime(1);
    expect(batches).toEqual([[1, 2]]);
  });

  it('runs a full batch at once', () => {
    const { add, batches } = batcherOf({ gatherMs: 50, maxItems: 2 });
    add(1, 2, 3);
    expect(batches).toEqual([[1, 2]]);
    jest.advanceTimersByTime(50);
    expect(batches).toEqual([[1, 2], [3]]);
  });

  it('leaves gathering items their time when an earlier batch ends', async () => {
    const { add, batches, end } = batcherOf({ gatherMs: 50 });
    add(1);
    jest.advanceTimersByTime(50);
    add(2);
    await end();
    expect(batches).toEqual([[1]]);
    jest.advanceTimersByTime(50);
    expect(batches).toEqual([[1], [2]]);
  });
});

describe('flush', () => {
  it('starts the waiting items at once and resolves when their batch has ended', async () => {
    const { add, batches, flush, end } = batcherOf({ gatherMs: 60_000 });
    add(1);
    const flushed = flush().then(() => 'flushed');
    expect(batches).toEqual([[1]]);
    expect(await Promise.race([flushed, nextTurn('in flight')])).toBe('in flight');
    await end();
    expect(await flushed).toBe('flushed');
  });

  it('resolves when nothing waits, and the batcher can be used afterwards', async () => {
    const { add, batches, flush } = batcherOf();
    await flush();
    add(1);
    await nextTurn();
    expect(batches).toEqual([[1]]);
  });
});
