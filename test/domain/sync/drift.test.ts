import { expect, it } from '@jest/globals';
import { toDrift } from '#domain/sync/drift.ts';
import { noCounts } from '#domain/sync/reconcile.ts';

it.each([
  [
    'as its pass ended',
    { linked: 800, found: 10, remaining: 4 },
    null,
    { repaired: 6, remaining: 4, foundPercent: 1.25, remainingPercent: 0.5 },
  ],
  ['as it is now', { linked: 800, found: 10, remaining: 4 }, 0, { repaired: 10, remaining: 0, remainingPercent: 0 }],
  ['in an account without records', { linked: 0, found: 0, remaining: 0 }, null, { repaired: 0, foundPercent: 0 }],
])('tells the drift %s', (_case, counts, now, drift) => {
  expect(toDrift({ ...noCounts, ...counts }, now)).toMatchObject(drift);
});
