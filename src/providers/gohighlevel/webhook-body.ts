import { z } from 'zod';
import { toDate as fromEpoch } from '#providers/lenient.ts';
import { parseWebhookBody } from '#providers/parse-webhook-body.ts';

/** A webhook's body, independent of its form. */
export interface WebhookBody {
  /** HighLevel's event name; null for events that are not about a contact. */
  type: string | null;
  locationId: string | null;
  contactId: string | null;
  occurredAt: Date | null;
  webhookId: string | null;
  appId: string | null;
}

/**
 * Parses all forms of the body: flat (event pages) and wrapped in `data` (Integration Guide; both HighLevel docs), nested
 * (shared-secret scheme) and snake_case (workflows). Null when the body is not a JSON object in UTF-8.
 */
export function parseBody(rawBody: Buffer): WebhookBody | null {
  const outer = parseWebhookBody(bodySchema, rawBody);
  if (outer === null) return null;
  const body = { ...outer.data, ...outer };
  return {
    type: findType(body.type ?? outer.customData?.type),
    locationId: body.locationId ?? body.location_id ?? body.location?.id ?? null,
    contactId:
      body.contact?.id ?? body.contact_id ?? body.contactId ?? outer.customData?.contact_id ?? outer.data?.id ?? body.id ?? null,
    occurredAt: toDate(body.timestamp),
    webhookId: body.webhookId ?? null,
    appId: body.appId ?? null,
  };
}

/** Becomes part of URLs and of our own ids, so it has no special characters. */
const id = z.string().regex(/^[\w-]{1,100}$/);
/** A value of an unexpected type counts as absent. */
const optionalId = id.optional().catch(undefined);
const optionalText = z.string().max(200).optional().catch(undefined);

const eventFields = {
  type: optionalText,
  id: optionalId,
  contactId: optionalId,
  contact_id: optionalId,
  contact: z.object({ id: optionalId }).optional().catch(undefined),
  locationId: optionalId,
  location_id: optionalId,
  location: z.object({ id: optionalId }).optional().catch(undefined),
  timestamp: z.union([z.number(), z.string()]).optional().catch(undefined),
  webhookId: optionalText,
  appId: optionalText,
};

/** Copies only these keys, so a `__proto__` key in the body has no effect. */
const bodySchema = z.object({
  ...eventFields,
  data: z.object(eventFields).optional().catch(undefined),
  customData: z.object({ type: optionalText, contact_id: optionalId }).optional().catch(undefined),
});

/** HighLevel docs: five events. The guide of the shared-secret scheme lists the other names for selection in a user interface. */
const types: Record<string, string> = {
  contactcreate: 'ContactCreate',
  contactcreated: 'ContactCreate',
  contactupdate: 'ContactUpdate',
  contactupdated: 'ContactUpdate',
  contactdelete: 'ContactDelete',
  contactdeleted: 'ContactDelete',
  contacttagupdate: 'ContactTagUpdate',
  contacttagadded: 'ContactTagUpdate',
  contacttagremoved: 'ContactTagUpdate',
  contactdndupdate: 'ContactDndUpdate',
};

function findType(name: string | undefined): string | null {
  const key = (name ?? '').replace(/[\s._-]/g, '').toLowerCase();
  return Object.hasOwn(types, key) ? (types[key] ?? null) : null;
}

/**
 * Accepts ISO 8601 with a zone, milliseconds and seconds, which integrators report as well. A time without a zone is ambiguous, so it
 * counts as absent.
 */
function toDate(timestamp: number | string | undefined): Date | null {
  if (timestamp === undefined) return null;
  const isNumber = typeof timestamp === 'number' || /^\d+(\.\d+)?$/.test(timestamp);
  const isInstant = z.iso.datetime({ offset: true }).safeParse(timestamp).success;
  const date = isNumber ? fromEpoch(Number(timestamp)) : new Date(isInstant ? timestamp : Number.NaN);
  return Number.isNaN(date.getTime()) ? null : date;
}
