import { createHmac, hash, timingSafeEqual } from 'node:crypto';

export interface HmacCheck {
  /** The bytes that were signed, as they arrived. */
  payload: Buffer;
  secret: string;
  /** As the header carries it; `sha256=` in front is tolerated. */
  signature: string;
  encoding: 'hex' | 'base64';
}

/** Is this the HMAC-SHA256 of these bytes? Takes the same time wherever a wrong one differs. */
export function isHmacSha256({ payload, secret, signature, encoding }: HmacCheck): boolean {
  const text = signature.replace(/^sha256=/, '');
  // Buffer.from() skips what it cannot decode, and would let `<signature>!` pass.
  if (!shapes[encoding].test(text)) return false;
  return timingSafeEqual(createHmac('sha256', secret).update(payload).digest(), Buffer.from(text, encoding));
}

/** Is this the shared secret? Takes the same time wherever, and at whatever length, a wrong one differs. */
export function isSameSecret(given: string, secret: string): boolean {
  return timingSafeEqual(digest(given), digest(secret));
}

/** 32 bytes. The last base64 digit before the padding carries four bits and two zeros: no second spelling. */
const shapes = { hex: /^[0-9a-f]{64}$/i, base64: /^[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=$/ };

/** Makes texts of any length comparable. */
function digest(text: string): Buffer {
  return hash('sha256', text, 'buffer');
}
