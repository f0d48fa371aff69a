import { afterAll, beforeAll, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { findFault, isLate, limitMs } from './judge.ts';
import { requests } from './requests.ts';
import { type FuzzTarget, startTarget } from './target.ts';

let target: FuzzTarget;
beforeAll(async () => {
  target = await startTarget();
});
afterAll(() => target.close());

/** `npm run fuzz -- --requests 20000 --seed N` sends more. */
it('answers mutated requests to every route without a fault of its own', async () => {
  const property = fc.asyncProperty(requests, async (request) => {
    const answer = await target.answer(request, limitMs);
    // The machine may have been busy. A request that makes the api hang does so again.
    const again = isLate(answer) ? await target.answer(request, limitMs) : answer;
    expect(findFault(request, again)).toBeNull();
  });
  await fc.assert(property, { seed: 13, numRuns: 400 });
}, 300_000);
