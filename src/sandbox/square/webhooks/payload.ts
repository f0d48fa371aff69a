import { randomUUID } from 'node:crypto';
import type { Customer } from '#sandbox/square/customers/customer.ts';
import type { EventType } from '#sandbox/square/settings.ts';

/** The context of a merge's events. Square docs (customer webhooks). */
export interface MergeContext {
  from_customer_ids: string[];
  to_customer_id: string;
}

export interface WebhookEvent {
  merchant_id: string;
  type: string;
  event_id: string;
  created_at: string;
  data: { type: string; id: string; deleted?: true; object?: { customer: object; event_context?: { merge: MergeContext } } };
}

interface Occurrence {
  type: EventType;
  customer: Customer;
  merge: MergeContext | undefined;
  merchantId: string;
  /** ISO 8601. */
  at: string;
}

/** Square docs (webhooks overview; API specification): the whole present profile, without the change or its author. */
export function toEvent({ type, customer, merge, merchantId, at }: Occurrence): WebhookEvent {
  const isDeleted = type === 'customer.deleted';
  const object = {
    customer: isDeleted ? deletedSnapshot(customer) : snapshot(customer),
    ...(merge && { event_context: { merge } }),
  };
  return {
    ...{ merchant_id: merchantId, type, event_id: randomUUID(), created_at: at },
    data: { type: 'customer', id: customer.id, ...(isDeleted && { deleted: true }), object },
  };
}

/** Square docs (webhooks, step 4): the event that the Developer Console sends on "send test event". */
export function toTestEvent(merchantId: string, at: string): WebhookEvent {
  const envelope = { merchant_id: merchantId, type: 'webhooks.test_notification', event_id: randomUUID(), created_at: at };
  return { ...envelope, data: { type: 'webhooks', id: randomUUID() } };
}

function snapshot({ segment_ids: _, ...customer }: Customer): object {
  return customer;
}

function deletedSnapshot({ segment_ids: _, group_ids: __, created_at: ___, updated_at: ____, ...customer }: Customer): object {
  return customer;
}
