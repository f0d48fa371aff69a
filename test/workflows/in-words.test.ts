import { expect, it } from '@jest/globals';
import { inWords } from '#workflows/in-words.ts';

it.each([
  [0, '0 ms'],
  [250, '250 ms'],
  [2_000, '2 s'],
  [90_000, '2 min'],
  [30 * 60_000, '30 min'],
  [12 * 3_600_000, '12 h'],
  [7 * 86_400_000, '7 d'],
])('%d ms are %s', (ms, words) => {
  expect(inWords(ms)).toBe(words);
});
