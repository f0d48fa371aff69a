import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { normalizeTag, tagKey, uniqueTags } from '#domain/normalize/tag.ts';

it.each([
  [' Cold Lead ', 'Cold Lead'],
  ['Cold\u00a0 Lead', 'Cold Lead'],
  ['Ｃｏｌｄ', 'Cold'],
])('keeps %j as %j', (raw, tag) => {
  expect(normalizeTag(raw)).toBe(tag);
});

it('reads a blank as no tag', () => {
  expect(normalizeTag(' \t ')).toBeNull();
});

it.each([
  [' Cold Lead ', 'cold lead', true],
  ['COLD  LEAD', 'cold lead', true],
  ['cold leads', 'cold lead', false],
  ['coldlead', 'cold lead', false],
  ['cold-lead', 'cold lead', false],
])('%j and %j are the same tag: %j', (a, b, same) => {
  expect(tagKey(a) === tagKey(b)).toBe(same);
});

it('keeps the first spelling of each tag', () => {
  expect(uniqueTags(['VIP', ' vip ', '', 'Cold lead', 'COLD LEAD', 'vip'])).toEqual(['VIP', 'Cold lead']);
});

it('is idempotent', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'grapheme' })), (tags) => {
      const once = uniqueTags(tags);
      expect(uniqueTags(once)).toEqual(once);
      expect(once.map((tag) => tagKey(tag.toUpperCase()))).toEqual(once.map(tagKey));
    }),
  );
});
