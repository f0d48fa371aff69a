import { z } from 'zod';
import { parseBody } from '#providers/parse-body.ts';

/** What the body of a webhook says. */
export interface Payload {
  /** Null for what concerns no customer. */
  type: string | null;
  eventId: string | null;
  merchantId: string | null;
  /** The customer that it is about; after a merge the new one, but for the deletion of an old one. */
  customerId: string | null;
  /** Ids that were merged into `customerId`. */
  replaces: string[];
  occurredAt: Date | null;
}

/** Null for what is no JSON object in UTF-8. Square docs (webhooks overview; customer webhooks). */
export function parsePayload(rawBody: Buffer): Payload | null {
  const body = parseBody(payload, rawBody);
  if (body === null) return null;
  const { data } = body;
  const merge = data?.object?.event_context?.merge ?? data?.object;
  const type = types.has(body.type ?? '') ? (body.type ?? null) : null;
  // Of a merge, Square tells by the creation of the new one and the deletion of each old one. Where a deletion comes first, the
  // id that it names leads to the new one as well: it is read again.
  const isOfNew = type === 'customer.created' || type === 'customer.merged';
  const ownId = data?.id ?? data?.object?.customer?.id ?? null;
  const customerId = (isOfNew ? merge?.to_customer_id : undefined) ?? ownId;
  return {
    type,
    eventId: body.event_id ?? null,
    merchantId: body.merchant_id ?? null,
    customerId,
    replaces: isOfNew ? (merge?.from_customer_ids ?? []).filter((id) => id !== customerId) : [],
    occurredAt: toDate(body.created_at),
  };
}

/** Square docs (customer webhooks): the first three. The last is described by integrators, and not among Square's event types. */
const types = new Set(['customer.created', 'customer.updated', 'customer.deleted', 'customer.merged']);

/** Becomes part of a URL and of ids of ours: nothing that could mean something there. */
const id = z.string().regex(/^[\w-]{1,191}$/);
/** What has another type than expected is as good as absent. */
const optionalId = id.optional().catch(undefined);
const optionalText = z.string().max(200).optional().catch(undefined);

const mergeFields = {
  from_customer_ids: z.array(id).optional().catch(undefined),
  to_customer_id: optionalId,
};
const object = z.object({
  ...mergeFields,
  customer: z.object({ id: optionalId }).optional().catch(undefined),
  event_context: z
    .object({ merge: z.object(mergeFields).optional().catch(undefined) })
    .optional()
    .catch(undefined),
});

/** Only these keys are copied: a `__proto__` in the body stays in the body. */
const payload = z.object({
  type: optionalText,
  event_id: optionalText,
  merchant_id: optionalText,
  created_at: optionalText,
  data: z
    .object({ id: optionalId, object: object.optional().catch(undefined) })
    .optional()
    .catch(undefined),
});

/** RFC 3339, to the nanosecond at times (Square docs). A time without a zone could be anybody's. */
function toDate(timestamp: string | undefined): Date | null {
  const isInstant = z.iso.datetime({ offset: true }).safeParse(timestamp).success;
  return isInstant && timestamp !== undefined ? new Date(timestamp) : null;
}
