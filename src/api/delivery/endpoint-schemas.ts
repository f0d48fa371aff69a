import { z } from 'zod';
import { timeOf } from '#api/rest/page.ts';
import { type EndpointChange, readHeaderNames } from '#db/delivery/endpoints.ts';
import type { EndpointRow } from '#db/delivery/tables.ts';
import type { SealingKey } from '#db/seal.ts';
import { checkCustomHeaders } from '#delivery/headers.ts';
import { checkSecret } from '#delivery/sign.ts';
import { leadEventTypes } from '#domain/delivery/lead-event.ts';
import { leadFields } from '#domain/delivery/lead-fields.ts';
import { operationalEventTypes } from '#domain/delivery/operational-event.ts';

const eventTypes = z.enum([...leadEventTypes, ...operationalEventTypes]);
const mask = '[redacted]';

const names = (description: string) => z.array(z.string().trim().min(1).max(200)).min(1).max(50).optional().meta({ description });

const filters = z
  .strictObject({
    tags: names('The lead has one of these tags.'),
    sources: names('The source of the lead is one of these.'),
    changed: z
      .array(z.enum(leadFields))
      .min(1)
      .optional()
      .meta({ description: 'For `lead_update`: one of these fields changed. Does not filter `new_lead`.' }),
  })
  .meta({ id: 'WebhookFilters', description: 'All given conditions must hold.' });

const customHeaders = z.record(z.string(), z.string()).superRefine((headers, context) => {
  const fault =
    checkCustomHeaders(headers) ?? (Object.values(headers).includes(mask) ? `Send the header value, not ${mask}.` : null);
  if (fault !== null) context.addIssue({ code: 'custom', message: fault });
});

/** All settings, without defaults. */
const settings = {
  url: z.string().min(1).meta({
    description: 'Receives the events by POST. Must be https and resolve to public addresses.',
    example: 'https://your-app.com/webhook',
  }),
  description: z.string().trim().max(500).nullable().meta({ example: 'Production webhook endpoint' }),
  events: z
    .array(eventTypes)
    .min(1)
    .max(20)
    .transform((types) => [...new Set(types)]),
  max_retries: z.int().min(0).max(100).meta({ description: 'Retries before a delivery becomes a dead letter.' }),
  timeout: z.int().min(1).max(120).meta({ description: 'Seconds, from connecting to the last byte of the response.' }),
  retry_schedule: z.array(z.int().min(1).max(86_400)).min(1).max(100).nullable().meta({
    description: 'Seconds before each retry; the last one repeats. Null: 1, 2, 4, 8, 16 and so on, up to an hour.',
  }),
  custom_headers: customHeaders.nullable().meta({
    description: 'Sent with each delivery. Maximum 20 headers and 4 KB. Responses hide their values.',
    example: { 'X-Tenant': 'acme' },
  }),
  filters: filters.nullable(),
  rate_per_second: z.int().min(1).max(10_000).nullable().meta({ description: 'Maximum deliveries per second; null: no limit.' }),
  ordered: z
    .boolean()
    .meta({ description: 'An event of a lead waits until earlier events of the same lead are delivered or given up.' }),
  include_previous: z.boolean().meta({ description: 'Whether updates include the previous values as `data.previous`.' }),
  is_active: z.boolean(),
};

const secret = z.string().superRefine((text, context) => {
  const fault = checkSecret(text);
  if (fault !== null) context.addIssue({ code: 'custom', message: fault });
});

export const newEndpoint = z
  .strictObject({
    url: settings.url,
    description: settings.description.default(null),
    events: settings.events,
    max_retries: settings.max_retries.default(5),
    timeout: settings.timeout.default(30),
    retry_schedule: settings.retry_schedule.default(null),
    custom_headers: settings.custom_headers.default(null),
    filters: settings.filters.default(null),
    rate_per_second: settings.rate_per_second.default(null),
    ordered: settings.ordered.default(false),
    include_previous: settings.include_previous.default(false),
    is_active: settings.is_active.default(true),
    secret: secret.optional().meta({ description: 'A secret that your receivers already have. Default: a new one.' }),
  })
  .meta({ id: 'NewWebhook' });

export const endpointChange = z
  .strictObject(settings)
  .partial()
  .meta({ id: 'WebhookChange', description: 'Settings that are left out do not change.' });

const time = z.iso.datetime().nullable();

export const endpoint = z
  .object({
    id: z.string(),
    url: z.string(),
    description: z.string().nullable(),
    events: z.array(eventTypes),
    is_active: z.boolean(),
    max_retries: z.int(),
    timeout: z.int(),
    retry_schedule: z.array(z.int()).nullable(),
    custom_headers: z
      .record(z.string(), z.string())
      .nullable()
      .meta({ description: 'Names, with hidden values; null when they cannot be decrypted.' }),
    filters: filters.nullable(),
    rate_per_second: z.int().nullable(),
    ordered: z.boolean(),
    include_previous: z.boolean(),
    disabled_reason: z
      .enum(['gone', 'failing', 'operator'])
      .nullable()
      .meta({ description: '`gone`: the receiver responded 410. `failing`: no success for days. `operator`: by a person.' }),
    disabled_at: time,
    breaker: z
      .enum(['closed', 'open', 'half-open'])
      .meta({ description: 'While it is open, deliveries wait and use up no retries.' }),
    breaker_until: time,
    failing_since: time,
    last_success_at: time,
    last_failure_at: time,
    last_error: z.string().nullable(),
    previous_secret_expires_at: time,
    created_at: z.iso.datetime(),
    updated_at: z.iso.datetime(),
  })
  .meta({ id: 'Webhook' });

export const endpointWithSecret = endpoint
  .extend({
    secret: z.string().meta({ description: 'Shown only once: store it.', example: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw' }),
  })
  .meta({ id: 'WebhookWithSecret' });

/** The settings by column name. */
export function toSettings({ timeout, ...rest }: z.output<typeof endpointChange>): EndpointChange {
  return { ...rest, timeout_seconds: timeout };
}

/** The endpoint as the API shows it: header values hidden, secrets left out. */
export function toEndpoint(row: EndpointRow, encryptionKey: SealingKey | null): z.input<typeof endpoint> {
  const {
    id,
    url,
    description,
    events,
    is_active,
    max_retries,
    retry_schedule,
    filters,
    rate_per_second,
    ordered,
    include_previous,
  } = row;
  const { disabled_reason, last_error, previous_secret_until: until } = row;
  const headers = readHeaderNames(encryptionKey, row);
  return {
    ...{ id, url, description, events, is_active, max_retries, timeout: row.timeout_seconds, retry_schedule },
    custom_headers: headers && Object.fromEntries(headers.map((name) => [name, mask])),
    ...{ filters, rate_per_second, ordered, include_previous, disabled_reason, disabled_at: timeOf(row.disabled_at) },
    ...{ breaker: row.breaker_state, breaker_until: timeOf(row.breaker_until), failing_since: timeOf(row.failing_since) },
    ...{ last_success_at: timeOf(row.last_success_at), last_failure_at: timeOf(row.last_failure_at), last_error },
    previous_secret_expires_at: until && until > new Date() ? until.toISOString() : null,
    ...{ created_at: row.created_at.toISOString(), updated_at: row.updated_at.toISOString() },
  };
}
