import { hash } from 'node:crypto';
import type { WebhookEvent, WebhookRequest, WebhookRoute, WebhookVerdict } from '#providers/provider.ts';
import type { GoHighLevelAccount, GoHighLevelSecrets } from './settings.ts';
import { parseBody, type WebhookBody } from './webhook-body.ts';
import { type Refused, type Verified, verifySignature, verifyWorkflowSecret } from './webhook-signature.ts';

/** Receives the events of a Marketplace app, and events signed with the shared secret. */
export const eventRoute: WebhookRoute<GoHighLevelAccount, GoHighLevelSecrets> = {
  paths: ['/webhook/ghl', '/webhooks/ghl'],
  receive: (request, { secrets }) => receive(request, secrets, verifySignature(request, secrets), toEvent),
  // HighLevel docs: only a 429 causes retries; six of them, ten minutes apart.
  whenUnavailable: { status: 429, retryAfterSeconds: 60 },
};

/** Receives a workflow's webhook action. HighLevel does not sign it; the workflow's author configures a secret header. */
export const workflowRoute: WebhookRoute<GoHighLevelAccount, GoHighLevelSecrets> = {
  paths: ['/webhook/ghl-workflow'],
  receive: (request, { secrets }) => receive(request, secrets, verifyWorkflowSecret(request, secrets), toWorkflowEvent),
  whenUnavailable: { status: 429, retryAfterSeconds: 60 },
  hasGuessableSecret: true,
};

interface VerifiedWebhook {
  body: WebhookBody;
  request: WebhookRequest;
  secrets: GoHighLevelSecrets;
  scheme: Verified['scheme'];
}

type ToEvent = (webhook: VerifiedWebhook) => WebhookEvent | Refused | Ignored;
type Ignored = { kind: 'ignored'; reason: string };

/** Parses the body only after verification. */
function receive(
  request: WebhookRequest,
  secrets: GoHighLevelSecrets,
  verification: Verified | Refused,
  toEvent: ToEvent,
): WebhookVerdict {
  if (verification.kind === 'refused') return verification;
  const body = parseBody(request.rawBody);
  if (body === null) return malformed('The body is not a JSON object in UTF-8.');
  const { scheme } = verification;
  const event = toEvent({ body, request, secrets, scheme });
  if (!('kind' in event)) return { kind: 'accepted', scheme, events: [event] };
  return event.kind === 'ignored' ? { ...event, scheme } : event;
}

function toEvent({ body, request, secrets, scheme }: VerifiedWebhook): ReturnType<ToEvent> {
  const { type, locationId, contactId, occurredAt, webhookId } = body;
  if (type === null) return ignored('The event is not about a contact.');
  if (isFromAnotherApp(body, secrets, scheme)) return ignored('The event is for another app than GHL_APP_ID.');
  if (locationId !== secrets.GHL_LOCATION_ID) return ignored(otherLocation);
  if (contactId === null) return malformed('The event has no contact id in "id" or "contact.id".');
  // HighLevel's printed samples have neither a timestamp nor an id. The event only causes a read, so a replay does no harm.
  if (occurredAt === null) return { eventId: webhookId, type, accountId: locationId, externalId: contactId, occurredAt };
  const staleness = findStaleness(occurredAt, request.receivedAt, webhookId !== null);
  if (staleness !== null) return { kind: 'refused', status: 401, code: 'stale-timestamp', reason: staleness };
  const eventId = webhookId ?? `sha256:${hash('sha256', request.rawBody, 'hex')}`;
  return { eventId, type, accountId: locationId, externalId: contactId, occurredAt };
}

/** Requires only a contact id. The event has no id: two runs of a workflow can send equal bodies. */
function toWorkflowEvent({ body, secrets }: VerifiedWebhook): ReturnType<ToEvent> {
  const { locationId, contactId, occurredAt } = body;
  const accountId = secrets.GHL_LOCATION_ID;
  if (locationId !== null && locationId !== accountId) return ignored(otherLocation);
  if (contactId === null) return malformed('The body has no contact id: add "contact_id" to the custom data of the action.');
  return { eventId: null, type: body.type ?? 'Workflow', accountId, externalId: contactId, occurredAt };
}

/** HighLevel signs the events of all apps with one key, so a valid signature does not identify the app. Our shared secret does. */
function isFromAnotherApp({ appId }: WebhookBody, { GHL_APP_ID }: GoHighLevelSecrets, scheme: Verified['scheme']): boolean {
  return GHL_APP_ID !== undefined && scheme !== 'hmac-sha256' && appId !== GHL_APP_ID;
}

const otherLocation = 'The event is for another location than GHL_LOCATION_ID.';
const minuteMs = 60_000;
const maxAgeMs = 5 * minuteMs;
/**
 * HighLevel redelivers for over an hour, presumably with the first timestamp. An event with the vendor's id may be this old, because
 * the id prevents replays.
 */
const maxAgeWithIdMs = 24 * 60 * minuteMs;
const maxClockSkewMs = 5 * minuteMs;

function findStaleness(occurredAt: Date, receivedAt: Date, hasVendorId: boolean): string | null {
  const ageMs = receivedAt.getTime() - occurredAt.getTime();
  const maxMs = hasVendorId ? maxAgeWithIdMs : maxAgeMs;
  if (ageMs > maxMs) return `The event is ${Math.round(ageMs / minuteMs)} minutes old; the maximum is ${maxMs / minuteMs}.`;
  if (ageMs < -maxClockSkewMs) return 'The event is dated more than 5 minutes in the future: is the clock right?';
  return null;
}

function malformed(reason: string): Refused {
  return { kind: 'refused', status: 400, code: 'malformed-body', reason };
}

function ignored(reason: string): Ignored {
  return { kind: 'ignored', reason };
}
