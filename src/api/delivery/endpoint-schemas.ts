import { z } from 'zod';
import { timeOf } from '#api/rest/page.ts';
import { type EndpointSettings, readHeaderNames } from '#db/delivery/endpoints.ts';
import type { EndpointRow } from '#db/delivery/tables.ts';
import { checkCustomHeaders } from '#delivery/headers.ts';
import { checkSecret } from '#delivery/sign.ts';
import { leadEventTypes } from '#domain/delivery/lead-event.ts';
import { leadFields } from '#domain/delivery/lead-fields.ts';
import { operationalEventTypes } from '#domain/delivery/operational-event.ts';

const eventTypes = z.enum([...leadEventTypes, ...operationalEventTypes]);
const mask = '[redacted]';

const names = (what: string) => z.array(z.string().trim().min(1).max(200)).min(1).max(50).optional().meta({ description: what });

const filters = z
  .strictObject({
    tags: names('The lead bears one of these.'),
    sources: names('The lead came from one of these.'),
    changed: z
      .array(z.enum(leadFields))
      .min(1)
      .optional()
      .meta({ description: 'Of an update: one of these changed. Says nothing about new leads.' }),
  })
  .meta({ id: 'WebhookFilters', description: 'All conditions must hold; what is left out is none.' });

const customHeaders = z.record(z.string(), z.string()).superRefine((headers, context) => {
  const fault =
    checkCustomHeaders(headers) ?? (Object.values(headers).includes(mask) ? `Send the value itself, not ${mask}.` : null);
  if (fault !== null) context.addIssue({ code: 'custom', message: fault });
});

/** Whatever may be said of an endpoint, without what holds where nothing is said. */
const settings = {
  url: z
    .string()
    .min(1)
    .meta({ description: 'Where events are POSTed to: https, and no private address.', example: 'https://your-app.com/webhook' }),
  description: z.string().trim().max(500).nullable().meta({ example: 'Production webhook endpoint' }),
  events: z
    .array(eventTypes)
    .min(1)
    .max(20)
    .transform((types) => [...new Set(types)]),
  max_retries: z.int().min(0).max(100).meta({ description: 'Attempts after the first, before a delivery is a dead letter.' }),
  timeout: z.int().min(1).max(120).meta({ description: 'Seconds, from connecting to the last byte of the answer.' }),
  retry_schedule: z.array(z.int().min(1).max(86_400)).min(1).max(100).nullable().meta({
    description: 'Seconds to wait before each retry, the last one repeated. Null for 1, 2, 4, 8, 16 and so on up to an hour.',
  }),
  custom_headers: customHeaders.nullable().meta({
    description: 'Sent with each delivery, at most 20 and 4 KB. Answers name them and hide their values.',
    example: { 'X-Tenant': 'acme' },
  }),
  filters: filters.nullable(),
  rate_per_second: z.int().min(1).max(10_000).nullable().meta({ description: 'Deliveries a second at most; null for no limit.' }),
  ordered: z.boolean().meta({ description: 'An event of a lead waits until the earlier ones of this lead are settled.' }),
  include_previous: z.boolean().meta({ description: 'Whether updates carry the old values, as `data.previous`.' }),
  is_active: z.boolean(),
};

const secret = z.string().superRefine((text, context) => {
  const fault = checkSecret(text);
  if (fault !== null) context.addIssue({ code: 'custom', message: fault });
});

export const newWebhook = z
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
    secret: secret.optional().meta({ description: 'One that your receivers know already; made where none is given.' }),
  })
  .meta({ id: 'NewWebhook' });

export const webhookChange = z
  .strictObject(settings)
  .partial()
  .meta({ id: 'WebhookChange', description: 'What is left out stays.' });

const time = z.iso.datetime().nullable();

export const webhook = z
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
      .meta({ description: 'Names, with their values hidden; null where they cannot be read.' }),
    filters: filters.nullable(),
    rate_per_second: z.int().nullable(),
    ordered: z.boolean(),
    include_previous: z.boolean(),
    disabled_reason: z
      .enum(['gone', 'failing', 'operator'])
      .nullable()
      .meta({ description: '`gone` by 410, `failing` for days, or by `operator`.' }),
    disabled_at: time,
    breaker: z
      .enum(['closed', 'open', 'half-open'])
      .meta({ description: 'While it is open deliveries wait, and keep their retries.' }),
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

export const webhookWithSecret = webhook
  .extend({
    secret: z.string().meta({ description: 'Shown this once: keep it.', example: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw' }),
  })
  .meta({ id: 'WebhookWithSecret' });

export function toSettings({ timeout, ...rest }: z.output<typeof webhookChange>): Partial<EndpointSettings> {
  return { ...rest, ...(timeout !== undefined && { timeout_seconds: timeout }) } as Partial<EndpointSettings>;
}

export function toWebhook(row: EndpointRow, encryptionKey: Buffer | null): z.input<typeof webhook> {
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
