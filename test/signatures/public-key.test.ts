import { createPublicKey, generateKeyPairSync, sign } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { isEd25519, isRsaSha256, publicKeySchema } from '#signatures/public-key.ts';

/** RFC 8032, section 7.1, test 2. */
const vector = {
  payload: Buffer.from('72', 'hex'),
  publicKey: createPublicKey({
    format: 'jwk',
    key: {
      kty: 'OKP',
      crv: 'Ed25519',
      x: Buffer.from('3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c', 'hex').toString('base64url'),
    },
  }),
  signature: Buffer.from(
    '92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00',
    'hex',
  ).toString('base64'),
};

describe('an Ed25519 signature', () => {
  it('is accepted for the signed bytes', () => {
    expect(isEd25519(vector)).toBe(true);
  });

  it.each([
    ['over other bytes', { ...vector, payload: Buffer.from('73', 'hex') }],
    ['over no bytes', { ...vector, payload: Buffer.alloc(0) }],
    ['of another key', { ...vector, publicKey: generateKeyPairSync('ed25519').publicKey }],
    ['cut short', { ...vector, signature: Buffer.from(vector.signature, 'base64').subarray(0, 63).toString('base64') }],
    ['in hex', { ...vector, signature: Buffer.from(vector.signature, 'base64').toString('hex') }],
    ['in base64url', { ...vector, signature: Buffer.from(vector.signature, 'base64').toString('base64url') }],
    ['without padding', { ...vector, signature: vector.signature.replace(/=+$/, '') }],
    ['with a stray character', { ...vector, signature: `${vector.signature}!` }],
    ['empty', { ...vector, signature: '' }],
  ])('is refused %s', (_, check) => {
    expect(isEd25519(check)).toBe(false);
  });

  it('is refused when any bit is flipped', () => {
    for (let bit = 0; bit < 512; bit += 1) {
      const bytes = Buffer.from(vector.signature, 'base64');
      bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(isEd25519({ ...vector, signature: bytes.toString('base64') })).toBe(false);
    }
  });
});

describe('an RSA signature', () => {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const payload = Buffer.from('{"type":"ContactCreate"}');
  const check = { payload, publicKey, signature: sign('sha256', payload, privateKey).toString('base64') };

  it('is accepted for the signed bytes', () => {
    expect(isRsaSha256(check)).toBe(true);
  });

  it.each([
    ['over other bytes', { ...check, payload: Buffer.from('{"type":"ContactDelete"}') }],
    ['with another digest', { ...check, signature: sign('sha512', payload, privateKey).toString('base64') }],
    ['cut short', { ...check, signature: check.signature.slice(0, -8) }],
    ['empty', { ...check, signature: '' }],
  ])('is refused %s', (_, wrong) => {
    expect(isRsaSha256(wrong)).toBe(false);
  });
});

describe('a public key in an environment variable', () => {
  const pem = (type: 'ed25519' | 'rsa') =>
    (type === 'rsa' ? generateKeyPairSync('rsa', { modulusLength: 2048 }) : generateKeyPairSync('ed25519')).publicKey
      .export({ type: 'spki', format: 'pem' })
      .toString();

  it('may have escaped line breaks', () => {
    const text = pem('ed25519');
    expect(publicKeySchema('ed25519').parse(text.replaceAll('\n', '\\n'))).toBe(text);
  });

  it.each([
    ['an empty text', ''],
    ['a secret', 'secret'],
    ['a key of another kind', pem('rsa')],
    ['a key with a typing error', pem('ed25519').replace('MCow', 'MCox')],
  ])('cannot be %s', (_, text) => {
    expect(publicKeySchema('ed25519').safeParse(text).success).toBe(false);
  });
});
