import { createHmac } from 'node:crypto';
import type { SquareSettings } from '#sandbox/square/settings.ts';

/**
 * Square docs (webhooks, step 3): HMAC-SHA256 over the notification URL as it stands in the subscription, followed by the
 * body; base64. The key is text, not base64.
 */
export function signature(key: string, notificationUrl: string, body: string): string {
  return createHmac('sha256', key).update(notificationUrl).update(body).digest('base64');
}

export function signatureHeaders(url: string, body: string, settings: SquareSettings): Record<string, string> {
  const { signatureKey, webhookSignature } = settings;
  if (webhookSignature === 'missing') return {};
  const key = webhookSignature === 'corrupt' ? `not ${signatureKey}` : signatureKey;
  return { 'x-square-hmacsha256-signature': signature(key, url, body) };
}
