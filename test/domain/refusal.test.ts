import { describe, expect, it } from '@jest/globals';
import { isFindable, toReachKeys, toRefusalKeys } from '#domain/refusal.ts';

const phone = (e164: string, extension: string | null = null) => ({ e164, extension, raw: e164, label: null });
const email = (address: string) => ({ address, label: null });
const values = (keys: { channel: string; value: string }[], channel: string) =>
  keys.filter((key) => key.channel === channel).map(({ value }) => value);

describe('the keys of a refusal', () => {
  it('of a number with an extension are of the extension only', () => {
    const keys = toRefusalKeys({ emails: [], phones: [phone('+12125551234', '12')] });
    expect(values(keys, 'call')).toEqual(['+12125551234;ext=12']);
  });

  it('hold for whoever is called at the number, with whatever extension: a dialer calls the number', () => {
    const { all } = toReachKeys({ emails: [], phones: [phone('+12125551234', '12')] }, undefined);
    expect(values(all, 'call')).toEqual(['+12125551234;ext=12', '+12125551234']);
  });

  it('of others leave out the numbers of the business, and the suppression list does not', () => {
    const own = { mailboxes: [], domains: [], phones: ['+12125551234'] };
    const { all, ofPeople } = toReachKeys({ emails: [email('ada@example.com')], phones: [phone('+12125551234')] }, own);
    expect(values(all, 'call')).toEqual(['+12125551234', 'ada@example.com']);
    expect(values(ofPeople, 'call')).toEqual(['ada@example.com']);
  });
});

it.each([
  ['phone', '+12129981234', true],
  ['phone', '+12129981234;ext=12', true],
  ['phone', '+15125550143', false],
  ['email', 'ada@example.com', true],
  ['email', 'noemail@example.com', false],
] as const)('%s %s is a key that contacts are found by: %s', (kind, value, isFound) => {
  expect(isFindable({ channel: 'call', kind, value })).toBe(isFound);
});
