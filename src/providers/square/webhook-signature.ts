import type { RefusalCode, WebhookRequest, WebhookVerdict } from '#providers/provider.ts';
import { isHmacSha256 } from '#signatures/hmac.ts';
import type { SquareSecrets } from './settings.ts';

export interface Verified {
  kind: 'verified';
  scheme: 'hmac-sha256';
}

export type Refused = Extract<WebhookVerdict, { kind: 'refused' }>;

/** Verifies the signature over the subscription's URL and the body (Square docs, webhooks, step 3). */
export function verifySignature({ headers, rawBody }: WebhookRequest, secrets: SquareSecrets): Verified | Refused {
  const { SQUARE_SIGNATURE_KEY: secret, SQUARE_WEBHOOK_URL: url } = secrets;
  if (secret === undefined) return notConfigured('SQUARE_SIGNATURE_KEY', 'the signature key of the webhook subscription');
  if (url === undefined) return notConfigured('SQUARE_WEBHOOK_URL', 'the notification URL of the webhook subscription');
  const signature = [headers['x-square-hmacsha256-signature'] ?? ''].flat().join(',').trim();
  if (signature === '') return refused('missing-signature', 'Required header missing: X-Square-HmacSha256-Signature.');
  const payload = Buffer.concat([Buffer.from(url), rawBody]);
  if (isHmacSha256({ payload, secret, signature, encoding: 'base64' })) return { kind: 'verified', scheme: 'hmac-sha256' };
  const reason =
    'The HMAC-SHA256 signature does not match: do SQUARE_SIGNATURE_KEY and SQUARE_WEBHOOK_URL match the webhook subscription?';
  return refused('wrong-signature', reason);
}

function notConfigured(variable: string, meaning: string): Refused {
  return refused('not-configured', `Set ${variable} to ${meaning}: requests are refused until then.`);
}

function refused(code: RefusalCode, reason: string): Refused {
  return { kind: 'refused', status: 401, code, reason };
}
