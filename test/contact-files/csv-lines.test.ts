import { expect, it } from '@jest/globals';
import { toCsvLines } from '#contact-files/csv/csv-lines.ts';

it.each([
  ['a line feed alone', 'first\nsecond', '"first\nsecond"'],
  ['a carriage return alone', 'first\rsecond', '"first\rsecond"'],
  ['quotes and commas', 'Ada "A", Ltd', '"Ada ""A"", Ltd"'],
  ['a formula', '=cmd|calc', "'=cmd|calc"],
  ['a phone number', '+15125550143', '+15125550143'],
  ['a negative number', -2, '-2'],
  ['no value', null, ''],
])('a cell with %s is written so that every reader finds it again', (_, value, written) => {
  expect(toCsvLines([['id', value, 'end']])).toBe(`id,${written},end\r\n`);
});
