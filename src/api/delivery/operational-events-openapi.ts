import { z } from 'zod';
import type { ZodOpenApiOperationObject } from 'zod-openapi';
import { type OperationalEvent, type OperationalEventType, operationalEventText } from '#domain/delivery/operational-event.ts';
import { incidentTypes } from '#domain/incidents/incident.ts';
import { describeEvent } from './lead-events-openapi.ts';

const endpoint = {
  endpoint_id: z.string().meta({ description: 'The endpoint that the event is about. It never gets the event itself.' }),
};
const about = {
  message: z.string().meta({ description: 'A sentence for people.' }),
};

const endpointId = '0199c0de-1f00-7000-8000-00000000000a';
const at = new Date('2025-01-01T12:00:00.000Z');

const ofIncident = { endpointId: null, at, account: 'square' } as const;
const incident = {
  account: z.string().meta({ description: 'The account in accord.yaml.' }),
  since: z.iso.datetime().meta({ description: 'When the problem began.' }),
};
const trouble = {
  records: z.int().nullable().meta({ description: 'Records that are concerned; null where all are.' }),
  fix: z.string().meta({ description: 'The remedy, in words.' }),
};

/** The operational events in the `webhooks` section of the OpenAPI document. */
export const operationalEventWebhooks: Record<OperationalEventType, { post: ZodOpenApiOperationObject }> = {
  'endpoint.failing': describe(
    { type: 'endpoint.failing', endpointId, at, errorClass: 'timeout' },
    'The breaker of an endpoint opened, because it keeps failing',
    { error_class: z.string().nullable().meta({ description: 'Error class of the last attempt.' }) },
  ),
  'endpoint.disable_warning': describe(
    { type: 'endpoint.disable_warning', endpointId, at, percent: 50 },
    'An endpoint will be disabled unless an attempt succeeds; sent at 50 and at 75 %',
    { percent: z.int().meta({ description: 'Share of the 72 hours without success after which the endpoint is disabled.' }) },
  ),
  'endpoint.disabled': describe({ type: 'endpoint.disabled', endpointId, at, reason: 'failing' }, 'Accord disabled an endpoint', {
    reason: z
      .enum(['failing', 'gone'])
      .meta({ description: '`failing`: no success for days. `gone`: by 410 or a control header.' }),
  }),
  'endpoint.recovered': describe({ type: 'endpoint.recovered', endpointId, at }, 'An endpoint responds again', {}),
  'delivery.exhausted': describe(
    { type: 'delivery.exhausted', endpointId, at, deliveryId: '0199c0de-2a00-7000-8000-00000000000b', reason: 'exhausted' },
    'A delivery of a lead event became a dead letter',
    {
      delivery_id: z.string(),
      reason: z.string().meta({
        description:
          '`exhausted`: no retry is left. `permanent`: no retry can help. `gone`: the receiver asked to get nothing more.',
      }),
    },
  ),
  'deletes.stopped': describe(
    { type: 'deletes.stopped', endpointId: null, at, account: 'square', reason: 'loss', lost: 37, linked: 1_200 },
    'Accord has stopped following deletions at an account',
    {
      account: z.string().meta({ description: 'The account in accord.yaml.' }),
      reason: z.enum(['empty', 'incomplete', 'loss', 'many']).meta({
        description:
          '`empty`, `incomplete`, `loss`: the listing of a full pass is doubtful. `many`: more deletions within an hour than usual.',
      }),
      lost: z.int().meta({ description: 'Records that seem to be gone.' }),
      linked: z.int().meta({ description: 'Records of the account that Accord knows.' }),
    },
  ),
  'sync.parked': describe(
    {
      ...{ type: 'sync.parked', ...ofIncident, reason: 'InvalidRequestError', records: 20, since: at },
      says: '20 records are out of step at square (InvalidRequestError).',
      fix: 'Correct the cause, then accord retry --error InvalidRequestError --account square.',
    },
    'Records cannot be written to an account; one event for all with the same cause',
    { ...incident, ...trouble, reason: z.string().meta({ description: 'The class of the error.' }) },
  ),
  'provider.credentials_failed': describe(
    {
      ...{ type: 'provider.credentials_failed', ...ofIncident, reason: null, records: null, since: at },
      says: 'square refuses our credentials: the token was revoked.',
      fix: 'Connect it again: accord connect square.',
    },
    'An account refuses our credentials, or its OAuth token could not be renewed',
    { ...incident, ...trouble, reason: z.null() },
  ),
  'provider.silent': describe(
    {
      ...{ type: 'provider.silent', ...ofIncident, reason: 'calls', records: null, since: at },
      says: 'square has not answered since 2025-01-01 12:00 UTC: no answer within 30 s.',
      fix: 'Accord tries again by itself, and loses nothing.',
    },
    'An account does not answer, its polls are late, or its webhooks no longer arrive',
    { ...incident, ...trouble, reason: z.enum(['calls', 'polls', 'webhooks']) },
  ),
  'drift.high': describe(
    {
      ...{ type: 'drift.high', ...ofIncident, reason: null, records: 48, since: at },
      says: '4 % of the records at square still differ after the last full pass: 48 of 1200.',
      fix: 'Parked records are the usual cause: accord doctor, then accord retry --parked --account square.',
    },
    'Many records of an account differ after a full pass',
    { ...incident, ...trouble, reason: z.null() },
  ),
  'sync.recovered': describe(
    {
      ...{ type: 'sync.recovered', ...ofIncident, incident: 'sync.parked', reason: 'InvalidRequestError', since: at },
      says: '20 records are out of step at square (InvalidRequestError).',
    },
    'One of these problems of an account is over',
    { ...incident, incident: z.enum(incidentTypes), reason: z.string().nullable() },
  ),
};

/** Describes an event by an example. Its schema is the envelope with these details. */
function describe(example: OperationalEvent, summary: string, details: Record<string, z.ZodType>) {
  const { type } = example;
  const name = type.replaceAll(/(?:^|[._])(\w)/g, (_, letter: string) => letter.toUpperCase());
  const schema = z
    .object({
      id: z.string().meta({ description: 'Id of the event; also the `webhook-id` header.' }),
      event: z.literal(type),
      type: z.literal(type),
      timestamp: z.iso.datetime().meta({ description: 'Time of the event.' }),
      data: z.object({ ...(example.endpointId !== null && endpoint), ...about, ...details }),
    })
    .meta({ id: `${name}Event` });
  const value = JSON.parse(operationalEventText('0199c0de-7a5e-7c3d-9b1a-3f2e1d0c9b8b', example));
  return { post: describeEvent(type, summary, schema, value) };
}
