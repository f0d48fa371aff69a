import { z } from 'zod';
import { parseWebhookBody } from '#providers/parse-webhook-body.ts';

/** A webhook's body. */
export interface WebhookBody {
  /** Null for events that are not about a customer. */
  type: string | null;
  eventId: string | null;
  merchantId: string | null;
  /** The event's customer. For a merge: the new customer, or the old one in the event of its deletion. */
  customerId: string | null;
  /** Ids that were merged into `customerId`. */
  replaces: string[];
  /** The customer's version after the event. Null when it says nothing of the record's values: a merge, a deletion, an attribute. */
  version: string | null;
  occurredAt: Date | null;
  /** Present when the grants of our app were taken back; null for every other event. */
  revocation: Revocation | null;
}

export interface Revocation {
  by: 'The seller' | 'Our app' | 'Square';
  at: Date | null;
}

/** Parses the body (Square docs, webhooks overview and customer webhooks). Null when it is not a JSON object in UTF-8. */
export function parseBody(rawBody: Buffer): WebhookBody | null {
  const body = parseWebhookBody(bodySchema, rawBody);
  if (body === null) return null;
  const { data } = body;
  const merge = data?.object?.event_context?.merge ?? data?.object;
  const type = types.has(body.type ?? '') ? (body.type ?? null) : null;
  // Square reports a merge as the creation of the new customer and the deletion of each old one. When a deletion arrives first, a read
  // of the old id returns the new customer as well.
  const isNew = type === 'customer.created' || type === 'customer.merged';
  const ownId = id.safeParse(data?.id).data ?? data?.object?.customer?.id ?? null;
  const customerId = attributeTypes.has(type ?? '')
    ? findOwner(data?.id)
    : ((isNew ? merge?.to_customer_id : undefined) ?? ownId);
  return {
    type,
    eventId: body.event_id ?? null,
    merchantId: body.merchant_id ?? null,
    customerId,
    replaces: isNew ? (merge?.from_customer_ids ?? []).filter((id) => id !== customerId) : [],
    version: saysValues(type, data?.object) ? (data?.object?.customer?.version ?? null) : null,
    occurredAt: toDate(body.created_at),
    revocation: body.type === 'oauth.authorization.revoked' ? toRevocation(data?.object?.revocation) : null,
  };
}

/** A merge has more consequences than the values of the new customer. */
function saysValues(type: string | null, snapshot: z.infer<typeof object> | undefined): boolean {
  return (type === 'customer.created' || type === 'customer.updated') && snapshot?.event_context === undefined;
}

/** Square docs (OauthAuthorizationRevokedEvent). */
function toRevocation(revocation: z.infer<typeof revocationSchema> | undefined): Revocation {
  const revokers: Record<string, Revocation['by']> = { APPLICATION: 'Our app', SQUARE: 'Square' };
  return { by: revokers[revocation?.revoker_type ?? ''] ?? 'The seller', at: toDate(revocation?.revoked_at) };
}

/** Square docs (customer webhooks) list the first three. Integrators report the last one, which Square's event types do not include. */
const customerTypes = ['customer.created', 'customer.updated', 'customer.deleted', 'customer.merged'];
/** Square docs (custom attribute webhooks): the `visible` ones are sent for every attribute that our application sees, its own included. */
const attributeTypes = new Set(
  ['visible', 'owned'].flatMap((whose) => ['updated', 'deleted'].map((what) => `customer.custom_attribute.${whose}.${what}`)),
);
const types = new Set([...customerTypes, ...attributeTypes]);

/** Square docs (samples of custom attribute webhooks): the id is `<key>:CUSTOMER:<id of the customer>`. */
function findOwner(attributeId: string | undefined): string | null {
  const owner = /:CUSTOMER:(.+)$/.exec(attributeId ?? '')?.[1];
  return id.safeParse(owner).data ?? null;
}

/** Becomes part of URLs and of our own ids, so it has no special characters. */
const id = z.string().regex(/^[\w-]{1,191}$/);
/** A value of an unexpected type counts as absent. */
const optionalId = id.optional().catch(undefined);
/** Square docs (optimistic concurrency): grows with each update. */
const optionalVersion = z.int().min(0).transform(String).optional().catch(undefined);
const optionalText = z.string().max(200).optional().catch(undefined);

const mergeFields = {
  from_customer_ids: z.array(id).optional().catch(undefined),
  to_customer_id: optionalId,
};
const revocationSchema = z.object({ revoked_at: optionalText, revoker_type: optionalText });
const object = z.object({
  ...mergeFields,
  customer: z.object({ id: optionalId, version: optionalVersion }).optional().catch(undefined),
  revocation: revocationSchema.optional().catch(undefined),
  event_context: z
    .object({ merge: z.object(mergeFields).optional().catch(undefined) })
    .optional()
    .catch(undefined),
});

/** Copies only these keys, so a `__proto__` key in the body has no effect. */
const bodySchema = z.object({
  type: optionalText,
  event_id: optionalText,
  merchant_id: optionalText,
  created_at: optionalText,
  data: z
    .object({ id: optionalText, object: object.optional().catch(undefined) })
    .optional()
    .catch(undefined),
});

/** RFC 3339, sometimes with nanoseconds (Square docs). A time without a zone is ambiguous, so it counts as absent. */
function toDate(timestamp: string | undefined): Date | null {
  const isInstant = z.iso.datetime({ offset: true }).safeParse(timestamp).success;
  return isInstant && timestamp !== undefined ? new Date(timestamp) : null;
}
