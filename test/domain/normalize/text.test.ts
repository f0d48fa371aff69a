import { expect, it } from '@jest/globals';
import { caseFold, foldText, normalizeLine, normalizeText } from '#domain/normalize/text.ts';

it.each([
  ['  Ada   Lovelace ', 'Ada Lovelace'],
  ['Ada\tKing\r\nLovelace', 'Ada King Lovelace'],
  ['\u200bAda\ufeff', 'Ada'],
  ['Jose\u0301', 'José'],
  ['\u2066Ada\u2069', 'Ada'],
  ['Ada\u2060Lovelace', 'AdaLovelace'],
  ['Love\u00adlace', 'Lovelace'],
  ['Ada\u200dLovelace', 'AdaLovelace'],
  ['A\ufe0fda', 'Ada'],
  ['Ada\u0000Lovelace', 'Ada Lovelace'],
  ['Ada\ud83d', 'Ada'],
  ['می\u200cخواهم', 'می\u200cخواهم'],
  ['क्\u200dष', 'क्\u200dष'],
  ['👨\u200d👩\u200d👧', '👨\u200d👩\u200d👧'],
  ['❤\ufe0f', '❤\ufe0f'],
  ['🏴󠁧󠁢󠁳󠁣󠁴󠁿', '🏴󠁧󠁢󠁳󠁣󠁴󠁿'],
])('reads %j as the line %j', (raw, line) => {
  expect(normalizeLine(raw)).toBe(line);
});

it.each(['', '   ', '\u200b \n', '\u3164', null, undefined])('reads %j as nothing', (raw) => {
  expect(normalizeLine(raw)).toBeNull();
});

it('folds case, and letters that become several', () => {
  expect(new Set(['STRASSE', 'strasse', 'Straße', 'STRAẞE'].map(caseFold)).size).toBe(1);
});

it('folds accents', () => {
  expect(foldText('ÅSA José')).toBe('asa jose');
});

it.each([
  ['Prefers mornings.\r\nAsk for Ada.\r', 'Prefers mornings.\nAsk for Ada.'],
  ['a\u0000b\u0007\tc\ud800', 'ab\tc'],
  [' \u200b\n', null],
])('keeps the lines of %j, without what no store takes', (raw, text) => {
  expect(normalizeText(raw)).toBe(text);
});
