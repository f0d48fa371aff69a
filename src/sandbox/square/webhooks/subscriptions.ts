import { randomBytes } from 'node:crypto';
import type { Clock } from '#sandbox/core/clock.ts';
import type { Store } from '#sandbox/core/store.ts';

export interface NewSubscription {
  name: string;
  enabled: boolean;
  event_types: string[];
  notification_url: string;
}

/** Square docs (WebhookSubscription). Its times are not RFC 3339 in Square's samples. */
export interface WebhookSubscription extends NewSubscription {
  id: string;
  /** Text of 22 characters. */
  signature_key: string;
  created_at: string;
  updated_at: string;
}

export type Subscriptions = ReturnType<typeof createSubscriptions>;

/** The webhook subscriptions of the application. */
export function createSubscriptions(store: Store, clock: Clock) {
  const subscriptions = store.collection<WebhookSubscription>('webhook-subscriptions', { isShared: true });
  const created = store.collection<string>('webhook-subscription-keys', { isShared: true });

  return {
    all: (): WebhookSubscription[] => [...subscriptions.values()],

    /** A repeated idempotency key returns the subscription that it made. */
    create(wanted: NewSubscription, idempotencyKey: string | null): WebhookSubscription {
      const existing = idempotencyKey === null ? undefined : subscriptions.get(created.get(idempotencyKey) ?? '');
      if (existing) return existing;
      const at = `${clock.isoNow().slice(0, 19).replace('T', ' ')} +0000 UTC`;
      const id = `wbhk_${randomBytes(16).toString('hex')}`;
      const { name, enabled, event_types, notification_url } = wanted;
      const subscription = {
        id,
        name,
        enabled,
        event_types,
        notification_url,
        signature_key: newKey(),
        created_at: at,
        updated_at: at,
      };
      store.transaction(() => {
        subscriptions.put(id, subscription);
        if (idempotencyKey !== null) created.put(idempotencyKey, id);
      });
      return subscription;
    },

    remove(id: string): boolean {
      const isKnown = subscriptions.get(id) !== undefined;
      subscriptions.delete(id);
      return isKnown;
    },
  };
}

const newKey = () => randomBytes(17).toString('base64url').slice(0, 22);
