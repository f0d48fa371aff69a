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
  extra: { whole: text },
  refusals: { whole: z.object({ call: z.boolean(), sms: z.boolean(), email: z.boolean() }) },
};

function toSchema({ field, part }: LeadPart): z.ZodType {
  const { first, whole } = valueSchemas[fieldTable[field].type];
  return part === 'first' && first ? first : whole;
}

const values = z
  .object(Object.fromEntries(leadParts.map((part) => [part.name, toSchema(part)])))
  .partial()
  .meta({ id: 'LeadValues', description: 'Some fields of a lead, by name.' });

const lead = z.object({
  id: z.string().meta({ description: 'Id of the lead in Accord; the same in all its events.' }),
  name: text,
  email: text,
  phone: z.string().optional(),
  source: z.string().optional(),
});

const merged = z.array(z.string()).meta({ description: 'Leads that were merged into this one. They get no more events.' });
const splitFrom = z.string().meta({
  description:
    'The lead that this one was taken apart from: a merge of the two was undone. Both get an event that names the other.',
});

const envelope = {
  id: z.string().meta({ description: 'Id of the event; also the `webhook-id` header. The same for all attempts and endpoints.' }),
  timestamp: z.iso.datetime().meta({ description: 'Time of the event.' }),
  sequence: z.int().meta({
    description: 'Grows with each event of a lead. An event with a lower number than one that you have processed is outdated.',
  }),
};

const newLead = z
  .object({
    ...envelope,
    event: z.literal('new_lead'),
    type: z.literal('new_lead'),
    data: lead.extend({ merged: merged.optional(), split_from: splitFrom.optional() }),
  })
  .meta({ id: 'NewLeadEvent' });

const leadUpdate = z
  .object({
    ...envelope,
    event: z.literal('lead_update'),
    type: z.literal('lead_update'),
    data: lead.extend({
      changes: values.meta({ description: 'The fields that changed, with their new values.' }),
      previous: values.optional().meta({ description: 'Their previous values, for endpoints with `include_previous`.' }),
      merged: merged.optional(),
      split_from: splitFrom.optional(),
      omitted: z
        .array(z.enum(leadFields))
        .optional()
        .meta({ description: 'Fields that changed as well, but are too large to send.' }),
    }),
  })
  .meta({ id: 'LeadUpdateEvent' });

const formSubmitted = z
  .object({
    ...envelope,
    event: z.literal('form_submitted'),
    type: z.literal('form_submitted'),
    data: lead.extend({
      submission: z.string().meta({ description: 'Id of the submission: `GET /api/v1/form-submissions/{id}`.' }),
      form: z.string().meta({ description: 'Name of the form.' }),
      title: z.string().meta({ description: 'Title of the form.' }),
      message: text.meta({ description: 'Null without a message.' }),
      page: text.meta({ description: 'URL of the page that sent it.' }),
      consent: z
        .object({ channels: z.array(z.enum(['call', 'sms', 'email'])), words: z.string() })
        .nullable()
        .meta({ description: 'The permission that was given with it, and the text that the visitor agreed to.' }),
      is_pending: z.boolean().meta({ description: 'Whether its changes to the lead, its permission included, wait for proof.' }),
      omitted: z.array(z.literal('message')).optional().meta({ description: 'The message is too large to send.' }),
    }),
  })
  .meta({ id: 'FormSubmittedEvent' });

const headers = z.object({
  'X-Webhook-Signature': z
    .string()
    .meta({ description: 'Hex HMAC-SHA256 of the raw body, keyed by the UTF-8 bytes of the whole secret, `whsec_` included.' }),
  'X-Webhook-Event': z.string().meta({ description: 'The event type.' }),
  'X-Webhook-Delivery-Id': z
    .string()
    .meta({ description: 'The same for all attempts of a delivery. A repeated id is a duplicate.' }),
  'X-Webhook-Signature-Previous': z.string().optional().meta({
    description: 'During a rotation: the same signature with each earlier secret that still signs, separated by spaces.',
  }),
  'webhook-id': z.string(),
  'webhook-timestamp': z.string().meta({ description: 'Time of the attempt, in seconds since 1970.' }),
  'webhook-signature': z.string().meta({ description: 'Standard Webhooks: `v1,` and base64, one entry per secret that signs.' }),
});

const example = {
  id: '0199c0de-7a5e-7c3d-9b1a-3f2e1d0c9b8a',
  timestamp: '2025-01-01T12:00:00.000Z',
  data: { id: '0199c0de-0000-7000-8000-000000000001', name: 'John Doe', email: 'john@example.com', phone: '+1234567890' },
};

/** The lead events in the `webhooks` section of the OpenAPI document. */
export const leadEventWebhooks: Record<string, { post: ZodOpenApiOperationObject }> = {
  new_lead: {
    post: describeEvent('new_lead', 'A new lead', newLead, {
      ...{ ...example, event: 'new_lead', type: 'new_lead', sequence: 1 },
      data: { ...example.data, source: 'website' },
    }),
  },
  form_submitted: {
    post: describeEvent('form_submitted', 'A form was submitted, whether or not it changes the lead', formSubmitted, {
      ...{ ...example, event: 'form_submitted', type: 'form_submitted', sequence: 1 },
      data: {
        ...example.data,
        ...{ submission: '0199c0de-7a5e-7c3d-9b1a-3f2e1d0c9b8b', form: 'contact', title: 'Contact us' },
        ...{ message: 'Please call me.', page: 'https://www.example.com/contact', is_pending: false },
        consent: { channels: ['call'], words: 'You may call me.' },
      },
    }),
  },
  lead_update: {
    post: describeEvent('lead_update', 'A lead changed at any provider or in Accord', leadUpdate, {
      ...{ ...example, event: 'lead_update', type: 'lead_update', sequence: 2 },
      data: { ...example.data, changes: { tags: ['contacted'], notes: 'Called and left voicemail' } },
    }),
  },
};

/** An entry of the `webhooks` section: request body, headers and the responses that a receiver can give. */
export function describeEvent(name: string, summary: string, schema: z.ZodType, value: object): ZodOpenApiOperationObject {
  return {
    operationId: name,
    tags: ['Lead webhooks'],
    summary,
    description: 'docs/webhooks.md explains signatures and retries.',
    security: [],
    requestParams: { header: headers },
    requestBody: { required: true, content: { 'application/json': { schema, example: value } } },
    responses: {
      '2XX': { description: 'Accepted. Other responses and timeouts are retried.' },
      410: { description: 'The endpoint is gone. Accord disables it.' },
      429: { description: 'Too many requests. Accord honours `Retry-After` up to an hour.' },
    },
  };
}
