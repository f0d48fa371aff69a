import { createHmac, randomBytes } from 'node:crypto';

export interface Secrets {
  current: string;
  /** Those before it that still hold, the newest first. */
  previous?: readonly string[] | undefined;
}

export interface SignedContent {
  secrets: Secrets;
  /** The same for every attempt and every endpoint. */
  eventId: string;
  /** Of this attempt. */
  timestamp: Date;
  /** The very bytes that are sent. */
  body: Buffer;
}

const prefix = 'whsec_';

/**
 * Two signatures of one body, each with a key of its own made from the one secret:
 * - `X-Webhook-Signature`: hex HMAC-SHA256 of the body, keyed by the UTF-8 bytes of the whole secret, `whsec_` included.
 * - `webhook-signature`: as Standard Webhooks 1.0.0 has it, with the id and the time, keyed by the bytes that the base64 after
 *   `whsec_` stands for.
 *
 * While a secret is being rotated, each previous one that still holds makes an entry of `X-Webhook-Signature-Previous` and a further
 * `v1` entry, all separated by spaces.
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

/** `whsec_` and the base64 of 32 random bytes. */
export function newSecret(): string {
  return prefix + randomBytes(32).toString('base64');
}

/** What is wrong with a secret that somebody brings along, in a sentence; null for a good one. Sizes as in Standard Webhooks 1.0.0. */
export function checkSecret(secret: string): string | null {
  if (!secret.startsWith(prefix)) return `A secret begins with ${prefix}.`;
  const key = keyBytes(secret);
  // Node skips what it cannot decode: a slip of the finger would leave a key of a few bytes.
  if (key.toString('base64') !== secret.slice(prefix.length)) return `What follows ${prefix} must be base64 with its padding.`;
  if (key.length < 24 || key.length > 64) return `What follows ${prefix} must stand for 24 to 64 bytes; these are ${key.length}.`;
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
