import { z } from 'zod';
import { parseBody } from '#providers/parse-body.ts';

/** What the body of a webhook says, whichever of its forms it has. */
export interface Payload {
  /** By HighLevel's own name; null for what concerns no contact. */
  type: string | null;
  locationId: string | null;
  contactId: string | null;
  occurredAt: Date | null;
  webhookId: string | null;
  appId: string | null;
}

/**
 * Reads the flat form of the event pages, the form wrapped in `data` of the Integration Guide (HighLevel docs both), the nested
 * one of the shared-secret scheme and the snake_case one of workflows. Null for what is no JSON object in UTF-8.
 */
export function parsePayload(rawBody: Buffer): Payload | null {
  const outer = parseBody(payload, rawBody);
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

/** Becomes part of a URL and of ids of ours: nothing that could mean something there. */
const id = z.string().regex(/^[\w-]{1,100}$/);
/** What has another type than expected is as good as absent. */
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

/** Only these keys are copied: a `__proto__` in the body stays in the body. */
const payload = z.object({
  ...eventFields,
  data: z.object(eventFields).optional().catch(undefined),
  customData: z.object({ type: optionalText, contact_id: optionalId }).optional().catch(undefined),
});

/** HighLevel docs: five events. The other names are those that people select by in the guide of the shared-secret scheme. */
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

/** Milliseconds or ISO 8601 with a zone; a time without one could be anybody's. */
function toDate(timestamp: number | string | undefined): Date | null {
  const isInstant = typeof timestamp === 'number' || z.iso.datetime({ offset: true }).safeParse(timestamp).success;
  const date = new Date(isInstant && timestamp !== undefined ? timestamp : Number.NaN);
  return Number.isNaN(date.getTime()) ? null : date;
}
