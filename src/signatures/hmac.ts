import { createHmac, hash, timingSafeEqual } from 'node:crypto';

export interface HmacCheck {
  /** The exact bytes that were signed. */
  payload: Buffer;
  secret: string;
  /** The header's value, with or without the prefix `sha256=`. */
  signature: string;
  encoding: 'hex' | 'base64';
}

/** Whether the signature is the HMAC-SHA256 of the bytes. Compares in constant time. */
export function isHmacSha256({ payload, secret, signature, encoding }: HmacCheck): boolean {
  const text = signature.replace(/^sha256=/, '');
  // Buffer.from() skips characters that it cannot decode, so `<signature>!` would pass.
  if (!shapes[encoding].test(text)) return false;
  return timingSafeEqual(createHmac('sha256', secret).update(payload).digest(), Buffer.from(text, encoding));
}

/** Whether both secrets are equal. Compares in constant time, also for different lengths. */
export function isSameSecret(given: string, secret: string): boolean {
  return timingSafeEqual(digest(given), digest(secret));
}

/** 32 bytes. The last base64 digit before the padding encodes four bits and two zeros, so other digits are no valid spelling. */
const shapes = { hex: /^[0-9a-f]{64}$/i, base64: /^[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=$/ };

/** Equal length for `timingSafeEqual`. */
function digest(text: string): Buffer {
  return hash('sha256', text, 'buffer');
}
