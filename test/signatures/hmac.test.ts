import { describe, expect, it } from '@jest/globals';
import { isHmacSha256, isSameSecret } from '#signatures/hmac.ts';

/** RFC 4231, section 4.3. */
const vector = {
  payload: Buffer.from('what do ya want for nothing?'),
  secret: 'Jefe',
  signature: '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843',
  encoding: 'hex',
} as const;
const base64 = { ...vector, signature: Buffer.from(vector.signature, 'hex').toString('base64'), encoding: 'base64' } as const;

describe('an HMAC-SHA256', () => {
  it.each([
    ['in hex', vector],
    ['in upper-case hex', { ...vector, signature: vector.signature.toUpperCase() }],
    ['with its prefix', { ...vector, signature: `sha256=${vector.signature}` }],
    ['in base64', base64],
    // RFC 4231, section 4.2
    [
      'under a key of control characters',
      {
        payload: Buffer.from('Hi There'),
        secret: '\x0b'.repeat(20),
        signature: 'b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7',
        encoding: 'hex',
      } as const,
    ],
  ])('is accepted %s', (_, check) => {
    expect(isHmacSha256(check)).toBe(true);
  });

  it.each([
    ['of other bytes', { ...vector, payload: Buffer.from('what do ya want for nothing!') }],
    ['under another secret', { ...vector, secret: 'jefe' }],
    ['cut short', { ...vector, signature: vector.signature.slice(0, -2) }],
    ['with trailing characters', { ...vector, signature: `${vector.signature}00` }],
    ['with a stray character', { ...vector, signature: `${vector.signature.slice(0, -1)}!` }],
    ['in base64 instead of hex', { ...base64, encoding: 'hex' } as const],
    ['in hex instead of base64', { ...vector, encoding: 'base64' } as const],
    ['in base64 without padding', { ...base64, signature: base64.signature.replace('=', '') }],
    ['in another base64 spelling of the same bytes', { ...base64, signature: base64.signature.replace('M=', 'N=') }],
    ['empty', { ...vector, signature: '' }],
  ])('is refused %s', (_, check) => {
    expect(isHmacSha256(check)).toBe(false);
  });

  it('is refused when any bit is flipped', () => {
    for (let bit = 0; bit < 256; bit += 1) {
      const bytes = Buffer.from(vector.signature, 'hex');
      bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(isHmacSha256({ ...vector, signature: bytes.toString('hex') })).toBe(false);
    }
  });
});

describe('a shared secret', () => {
  it('equals itself only', () => {
    expect(isSameSecret('s3cret', 's3cret')).toBe(true);
    for (const given of ['', 's3cre', 's3cret ', 'S3cret', 's3cret\0']) expect(isSameSecret(given, 's3cret')).toBe(false);
  });
});
