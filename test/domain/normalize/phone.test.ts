import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { getCountries, getExampleNumber } from 'libphonenumber-js/max';
import examples from 'libphonenumber-js/mobile/examples';
import { isDialable, isFiller, isMatchKey, normalizePhone, phoneKey } from '#domain/normalize/phone.ts';

const inUs = (raw: string) => {
  const phone = normalizePhone(raw, { defaultRegion: 'US' });
  if (phone === null) throw new Error(`${raw} was read as blank`);
  return phone;
};

describe('normalizePhone', () => {
  it.each([
    ['(212) 736-5000', '+12127365000', null],
    ['2127365000', '+12127365000', null],
    ['+1 212 736 5000 ext. 22', '+12127365000', '22'],
    ['212-736-5000 x5', '+12127365000', '5'],
    ['tel:+1-212-736-5000;ext=5', '+12127365000', '5'],
    ['Home: 212 736 5000', '+12127365000', null],
    ['1-800-FLOWERS', '+18003569377', null],
    ['011 44 20 7946 0018', '+442079460018', null],
    ['+39 06 698 12345', '+390669812345', null],
    ['+1 512 555 0143', '+15125550143', null],
  ])('reads %s as %s, extension %j', (raw, e164, extension) => {
    expect(inUs(raw)).toEqual({ e164, extension, raw, label: null });
  });

  it.each(['000', '911', '1234567', '555-0143', 'call me', 'none', '555-0100 (after 5)', '+999123'])(
    'keeps %j as typed, without an E.164 form',
    (raw) => {
      expect(inUs(raw)).toEqual({ e164: null, extension: null, raw, label: null });
    },
  );

  it.each(['', '  ', '\u200b', null, undefined])('reads %j as no phone', (raw) => {
    expect(normalizePhone(raw, { defaultRegion: 'US' })).toBeNull();
  });

  it.each([
    ['+52 1 55 1234 5678', 'US', '+525512345678'],
    ['044 55 1234 5678', 'MX', '+525512345678'],
    ['1 55 1234 5678', 'MX', '+525512345678'],
    ['+54 9 11 2345 6789', 'US', '+5491123456789'],
    ['+54 11 15 2345 6789', 'US', '+5491123456789'],
    ['011 15 2345-6789', 'AR', '+5491123456789'],
    ['+55 11 8765 4321', 'US', '+5511987654321'],
    ['(11) 8765-4321', 'BR', '+5511987654321'],
    ['+55 11 3765 4321', 'US', '+551137654321'],
    ['00 44 20 7946 0018', 'DE', '+442079460018'],
    ['0044 20 7946 0018', 'US', '+442079460018'],
    ['011 44 20 7946 0018', 'GB', '+442079460018'],
    ['+44 (0)20 7946 0018', 'US', '+442079460018'],
    ['202-555-0100 (after 5)', 'US', '+12025550100'],
    ['212 736 5000 / 212 736 5001', 'US', '+12127365000'],
    ['212 736 5000 or 212 736 5001', 'US', '+12127365000'],
  ])('reads %s, typed in %s, as %s, and keeps what was typed', (raw, defaultRegion, e164) => {
    expect(normalizePhone(raw, { defaultRegion })).toMatchObject({ e164, raw });
  });

  it('requires the country code when the region is unknown', () => {
    expect(normalizePhone('2127365000', { defaultRegion: 'XX' })?.e164).toBeNull();
    expect(normalizePhone('+12127365000', { defaultRegion: 'XX' })?.e164).toBe('+12127365000');
  });

  it('keeps the label', () => {
    expect(normalizePhone('2127365000', { defaultRegion: 'us', label: ' Work ' })).toMatchObject({
      e164: '+12127365000',
      label: 'Work',
    });
  });

  it.each(getCountries())('reads a mobile number of %s in its national and its E.164 form', (region) => {
    const example = getExampleNumber(region, examples);
    if (!example) throw new Error(`no example number for ${region}`);
    expect(normalizePhone(example.formatNational(), { defaultRegion: region })?.e164).toBe(example.number);
    expect(normalizePhone(example.number, { defaultRegion: 'US' })?.e164).toBe(example.number);
  });

  it('reads its own E.164 form as the same number', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^\+?[\d() .x-]{1,20}$/), (raw) => {
        const e164 = normalizePhone(raw, { defaultRegion: 'US' })?.e164 ?? null;
        if (e164 !== null) expect(normalizePhone(e164, { defaultRegion: 'DE' })?.e164).toBe(e164);
      }),
    );
  });
});

it.each([
  // typed, dialable, says who somebody is
  ['212 736 5000', true, true],
  ['212 736 5000 x5', true, true],
  ['+44 7911 123456', true, true],
  ['512 555 0143', true, false],
  ['+1 555 555 0143', true, false],
  ['512 555 0243', true, true],
  ['1-800-356-9377', true, false],
  ['1-900-555-1234', false, false],
  ['000', false, false],
  ['0000000000', false, false],
  ['000 555 0143', false, false],
  ['1234567', false, false],
  ['1234567890', false, false],
  ['222 222 2222', false, false],
  ['999 999 9999', false, false],
  ['+1 000 000 0000', false, false],
  ['+1 123 456 7890', false, false],
  ['+1 (555) 555-5555', false, false],
  ['11111111111', false, false],
  ['+49 111111111', false, false],
  ['+55 11 99999-9999', true, false],
  ['(212) 555-5555', true, false],
  ['(212) 555-1212', true, false],
  ['987 654 3210', false, false],
  ['234-567-8901', true, false],
  ['212 121 2121', false, false],
  // Set aside for films and examples.
  ['+1 212 555 0100', true, false],
  ['+1 212 555 0199', true, false],
  ['+44 7700 900123', false, false],
  ['+44 20 7946 0123', true, false],
  ['+33 6 39 98 12 34', false, false],
  ['+49 30 23125 123', true, false],
  ['+61 491 570 156', true, false],
  ['+44 20 7946 1123', true, true],
  ['+33 6 12 24 56 88', true, true],
  // Valid by the numbering plan, and typed by nobody who has one.
  ['888 888 8888', false, false],
  ['+374 12345678', false, false],
  ['911', false, false],
  ['call me', false, false],
])('%s: dialable %j, match key %j', (raw, dialable, matchKey) => {
  expect({ dialable: isDialable(inUs(raw)), matchKey: isMatchKey(inUs(raw)) }).toEqual({ dialable, matchKey });
});

it.each([
  ['(212) 736-5000', '+1 212.736.5000', true],
  ['212 736 5000', '212 736 5000 x5', false],
  ['212 736 5000 ext 5', '2127365000x5', true],
  ['12-34', '1234', true],
  ['000', '0000', false],
])('%s and %s have the same key: %j', (a, b, same) => {
  expect(phoneKey(inUs(a)) === phoneKey(inUs(b))).toBe(same);
});

it.each([
  ['000', true],
  ['1234567', true],
  ['none', true],
  ['n/a', true],
  ['-', true],
  ['555-0100', false],
  ['ask for Ada', false],
  ['null', false],
])('%s stands for no number: %s', (raw, expected) => {
  expect(isFiller(raw)).toBe(expected);
});
