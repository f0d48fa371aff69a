import { randomUUID } from 'node:crypto';
import type { CustomAttribute } from '#sandbox/square/custom-attributes.ts';
import type { Customer } from '#sandbox/square/customers/customer.ts';
import type { AttributeEventType, CustomerEventType } from '#sandbox/square/settings.ts';

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
  data: { type: string; id: string; deleted?: true; object?: EventObject };
}

type EventObject = { customer: object; event_context?: { merge: MergeContext } } | { revocation: object } | CustomAttribute;

export type Revoker = 'APPLICATION' | 'MERCHANT' | 'SQUARE';

interface Occurrence {
  type: CustomerEventType;
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

/** Square docs (OauthAuthorizationRevokedEvent). */
export function toRevocationEvent(revoker: Revoker, merchantId: string, at: string): WebhookEvent {
  const envelope = { merchant_id: merchantId, type: 'oauth.authorization.revoked', event_id: randomUUID(), created_at: at };
  const object = { revocation: { revoked_at: at, revoker_type: revoker } };
  return { ...envelope, data: { type: 'revocation', id: randomUUID(), object } };
}

/** Square docs (sample of customer.custom_attribute.visible.updated): the object is the attribute itself. */
export function toAttributeEvent(
  type: AttributeEventType,
  { customerId, attribute, merchantId, at }: { customerId: string; attribute: CustomAttribute; merchantId: string; at: string },
): WebhookEvent {
  const envelope = { merchant_id: merchantId, type, event_id: randomUUID(), created_at: at };
  const id = `${attribute.key}:CUSTOMER:${customerId}`;
  return { ...envelope, data: { type: 'custom_attribute', id, object: attribute } };
}

function snapshot({ segment_ids: _, ...customer }: Customer): object {
  return customer;
}

function deletedSnapshot({ segment_ids: _, group_ids: __, created_at: ___, updated_at: ____, ...customer }: Customer): object {
  return customer;
}
