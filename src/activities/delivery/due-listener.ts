import { listenForDue } from '#db/delivery/due-notifications.ts';
import type { DeliveryLog, DueListener } from './delivery-deps.ts';

/** How often drains read without an announcement: rarely while notifications arrive, often while they cannot. */
const pollMs = { listening: 10_000, disconnected: 250 };

/** Passes notifications from one connection to all drains of this process. */
export function createDueListener(url: string, log: DeliveryLog): DueListener & { close(): Promise<void> } {
  const subscribers = new Map<string, () => void>();
  const announceAll = () => {
    for (const announce of subscribers.values()) announce();
  };
  const notifications = listenForDue({
    url,
    onDue: (endpointId) => (endpointId === null ? announceAll() : subscribers.get(endpointId)?.()),
    onError: (error) => log.warn({ err: error }, 'not listening for due deliveries; polling until the connection is back'),
  });
  return {
    subscribe(endpointId, onDue) {
      subscribers.set(endpointId, onDue);
      return () => {
        if (subscribers.get(endpointId) === onDue) subscribers.delete(endpointId);
      };
    },
    pollMs: () => (notifications.isListening() ? pollMs.listening : pollMs.disconnected),
    close: () => notifications.close(),
  };
}
