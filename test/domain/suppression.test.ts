import { describe, expect, it } from '@jest/globals';
import type { RefusalChannel } from '#domain/refusal.ts';
import { guessKind, readEntry } from '#domain/suppression.ts';

const read = (
  text: string,
  { channels = null, regions = ['US'] }: { channels?: RefusalChannel[] | null; regions?: string[] } = {},
) => {
  const entry = readEntry({ kind: guessKind(text), text, channels }, regions);
  return entry.kind === 'keys' ? entry.keys.map(({ channel, value }) => `${channel} ${value}`) : entry.because;
};

describe('a number or address to suppress', () => {
  it.each([
    ['+1 512 998 0143', ['call +15129980143', 'sms +15129980143']],
    ['(512) 998-0143', ['call +15129980143', 'sms +15129980143']],
    ['512.998.0143', ['call +15129980143', 'sms +15129980143']],
    ['tel:+1-512-998-0143', ['call +15129980143', 'sms +15129980143']],
    ['512 998 0143 ext. 12', ['call +15129980143;ext=12', 'sms +15129980143;ext=12']],
    ['+49 30 901820', ['call +4930901820', 'sms +4930901820']],
    ['011 44 20 7946 0958', ['call +442079460958', 'sms +442079460958']],
    ['(512) 555-0143', ['call +15125550143', 'sms +15125550143']],
    [' Ada.Lovelace+ads@GMAIL.com ', ['email adalovelace@gmail.com']],
    ['info@example.com', ['email info@example.com']],
  ])('%j is %j', (text, keys) => {
    expect(read(text)).toEqual(keys);
  });

  it.each([
    ['a number for email', '+15129980143', { channels: ['email' as const] }, /not for email/],
    ['an address for texts', 'ada@example.com', { channels: ['sms' as const] }, /not for sms/],
    ['a mailbox of many for calls', 'info@example.com', { channels: ['call' as const] }, /many people/],
    ['a filler', '000', {}, /no phone number/],
    ['a word', 'nobody', {}, /no phone number/],
    ['half an address', 'ada@', {}, /no email address/],
    ['a national number without any country', '512 998 0143', { regions: [] }, /no phone number/],
    ['a national number of two countries', '030 901820', { regions: ['DE', 'IT'] }, /several meanings/],
  ])('refuses %s', (_what, text, options, because) => {
    expect(read(text, options)).toEqual(expect.stringMatching(because));
  });
});
