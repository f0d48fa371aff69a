import { hash } from 'node:crypto';
import type { WebhookRequest, WebhookRoute, WebhookVerdict } from '#providers/provider.ts';
import type { SquareAccount, SquareSecrets } from './settings.ts';
import { parseBody, type Revocation } from './webhook-body.ts';
import { verifySignature } from './webhook-signature.ts';

/** Receives the events of a webhook subscription. */
export const eventRoute: WebhookRoute<SquareAccount, SquareSecrets> = {
  paths: ['/webhooks/square'],
  receive: (request, { secrets }) => receive(request, secrets),
  // Square docs (webhooks overview): any response but a 2xx causes retries; 11 in 24 hours, the first after a minute.
  whenUnavailable: { status: 503, retryAfterSeconds: 60 },
};

/**
 * Accepts events of any age: Square retries for a day, and the event id prevents replays. Ignores the customer's snapshot, because
 * events arrive in any order (Square docs, webhooks overview).
 */
function receive(request: WebhookRequest, secrets: SquareSecrets): WebhookVerdict {
  const verification = verifySignature(request, secrets);
  if (verification.kind === 'refused') return verification;
  const { scheme } = verification;
  const ignored = (reason: string): WebhookVerdict => ({ kind: 'ignored', scheme, reason });
  const body = parseBody(request.rawBody);
  if (body === null) return malformed('The body is not a JSON object in UTF-8.');
  const { type, merchantId: accountId, customerId: externalId, replaces, version, occurredAt, revocation } = body;
  if (type === null && revocation === null) return ignored('The event is not about a customer.');
  if (accountId !== secrets.SQUARE_MERCHANT_ID) return ignored('The event is for another merchant than SQUARE_MERCHANT_ID.');
  if (revocation) return { kind: 'revoked', scheme, accountId, ...describe(revocation, request.receivedAt) };
  if (type === null) return ignored('The event is not about a customer.');
  if (externalId === null) return malformed('The event has no customer id in "data.id".');
  const eventId = body.eventId ?? `sha256:${hash('sha256', request.rawBody, 'hex')}`;
  const event = {
    ...{ eventId, type, accountId, externalId, occurredAt },
    ...(replaces.length > 0 && { replaces }),
    ...(version !== null && { version }),
  };
  return { kind: 'accepted', scheme, events: [event] };
}

function describe({ by, at }: Revocation, receivedAt: Date): { message: string; at: Date } {
  const message =
    `${by} revoked our authorization at Square. ` +
    'The seller must authorize the app again (accord connect), or set SQUARE_REFRESH_TOKEN to the new token.';
  return { message, at: at ?? receivedAt };
}

function malformed(reason: string): WebhookVerdict {
  return { kind: 'refused', status: 400, code: 'malformed-body', reason };
}
