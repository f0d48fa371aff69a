import { hash } from 'node:crypto';
import type { WebhookEvent, WebhookRequest, WebhookRoute, WebhookVerdict } from '#providers/provider.ts';
import { type Payload, parsePayload } from './payload.ts';
import { checkSignature, checkWorkflowSecret, type Proof } from './proof.ts';
import type { GoHighLevelAccount, GoHighLevelSecrets } from './settings.ts';

/** Events of a Marketplace app, and of whoever signs with the shared secret. */
export const eventRoute: WebhookRoute<GoHighLevelAccount, GoHighLevelSecrets> = {
  paths: ['/webhook/ghl', '/webhooks/ghl'],
  receive: (request, { secrets }) => receive(request, secrets, checkSignature(request, secrets), readEvent),
  // HighLevel docs: a delivery is repeated after a 429 and after nothing else; six times, ten minutes apart.
  whenUnavailable: { status: 429, retryAfterSeconds: 60 },
};

/** The webhook action of a workflow: HighLevel does not sign it, but sends a header that the workflow's author typed. */
export const workflowRoute: WebhookRoute<GoHighLevelAccount, GoHighLevelSecrets> = {
  paths: ['/webhook/ghl-workflow'],
  receive: (request, { secrets }) => receive(request, secrets, checkWorkflowSecret(request, secrets), readWorkflow),
  whenUnavailable: { status: 429, retryAfterSeconds: 60 },
};

interface Genuine {
  payload: Payload;
  request: WebhookRequest;
  secrets: GoHighLevelSecrets;
  scheme: Proof['scheme'];
}

type ReadEvent = (genuine: Genuine) => WebhookEvent | Refused | Ignored;
type Refused = Extract<WebhookVerdict, { kind: 'refused' }>;
type Ignored = { kind: 'ignored'; reason: string };

/** Nothing of the body is looked at before its proof holds. */
function receive(request: WebhookRequest, secrets: GoHighLevelSecrets, proof: Proof | Refused, read: ReadEvent): WebhookVerdict {
  if (proof.kind === 'refused') return proof;
  const payload = parsePayload(request.rawBody);
  if (payload === null) return malformed('The body is not a JSON object in UTF-8.');
  const { scheme } = proof;
  const event = read({ payload, request, secrets, scheme });
  if (!('kind' in event)) return { kind: 'accepted', scheme, events: [event] };
  return event.kind === 'ignored' ? { ...event, scheme } : event;
}

function readEvent({ payload, request, secrets, scheme }: Genuine): ReturnType<ReadEvent> {
  const { type, locationId, contactId, occurredAt, webhookId } = payload;
  if (type === null) return ignored('This is no event of a contact.');
  if (isOfAnotherApp(payload, secrets, scheme)) return ignored('This is not for the app GHL_APP_ID.');
  if (locationId !== secrets.GHL_LOCATION_ID) return ignored(otherLocation);
  if (contactId === null) return malformed('The event names no contact: its id belongs in "id" or "contact.id".');
  if (occurredAt === null) return malformed('The event has no "timestamp", in milliseconds or ISO 8601.');
  const staleness = findStaleness(occurredAt, request.receivedAt, webhookId !== null);
  if (staleness !== null) return { kind: 'refused', status: 401, code: 'stale-timestamp', reason: staleness };
  const eventId = webhookId ?? `sha256:${hash('sha256', request.rawBody, 'hex')}`;
  return { eventId, type, accountId: locationId, externalId: contactId, occurredAt };
}

/** Needs a contact and no more. No id: nothing in such a body tells one run of the workflow from the next. */
function readWorkflow({ payload, secrets }: Genuine): ReturnType<ReadEvent> {
  const { locationId, contactId, occurredAt } = payload;
  const accountId = secrets.GHL_LOCATION_ID;
  if (locationId !== null && locationId !== accountId) return ignored(otherLocation);
  if (contactId === null) return malformed('The body names no contact: add "contact_id" to the custom data of the action.');
  return { eventId: null, type: payload.type ?? 'Workflow', accountId, externalId: contactId, occurredAt };
}

/** HighLevel signs the events of every app with one key: a good signature does not make one ours. A secret of our own does. */
function isOfAnotherApp({ appId }: Payload, { GHL_APP_ID }: GoHighLevelSecrets, scheme: Proof['scheme']): boolean {
  return GHL_APP_ID !== undefined && scheme !== 'hmac-sha256' && appId !== GHL_APP_ID;
}

const otherLocation = 'This is not for the location GHL_LOCATION_ID.';
const minuteMs = 60_000;

/**
 * Five minutes. An event with the vendor's id may be a day old: HighLevel repeats deliveries for over an hour, as far as is known
 * with the first timestamp, and the id keeps a replay out.
 */
function findStaleness(occurredAt: Date, receivedAt: Date, hasVendorId: boolean): string | null {
  const ageMs = receivedAt.getTime() - occurredAt.getTime();
  const oldestMs = hasVendorId ? 24 * 60 * minuteMs : 5 * minuteMs;
  if (ageMs > oldestMs) return `The event is ${Math.round(ageMs / minuteMs)} minutes old; ${oldestMs / minuteMs} are allowed.`;
  if (ageMs < -5 * minuteMs) return 'The event is dated more than 5 minutes ahead: is the clock right?';
  return null;
}

function malformed(reason: string): Refused {
  return { kind: 'refused', status: 400, code: 'malformed-body', reason };
}

function ignored(reason: string): Ignored {
  return { kind: 'ignored', reason };
}
