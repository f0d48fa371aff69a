import { hash } from 'node:crypto';
import type { RefusalCode, WebhookRequest, WebhookRoute, WebhookVerdict } from '#providers/provider.ts';
import { isHmacSha256 } from '#signatures/hmac.ts';
import { parsePayload } from './payload.ts';
import type { SquareAccount, SquareSecrets } from './settings.ts';

/** Events of a webhook subscription. */
export const eventRoute: WebhookRoute<SquareAccount, SquareSecrets> = {
  paths: ['/webhooks/square'],
  receive: (request, { secrets }) => checkSignature(request, secrets) ?? readEvent(request, secrets),
  // Square docs (webhooks overview): after anything but a 2xx it sends again, 11 times in 24 hours, the first after a minute.
  whenUnavailable: { status: 503, retryAfterSeconds: 60 },
};

type Refused = Extract<WebhookVerdict, { kind: 'refused' }>;

const scheme = 'hmac-sha256';

/** Square docs (webhooks, step 3): over the URL as it stands in the subscription, and the body. Null when it is genuine. */
function checkSignature({ headers, rawBody }: WebhookRequest, secrets: SquareSecrets): Refused | null {
  const { SQUARE_SIGNATURE_KEY: secret, SQUARE_WEBHOOK_URL: url } = secrets;
  if (secret === undefined) return notConfigured('SQUARE_SIGNATURE_KEY', 'the signature key of the webhook subscription');
  if (url === undefined) return notConfigured('SQUARE_WEBHOOK_URL', 'the notification URL of the webhook subscription');
  const signature = [headers['x-square-hmacsha256-signature'] ?? ''].flat().join(',').trim();
  if (signature === '') return refused(401, 'missing-signature', 'Required header missing: X-Square-HmacSha256-Signature.');
  const payload = Buffer.concat([Buffer.from(url), rawBody]);
  if (isHmacSha256({ payload, secret, signature, encoding: 'base64' })) return null;
  const reason =
    'The HMAC-SHA256 signature does not match: are SQUARE_SIGNATURE_KEY and SQUARE_WEBHOOK_URL those of the subscription?';
  return refused(401, 'wrong-signature', reason);
}

/**
 * Of any age: Square sends again for a day, and the event's id keeps a replay out. Nothing of the customer's snapshot is believed,
 * since events come in any order (Square docs, webhooks overview).
 */
function readEvent({ rawBody }: WebhookRequest, secrets: SquareSecrets): WebhookVerdict {
  const payload = parsePayload(rawBody);
  if (payload === null) return refused(400, 'malformed-body', 'The body is not a JSON object in UTF-8.');
  const { type, merchantId: accountId, customerId: externalId, replaces, occurredAt } = payload;
  if (type === null) return ignored('This is no event of a customer.');
  if (accountId !== secrets.SQUARE_MERCHANT_ID) return ignored('This is not for the merchant SQUARE_MERCHANT_ID.');
  if (externalId === null) return refused(400, 'malformed-body', 'The event names no customer: its id belongs in "data.id".');
  const eventId = payload.eventId ?? `sha256:${hash('sha256', rawBody, 'hex')}`;
  const event = { eventId, type, accountId, externalId, ...(replaces.length > 0 && { replaces }), occurredAt };
  return { kind: 'accepted', scheme, events: [event] };
}

function ignored(reason: string): WebhookVerdict {
  return { kind: 'ignored', scheme, reason };
}

function notConfigured(variable: string, meaning: string): Refused {
  return refused(401, 'not-configured', `Set ${variable} to ${meaning}: without it, such requests are refused.`);
}

function refused(status: Refused['status'], code: RefusalCode, reason: string): Refused {
  return { kind: 'refused', status, code, reason };
}
