import { listen, type Notifications } from '#db/listen.ts';

export type DueNotifications = Notifications;

export interface ListenForDueOptions {
  url: string;
  /** Gets the id of an endpoint with due deliveries, or null after notifications may have been missed. */
  onDue(endpointId: string | null): void;
  onError(error: Error): void;
}

/** Listens on a connection of its own, and reconnects whenever it breaks. */
export function listenForDue({ url, onDue, onError }: ListenForDueOptions): DueNotifications {
  return listen({ url, channel: 'webhook_due', onMessage: onDue, onError });
}
