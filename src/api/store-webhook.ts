import type { IncomingHttpHeaders } from 'node:http';
import type { Database } from '../db/database.ts';
import type { DirtyLink } from '../db/dirty-links.ts';
import { acceptEvent } from '../db/inbox.ts';
import type { WebhookEvent, WebhookRequest } from '../providers/provider.ts';

export interface VerifiedWebhook {
  provider: string;
  /** How it proved itself, such as `ed25519`. */
  scheme: string;
  events: WebhookEvent[];
  request: WebhookRequest;
}

export interface StoredWebhook {
  /** `duplicate` when all that it carried was known. */
  outcome: 'queued' | 'duplicate';
  /** What no workflow was told of yet. */
  changes: DirtyLink[];
}

/** A vendor gives up after some seconds. It must hear "send it again" before that, also while the database hangs. */
const deadlineMs = 4_000;

/** Headers worth keeping beside the body: none that is a secret. */
const keptHeaders = ['content-type', 'user-agent', 'deliveryid', 'x-ghl-signature', 'x-wh-signature'];

/** Stores what a webhook carried; once this returns, only the loss of the database loses it. */
export async function storeWebhook(db: Database, webhook: VerifiedWebhook): Promise<StoredWebhook> {
  return withDeadline(storeEvents(db, webhook));
}

async function storeEvents(db: Database, { provider, scheme, events, request }: VerifiedWebhook): Promise<StoredWebhook> {
  const payload = request.rawBody.toString('utf8');
  const headers = pickHeaders(request.headers);
  const stored: StoredWebhook = { outcome: 'duplicate', changes: [] };
  for (const event of events) {
    const accepted = await acceptEvent(db, { ...event, provider, scheme, payload, headers, receivedAt: request.receivedAt });
    if (accepted.outcome === 'stored') stored.outcome = 'queued';
    if (accepted.newlyDirty) stored.changes.push({ linkId: accepted.linkId, contactId: accepted.contactId, provider, changedAt: request.receivedAt });
  }
  return stored;
}

function pickHeaders(headers: IncomingHttpHeaders): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const name of keptHeaders) {
    const value = headers[name];
    if (typeof value === 'string') kept[name] = value;
  }
  return kept;
}

async function withDeadline<T>(promise: Promise<T>): Promise<T> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error(`the database took longer than ${deadlineMs} ms`)), deadlineMs);
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
