import { createHmac, randomBytes } from 'node:crypto';

export interface Secrets {
  current: string;
  /** Earlier secrets that still sign, newest first. */
  previous?: readonly string[] | undefined;
}

export interface SignedContent {
  secrets: Secrets;
  /** The same for every attempt and every endpoint. */
  eventId: string;
  /** The time of this attempt. */
  timestamp: Date;
  /** The exact bytes to send. */
  body: Buffer;
}

const prefix = 'whsec_';

/**
 * Signs a body in two ways, with keys derived differently from the same secret:
 * - `X-Webhook-Signature`: hex HMAC-SHA256 of the body, keyed by the UTF-8 bytes of the whole secret, `whsec_` included.
 * - `webhook-signature`: by Standard Webhooks 1.0.0, with id and timestamp, keyed by the bytes that follow `whsec_` in base64.
 *
 * During a rotation each earlier secret that still signs adds an entry to `X-Webhook-Signature-Previous` and a `v1` entry to
 * `webhook-signature`, separated by spaces.
 */
export function signatureHeaders({ secrets, eventId, timestamp, body }: SignedContent): Record<string, string> {
  const { current, previous = [] } = secrets;
  const seconds = Math.floor(timestamp.getTime() / 1000);
  const sign = (secret: string) => standardSignature(secret, `${eventId}.${seconds}.`, body);
  return {
    'X-Webhook-Signature': hexSignature(current, body),
    ...(previous.length > 0 && {
      'X-Webhook-Signature-Previous': previous.map((secret) => hexSignature(secret, body)).join(' '),
    }),
    'webhook-id': eventId,
    'webhook-timestamp': String(seconds),
    'webhook-signature': [current, ...previous].map(sign).join(' '),
  };
}

/** `whsec_` and 32 random bytes in base64. */
export function newSecret(): string {
  return prefix + randomBytes(32).toString('base64');
}

/** A sentence on why a given secret is invalid; null when it is valid. Sizes by Standard Webhooks 1.0.0. */
export function checkSecret(secret: string): string | null {
  if (!secret.startsWith(prefix)) return `A secret must begin with ${prefix}.`;
  const key = keyBytes(secret);
  // Node skips invalid base64, so that a typing error would leave a key of a few bytes.
  if (key.toString('base64') !== secret.slice(prefix.length))
    return `The rest of a secret, after ${prefix}, must be base64 with padding.`;
  if (key.length < 24 || key.length > 64)
    return `The rest of a secret, after ${prefix}, must decode to 24 to 64 bytes, not ${key.length}.`;
  return null;
}

function hexSignature(secret: string, body: Buffer): string {
  return createHmac('sha256', secret).update(body).digest('hex');
}

function standardSignature(secret: string, start: string, body: Buffer): string {
  return `v1,${createHmac('sha256', keyBytes(secret)).update(start).update(body).digest('base64')}`;
}

function keyBytes(secret: string): Buffer {
  return Buffer.from(secret.startsWith(prefix) ? secret.slice(prefix.length) : secret, 'base64');
}
