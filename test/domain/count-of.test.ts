import { expect, it } from '@jest/globals';
import { countOf } from '#domain/count-of.ts';

it.each([
  [0, 'row', undefined, '0 rows'],
  [1, 'row', undefined, '1 row'],
  [2, 'row', undefined, '2 rows'],
  [1, 'entry', 'entries', '1 entry'],
  [3, 'entry', 'entries', '3 entries'],
])('counts %d of %s', (count, one, many, said) => {
  expect(countOf(count, one, many)).toBe(said);
});
