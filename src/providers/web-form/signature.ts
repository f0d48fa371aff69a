import type { IncomingHttpHeaders } from 'node:http';
import type { RefusalCode } from '#providers/provider.ts';
import { isHmacSha256 } from '#signatures/hmac.ts';
import type { WebFormSecrets } from './settings.ts';

export interface SignedRequest {
  headers: IncomingHttpHeaders;
  /** The exact bytes of the body. */
  rawBody: Buffer;
  /** The form's name, which is signed too: a signature is valid for one form only. */
  form: string;
  receivedAt: Date;
}

export type SignatureVerdict =
  | { kind: 'unsigned' }
  /** `signature` is in lower-case hex: one signature has one spelling. */
  | { kind: 'genuine'; signature: string }
  /** `reason` is a sentence with the remedy. */
  | { kind: 'refused'; code: RefusalCode; reason: string };

const toleranceSeconds = 300;

/**
 * Verifies a submission from a server. It carries `X-Accord-Timestamp` (Unix time in seconds) and `X-Accord-Signature`: the hex
 * HMAC-SHA256 of `<timestamp>.<form>.<body>`, with or without the prefix `sha256=`. Pure.
 */
export function verifySignature(
  { headers, rawBody, form, receivedAt }: SignedRequest,
  secrets: WebFormSecrets,
): SignatureVerdict {
  const signature = headers['x-accord-signature'];
  if (signature === undefined) return { kind: 'unsigned' };
  if (!secrets.WEBFORM_SECRETS) return refused('not-configured', 'Signed submissions are not set up: set WEBFORM_SECRETS.');
  const timestamp = headers['x-accord-timestamp'];
  if (typeof timestamp !== 'string' || !/^\d{1,12}$/.test(timestamp)) {
    return refused('missing-signature', 'Send X-Accord-Timestamp: the signed Unix time in seconds.');
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
  if (Math.abs(ageSeconds) <= toleranceSeconds)
    return {
      kind: 'genuine',
      signature: String(signature)
        .replace(/^sha256=/i, '')
        .toLowerCase(),
    };
  return refused('stale-timestamp', 'X-Accord-Timestamp is more than 5 minutes off. Check the clock of the sender.');
}

function refused(code: RefusalCode, reason: string): SignatureVerdict {
  return { kind: 'refused', code, reason };
}
