import { z } from 'zod';
import type { ZodOpenApiOperationObject } from 'zod-openapi';
import { type OperationalEvent, type OperationalEventType, operationalEventText } from '#domain/delivery/operational-event.ts';
import { describeEvent } from './lead-events-openapi.ts';

const about = {
  endpoint_id: z.string().meta({ description: 'The endpoint that it tells of, never the one that hears it.' }),
  message: z.string().meta({ description: 'What happened, in a sentence.' }),
};

const endpointId = '0199c0de-1f00-7000-8000-00000000000a';
const at = new Date('2025-01-01T12:00:00.000Z');

/** What is sent to those who subscribed to how endpoints fare. */
export const operationalWebhooks: Record<OperationalEventType, { post: ZodOpenApiOperationObject }> = {
  'endpoint.failing': describe(
    { type: 'endpoint.failing', endpointId, at, errorClass: 'timeout' },
    'An endpoint keeps failing: its breaker opened',
    { error_class: z.string().nullable().meta({ description: 'Of the last attempt.' }) },
  ),
  'endpoint.disable_warning': describe(
    { type: 'endpoint.disable_warning', endpointId, at, percent: 50 },
    'An endpoint is on its way to being disabled, at 50 and at 75 %',
    { percent: z.int().meta({ description: 'Of the 72 hours of only failures after which it is disabled.' }) },
  ),
  'endpoint.disabled': describe(
    { type: 'endpoint.disabled', endpointId, at, reason: 'failing' },
    'An endpoint was disabled, and by no person',
    {
      reason: z.enum(['failing', 'gone']).meta({ description: '`failing` for days, or `gone` by 410 or by its wish.' }),
    },
  ),
  'endpoint.recovered': describe({ type: 'endpoint.recovered', endpointId, at }, 'An endpoint answers again', {}),
  'delivery.exhausted': describe(
    { type: 'delivery.exhausted', endpointId, at, deliveryId: '0199c0de-2a00-7000-8000-00000000000b', reason: 'exhausted' },
    'A delivery of a lead event was given up',
    {
      delivery_id: z.string(),
      reason: z.string().meta({
        description: '`exhausted`: no retry is left. `permanent`: none would help. `gone`: the receiver wants nothing more.',
      }),
    },
  ),
};

/** By an example: its schema is that of the envelope, with these details. */
function describe(example: OperationalEvent, summary: string, details: Record<string, z.ZodType>) {
  const { type } = example;
  const name = type.replaceAll(/(?:^|[._])(\w)/g, (_, letter: string) => letter.toUpperCase());
  const schema = z
    .object({
      id: z.string().meta({ description: 'Of the event: the `webhook-id` header.' }),
      event: z.literal(type),
      type: z.literal(type),
      timestamp: z.iso.datetime().meta({ description: 'When it happened.' }),
      data: z.object({ ...about, ...details }),
    })
    .meta({ id: `${name}Event` });
  const value = JSON.parse(operationalEventText('0199c0de-7a5e-7c3d-9b1a-3f2e1d0c9b8b', example));
  return { post: describeEvent(type, summary, schema, value) };
}
