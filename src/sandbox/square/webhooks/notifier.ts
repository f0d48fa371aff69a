import type { SandboxContext } from '#sandbox/core/sandbox.ts';
import type { CustomAttribute } from '#sandbox/square/custom-attributes.ts';
import type { Customer } from '#sandbox/square/customers/customer.ts';
import type { AttributeEventType, CustomerEventType, SquareSettings } from '#sandbox/square/settings.ts';
import type { EventArchive } from './event-archive.ts';
import {
  type MergeContext,
  type Revoker,
  toAttributeEvent,
  toEvent,
  toRevocationEvent,
  toTestEvent,
  type WebhookEvent,
} from './payload.ts';
import { signatureHeaders } from './signature.ts';
import type { Subscriptions } from './subscriptions.ts';

export interface Notifier {
  /** Square docs (customer webhooks): sent for every change, including the app's own. `merge` is the context of a merge's events. */
  notify(type: CustomerEventType, customer: Customer, merge?: MergeContext): void;
  /** Square docs (custom attribute webhooks): a change of an attribute sends no `customer.updated`. */
  notifyAttribute(type: AttributeEventType, customerId: string, attribute: CustomAttribute): void;
  /** Square docs (refresh, revoke): sent when the grants of the app are taken back. */
  notifyRevocation(revoker: Revoker): void;
  /** Sends the Developer Console's test event. */
  sendTest(): void;
}

/** Sends events to the webhook subscription and adds them to the archive. */
export function createNotifier(
  { clock, webhooks, settings }: SandboxContext<SquareSettings>,
  archive: EventArchive,
  subscriptions: Subscriptions,
): Notifier {
  /** To the subscription of the settings, and to those that the API has made. */
  function send(event: WebhookEvent): void {
    const body = JSON.stringify(event);
    const made = subscriptions.all().filter(({ enabled, event_types }) => enabled && event_types.includes(event.type));
    const keys = new Map(made.map(({ notification_url, signature_key }) => [notification_url, signature_key]));
    const targets = [...new Set([...webhooks.control().targets, ...keys.keys()])];
    webhooks.send({ event: event.type, body, headers: (url) => headersOf(url, body, keys.get(url)), targets });
  }

  /** Square docs (webhooks, step 2). */
  function headersOf(url: string, body: string, signatureKey = settings.current.signatureKey): Record<string, string> {
    return {
      'content-type': 'application/json',
      ...signatureHeaders(url, body, { ...settings.current, signatureKey }),
      'square-environment': settings.current.environment,
      'square-initial-delivery-timestamp': clock.isoNow(),
    };
  }

  return {
    notify(type, customer, merge) {
      const { merchantId, webhookEvents } = settings.current;
      const event = toEvent({ type, customer, merge, merchantId, at: clock.isoNow() });
      archive.add(event);
      if (webhookEvents.includes(type)) send(event);
    },
    notifyAttribute(type, customerId, attribute) {
      const { merchantId, webhookEvents } = settings.current;
      const event = toAttributeEvent(type, { customerId, attribute, merchantId, at: clock.isoNow() });
      archive.add(event);
      if (webhookEvents.includes(type)) send(event);
    },
    notifyRevocation(revoker) {
      const { merchantId, webhookEvents } = settings.current;
      const event = toRevocationEvent(revoker, merchantId, clock.isoNow());
      archive.add(event);
      if (webhookEvents.includes('oauth.authorization.revoked')) send(event);
    },
    sendTest: () => send(toTestEvent(settings.current.merchantId, clock.isoNow())),
  };
}
