import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { mapConcurrently } from '#concurrency/map-concurrently.ts';

describe('mapConcurrently', () => {
  it('keeps the order, with no more calls in flight than the limit', async () => {
    let inFlight = 0;
    let highest = 0;
    const doubled = await mapConcurrently([1, 2, 3, 4, 5], 2, async (number) => {
      inFlight += 1;
      highest = Math.max(highest, inFlight);
      await nextTurn();
      inFlight -= 1;
      return number * 2;
    });
    expect(doubled).toEqual([2, 4, 6, 8, 10]);
    expect(highest).toBe(2);
  });

  it('rejects with the first error, once the calls in flight have ended, and starts no others', async () => {
    const ended: number[] = [];
    const mapped = mapConcurrently([1, 2, 3], 2, async (number) => {
      if (number === 1) throw new Error('first');
      await nextTurn();
      ended.push(number);
    });
    await expect(mapped).rejects.toThrow('first');
    expect(ended).toEqual([2]);
  });
});
