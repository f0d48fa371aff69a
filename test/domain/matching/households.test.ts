import { expect, it } from '@jest/globals';
import { measureSet } from '#bench/matching/measure.ts';
import { makeHouseholds } from './households.ts';

it.each([1, 2])('of people who share numbers, mailboxes and addresses, nobody is merged with another one (seed %i)', (seed) => {
  const figures = measureSet(makeHouseholds({ seed, count: 120 }), { shuffles: 1 });
  expect(figures.wrong.map((pair) => pair.map(({ values }) => values))).toEqual([]);
  expect(figures.recall).toBeGreaterThan(0.5);
});
