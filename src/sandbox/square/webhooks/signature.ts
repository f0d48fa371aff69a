import { createHmac } from 'node:crypto';
import type { SquareSettings } from '#sandbox/square/settings.ts';

/**
 * Square docs (webhooks, step 3): base64 of the HMAC-SHA256 over the subscription's notification URL, followed by the body. The key is
 * text, not base64.
 */
export function signature(key: string, notificationUrl: string, body: string): string {
  return createHmac('sha256', key).update(notificationUrl).update(body).digest('base64');
}

/** The signature header; absent or wrong if the setting `webhookSignature` says so. */
export function signatureHeaders(url: string, body: string, settings: SquareSettings): Record<string, string> {
  const { signatureKey, webhookSignature } = settings;
  if (webhookSignature === 'missing') return {};
  const key = webhookSignature === 'corrupt' ? `not ${signatureKey}` : signatureKey;
  return { 'x-square-hmacsha256-signature': signature(key, url, body) };
}
