import { randomUUID } from 'node:crypto';
import { type Contact, fullName } from '#sandbox/gohighlevel/contacts/contact.ts';
import type { EventType, GoHighLevelSettings } from '#sandbox/gohighlevel/settings.ts';

interface Occurrence {
  type: EventType;
  contact: Contact;
  /** Milliseconds since 1970. */
  at: number;
}

/** HighLevel docs (webhook events, Contact*): flat, camelCase. Integrators report that empty fields are omitted. */
export function nativePayload({ type, contact, at }: Occurrence, settings: GoHighLevelSettings): object {
  const { id, locationId, address1, city, state, companyName, country, source, dateAdded, dateOfBirth, dnd, dndSettings } =
    contact;
  const { email, firstName, lastName, phone, postalCode, tags, website, assignedTo, customFields } = contact;
  const [appId = ''] = settings.clientId.split('-');
  const fields = {
    ...{ type, locationId, id, address1, city, state, companyName, country, source, dateAdded, dateOfBirth, dnd },
    ...{ email, name: fullName(contact), firstName, lastName, phone, postalCode, tags, website, assignedTo, customFields },
    ...(type === 'ContactDndUpdate' && { dndSettings }),
  };
  const event = withoutEmpty(fields, type);
  if (settings.webhookEnvelope === 'samples') return event;
  const envelope = { timestamp: toTimestamp(at, settings), webhookId: randomUUID(), versionId: appId };
  return { ...event, ...envelope, appId: settings.webhookAppId ?? appId };
}

function toTimestamp(at: number, { webhookTimestamp }: GoHighLevelSettings): string | number {
  if (webhookTimestamp === 'iso') return new Date(at).toISOString();
  return webhookTimestamp === 'seconds' ? Math.floor(at / 1000) : at;
}

/** The shared-secret scheme of older integrations: nested contact, `location_id`, time in milliseconds. */
export function nestedPayload({ type, contact, at }: Occurrence): object {
  const { id, firstName, lastName, email, phone, tags } = contact;
  const whole = { id, firstName, lastName, name: fullName(contact), email, phone, tags };
  return {
    type,
    location_id: contact.locationId,
    id,
    contact: type === 'ContactTagUpdate' ? { id, tags } : whole,
    timestamp: at,
  };
}

/**
 * The workflow's "Webhook" action: snake_case, tags as one string, without type, id, time or signature. HighLevel help outlines it;
 * the details are from captures by integrators.
 */
export function workflowPayload({ contact }: Occurrence): object {
  const { firstName, lastName, email, phone, address1, city, state, country, postalCode } = contact;
  const place = { address1, city, state, country, postal_code: postalCode };
  return {
    ...{ contact_id: contact.id, first_name: firstName, last_name: lastName, full_name: fullName(contact), email, phone },
    ...{ tags: contact.tags.join(','), ...place, timezone: contact.timezone, date_created: contact.dateAdded },
    ...{ contact_source: contact.source, contact_type: contact.type, company_name: contact.companyName },
    full_address: [address1, city, state, postalCode].filter(Boolean).join(', '),
    location: { id: contact.locationId, name: 'Sandbox location' },
    workflow: { id: '00000000-0000-4000-8000-00000000f10e', name: 'Sandbox workflow' },
    triggerData: {},
    customData: {},
  };
}

/** A tag event always contains the full list, even an empty one. HighLevel docs: ContactTagUpdate. */
function withoutEmpty(fields: Record<string, unknown>, type: EventType): Record<string, unknown> {
  const isEmpty = (value: unknown) => value === undefined || value === '' || (Array.isArray(value) && value.length === 0);
  const keep = (name: string, value: unknown) => !isEmpty(value) || (name === 'tags' && type === 'ContactTagUpdate');
  return Object.fromEntries(Object.entries(fields).filter(([name, value]) => keep(name, value)));
}
