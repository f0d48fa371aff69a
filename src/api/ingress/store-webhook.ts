import type { IncomingHttpHeaders } from 'node:http';
import type { AcceptedEvent } from '#db/sync/inbox.ts';
import type { WebhookEvent, WebhookRequest } from '#providers/provider.ts';
import { findTrace } from '#tracing/tracing.ts';
import type { EventStore } from './event-store.ts';
import type { Receipt } from './ingress-route.ts';

export interface VerifiedWebhook {
  provider: string;
  /** How the signature was verified, such as `ed25519`. */
  scheme: string;
  events: WebhookEvent[];
  request: WebhookRequest;
}

/** Headers stored beside the body. None of them carries a secret. */
const keptHeaders = ['content-type', 'user-agent', 'deliveryid', 'x-ghl-signature', 'x-wh-signature'];

/** Stores all events of a webhook. */
export async function storeWebhook(
  store: EventStore,
  { provider, scheme, events, request: { rawBody, headers, receivedAt } }: VerifiedWebhook,
): Promise<Receipt> {
  const traceparent = findTrace();
  const kept = { ...pickHeaders(headers), ...(traceparent && { traceparent }) };
  const arrival = { provider, scheme, payload: rawBody.toString('utf8'), headers: kept, receivedAt };
  const accepted = await Promise.all(events.map((event) => store.accept({ ...arrival, ...event })));
  return {
    outcome: outcomeOf(accepted),
    changes: accepted
      .map(({ newlyDirty, linkId, contactId }, index) => ({
        newlyDirty,
        change: {
          ...{ linkId, contactId, provider, changedAt: receivedAt, traceparent },
          isVersionNamed: events[index]?.version !== undefined,
        },
      }))
      .filter(({ newlyDirty }) => newlyDirty)
      .map(({ change }) => change),
  };
}

function outcomeOf(accepted: readonly AcceptedEvent[]): Receipt['outcome'] {
  const outcomes = new Set(accepted.map(({ outcome }) => outcome));
  if (outcomes.has('stored')) return 'queued';
  return outcomes.has('echo') ? 'echo' : 'duplicate';
}

function pickHeaders(headers: IncomingHttpHeaders): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const name of keptHeaders) {
    const value = headers[name];
    if (typeof value === 'string') kept[name] = value;
  }
  return kept;
}
