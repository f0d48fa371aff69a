import { expect, it } from '@jest/globals';
import { caseFold, foldText, normalizeLine } from '#domain/normalize/text.ts';

it.each([
  ['  Ada   Lovelace ', 'Ada Lovelace'],
  ['Ada\tKing\r\nLovelace', 'Ada King Lovelace'],
  ['\u200bAda\ufeff', 'Ada'],
  ['Jose\u0301', 'José'],
])('reads %j as the line %j', (raw, line) => {
  expect(normalizeLine(raw)).toBe(line);
});

it.each(['', '   ', '\u200b \n', null, undefined])('reads %j as nothing', (raw) => {
  expect(normalizeLine(raw)).toBeNull();
});

it('folds case, and letters that become several', () => {
  expect(new Set(['STRASSE', 'strasse', 'Straße', 'STRAẞE'].map(caseFold)).size).toBe(1);
});

it('folds accents', () => {
  expect(foldText('ÅSA José')).toBe('asa jose');
});
