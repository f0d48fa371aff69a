import { z } from 'zod';
import type { ZodOpenApiOperationObject } from 'zod-openapi';
import { type LeadPart, leadFields, leadParts } from '#domain/delivery/lead-fields.ts';
import { type FieldType, fieldTable } from '#domain/fields.ts';

const address = z
  .object({
    street: z.string().nullable(),
    city: z.string().nullable(),
    region: z.string().nullable(),
    postal_code: z.string().nullable(),
    country: z.string().nullable().meta({ description: 'ISO 3166-1 alpha-2.' }),
  })
  .meta({ id: 'LeadAddress' });

const text = z.string().nullable();

/** By type of field: the schema of its first item, and of its whole value. */
const valueSchemas: Record<FieldType, { first?: z.ZodType; whole: z.ZodType }> = {
  name: { whole: text },
  line: { whole: text },
  text: { whole: text },
  date: { whole: text.meta({ description: '`YYYY-MM-DD`, or `--MM-DD` where the year is unknown.' }) },
  emails: { first: text.meta({ description: 'The first one.' }), whole: z.array(z.string()) },
  phones: {
    first: text.meta({ description: 'The first one; E.164, or the typed text where it is no phone number.' }),
    whole: z.array(z.string()),
  },
  addresses: { first: address.nullable(), whole: z.array(address) },
  tags: { whole: z.array(z.string()) },
  refusals: { whole: z.object({ call: z.boolean(), sms: z.boolean(), email: z.boolean() }) },
};

function toSchema({ field, part }: LeadPart): z.ZodType {
  const { first, whole } = valueSchemas[fieldTable[field].type];
  return part === 'first' && first ? first : whole;
}

const values = z
  .object(Object.fromEntries(leadParts.map((part) => [part.name, toSchema(part)])))
  .partial()
  .meta({ id: 'LeadValues', description: 'Fields of a lead by name, those that are meant alone.' });

const lead = z.object({
  id: z.string().meta({ description: 'Our id of the lead; the same in all its events.' }),
  name: text,
  email: text,
  phone: z.string().optional(),
  source: z.string().optional(),
});

const merged = z.array(z.string()).meta({ description: 'Leads that turned out to be this one: they have no events any more.' });

const envelope = {
  id: z.string().meta({ description: 'Of the event: the `webhook-id` header, the same at each attempt and for each endpoint.' }),
  timestamp: z.iso.datetime().meta({ description: 'When it happened.' }),
  sequence: z.int().meta({ description: 'Grows with each event of a lead: a lower one than you have seen is old news.' }),
};

const newLead = z
  .object({
    ...envelope,
    event: z.literal('new_lead'),
    type: z.literal('new_lead'),
    data: lead.extend({ merged: merged.optional() }),
  })
  .meta({ id: 'NewLeadEvent' });

const leadUpdate = z
  .object({
    ...envelope,
    event: z.literal('lead_update'),
    type: z.literal('lead_update'),
    data: lead.extend({
      changes: values.meta({ description: 'The fields that changed, with their new values.' }),
      previous: values.optional().meta({ description: 'Their old values, where the endpoint asked for them.' }),
      merged: merged.optional(),
      omitted: z.array(z.enum(leadFields)).optional().meta({ description: 'Changed as well, and too large to send.' }),
    }),
  })
  .meta({ id: 'LeadUpdateEvent' });

const headers = z.object({
  'X-Webhook-Signature': z
    .string()
    .meta({ description: 'Hex HMAC-SHA256 of the raw body, keyed by the UTF-8 of the whole secret, `whsec_` included.' }),
  'X-Webhook-Event': z.string().meta({ description: 'The event type.' }),
  'X-Webhook-Delivery-Id': z
    .string()
    .meta({ description: 'The same at each attempt: what you have seen before was delivered twice.' }),
  'X-Webhook-Signature-Previous': z
    .string()
    .optional()
    .meta({ description: 'The same with each older secret that still holds, while a rotation lasts; separated by spaces.' }),
  'webhook-id': z.string(),
  'webhook-timestamp': z.string().meta({ description: 'Of the attempt, in seconds since 1970.' }),
  'webhook-signature': z.string().meta({ description: 'Standard Webhooks: `v1,` and base64, one for each secret that holds.' }),
});

const example = {
  id: '0199c0de-7a5e-7c3d-9b1a-3f2e1d0c9b8a',
  timestamp: '2025-01-01T12:00:00.000Z',
  data: { id: '0199c0de-0000-7000-8000-000000000001', name: 'John Doe', email: 'john@example.com', phone: '+1234567890' },
};

/** What Accord sends to those who subscribed: the `webhooks` of OpenAPI 3.1. */
export const leadWebhooks: Record<string, { post: ZodOpenApiOperationObject }> = {
  new_lead: {
    post: describeEvent('new_lead', 'Somebody is a lead who was none before', newLead, {
      ...{ ...example, event: 'new_lead', type: 'new_lead', sequence: 1 },
      data: { ...example.data, source: 'website' },
    }),
  },
  lead_update: {
    post: describeEvent('lead_update', 'A lead changed, whoever changed it', leadUpdate, {
      ...{ ...example, event: 'lead_update', type: 'lead_update', sequence: 2 },
      data: { ...example.data, changes: { tags: ['contacted'], notes: 'Called and left voicemail' } },
    }),
  },
};

/** One webhook of the document: what is posted, with which headers, and what the receiver may answer. */
export function describeEvent(name: string, summary: string, schema: z.ZodType, value: object): ZodOpenApiOperationObject {
  return {
    operationId: name,
    tags: ['Lead webhooks'],
    summary,
    description: 'How to verify it, and when it is sent again: docs/webhooks.md.',
    security: [],
    requestParams: { header: headers },
    requestBody: { required: true, content: { 'application/json': { schema, example: value } } },
    responses: {
      '2XX': { description: 'Taken. Whatever else is answered, or nothing in time, is tried again.' },
      410: { description: 'Nobody is here any more: the endpoint is switched off.' },
      429: { description: 'Too much: `Retry-After` is heeded, up to an hour.' },
    },
  };
}
