import type { IncomingHttpHeaders } from 'node:http';
import type { RefusalCode } from '#providers/provider.ts';
import { isHmacSha256 } from '#signatures/hmac.ts';
import type { WebFormSecrets } from './settings.ts';

export interface SignedRequest {
  headers: IncomingHttpHeaders;
  /** Exactly the bytes that arrived. */
  rawBody: Buffer;
  /** The form's name: a signature for one form is none for another. */
  form: string;
  receivedAt: Date;
}

export type SignatureVerdict =
  | { kind: 'unsigned' }
  | { kind: 'genuine' }
  /** `reason` is a sentence that says what to do about it. */
  | { kind: 'refused'; code: RefusalCode; reason: string };

const toleranceSeconds = 300;

/**
 * Submissions of servers carry `X-Accord-Timestamp` (Unix time in seconds) and `X-Accord-Signature`: the hex HMAC-SHA256 of
 * `<timestamp>.<form>.<body>`, with `sha256=` in front or without. Pure.
 */
export function verifySignature(
  { headers, rawBody, form, receivedAt }: SignedRequest,
  secrets: WebFormSecrets,
): SignatureVerdict {
  const signature = headers['x-accord-signature'];
  if (signature === undefined) return { kind: 'unsigned' };
  if (!secrets.WEBFORM_SECRETS) return refused('not-configured', 'Signed submissions are off: set WEBFORM_SECRETS.');
  const timestamp = headers['x-accord-timestamp'];
  if (typeof timestamp !== 'string' || !/^\d{1,12}$/.test(timestamp)) {
    return refused('missing-signature', 'Send X-Accord-Timestamp: Unix time in seconds, as it was signed.');
  }
  const payload = Buffer.concat([Buffer.from(`${timestamp}.${form}.`), rawBody]);
  const isGenuine = secrets.WEBFORM_SECRETS.some((secret) =>
    isHmacSha256({ payload, secret, signature: String(signature), encoding: 'hex' }),
  );
  if (!isGenuine) {
    return refused(
      'wrong-signature',
      'The signature is not the HMAC-SHA256 of <timestamp>.<form>.<body> with the shared secret.',
    );
  }
  const ageSeconds = receivedAt.getTime() / 1_000 - Number(timestamp);
  if (Math.abs(ageSeconds) <= toleranceSeconds) return { kind: 'genuine' };
  return refused('stale-timestamp', 'X-Accord-Timestamp is more than 5 minutes off: is the clock right?');
}

function refused(code: RefusalCode, reason: string): SignatureVerdict {
  return { kind: 'refused', code, reason };
}
