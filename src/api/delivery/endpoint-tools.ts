import { z } from 'zod';
import type { ApiDeps } from '#api/deps.ts';
import { ApiProblem } from '#api/rest/errors.ts';
import { defineOperation } from '#api/rest/operation.ts';
import { idParameter, timeOf } from '#api/rest/page.ts';
import { recordAudit } from '#db/audit-log.ts';
import { notifyDue } from '#db/delivery/deliveries.ts';
import { makeNextDue } from '#db/delivery/delivery-actions.ts';
import { rotateSecret } from '#db/delivery/endpoint-secrets.ts';
import { publishTestEvent } from '#db/delivery/outbox-events.ts';
import { newSecret } from '#delivery/sign.ts';
import { testEventText } from '#domain/delivery/lead-event.ts';
import { getEndpoint, noEndpoint, requireDeliverySettings } from './endpoints.ts';

/** The ids of a test event and of its delivery. */
export const testEvent = z.object({ event_id: z.string(), delivery_id: z.string() });

const maxOverlapHours = 7 * 24;

/** Operations on an endpoint other than changing its settings. */
export const endpointToolOperations = [
  defineOperation({
    method: 'post',
    path: '/api/v1/webhooks/{id}/test',
    tag: 'Lead webhooks',
    summary: 'Send a test event',
    description:
      'Sends an event of type `webhook.test`, whatever the endpoint subscribed to, before its pending deliveries and even if its breaker is open. Get the delivery to see the result.',
    scope: 'webhooks:write',
    isAtomic: true,
    params: idParameter,
    response: {
      status: 202,
      description: 'The test event is due',
      data: testEvent,
      isBare: true,
    },
    problems: { 404: 'No such endpoint', 409: 'The endpoint is disabled' },
    handle: ({ params: { id }, actor }, deps) => sendTestEvent(deps, { id, actor }),
  }),
  defineOperation({
    method: 'post',
    path: '/api/v1/webhooks/{id}/rotate-secret',
    tag: 'Lead webhooks',
    summary: 'Rotate the secret',
    description:
      'Deliveries are signed with the new secret, and until the overlap ends with the old one as well. Earlier secrets keep their overlap. Only this response contains the new secret.',
    scope: 'webhooks:write',
    isAtomic: true,
    params: idParameter,
    body: z
      .strictObject({
        overlap_hours: z
          .number()
          .min(0)
          .max(maxOverlapHours)
          .default(24)
          .meta({ description: 'How long both secrets sign: 0 to 168 hours.' }),
        immediate: z
          .boolean()
          .default(false)
          .meta({ description: 'End all earlier secrets now, for example because one leaked.' }),
      })
      .prefault({}),
    response: {
      status: 200,
      description: 'The new secret',
      data: z.object({ id: z.string(), secret: z.string(), previous_secret_expires_at: z.iso.datetime().nullable() }),
      isBare: true,
    },
    problems: { 404: 'No such endpoint', 409: 'ACCORD_ENCRYPTION_KEY is not set, or ten earlier secrets still sign' },
    async handle({ params: { id }, body, actor }, deps) {
      const { encryptionKey } = requireDeliverySettings(deps);
      const overlapSeconds = body.immediate ? 0 : Math.round(body.overlap_hours * 3_600);
      const secret = newSecret();
      const rotated = await rotateSecret(deps.db, encryptionKey, { id, secret, overlapSeconds });
      if (rotated.outcome === 'not-found') throw noEndpoint(id);
      if (rotated.outcome === 'too-many') throw tooManySecrets();
      // A drain that runs reloads the endpoint.
      await notifyDue(deps.db, [id]);
      await recordAudit(deps.db, { actor, action: 'webhook.rotate-secret', target: id, details: { overlapSeconds } });
      return { id, secret, previous_secret_expires_at: timeOf(rotated.until) };
    },
  }),
];

/** Makes a test event for an endpoint due. Throws a 404 or a 409 problem. */
export async function sendTestEvent(
  deps: ApiDeps,
  { id, actor }: { id: string; actor: string },
): Promise<z.input<typeof testEvent>> {
  const endpoint = await getEndpoint(deps, id);
  if (!endpoint.is_active) throw endpointDisabled();
  const at = new Date();
  const toText = (eventId: string) => testEventText(eventId, at);
  const { eventId, deliveryId } = await publishTestEvent(deps.db, { endpointId: id, occurredAt: at, toText });
  await makeNextDue(deps.db, deliveryId, 'test');
  await recordAudit(deps.db, { actor, action: 'webhook.test', target: id, details: { deliveryId } });
  return { event_id: eventId, delivery_id: deliveryId };
}

const tooManySecrets = () =>
  new ApiProblem({
    ...{ status: 409, code: 'too-many-secrets' },
    detail: 'Ten earlier secrets of this endpoint still sign. Wait until one ends, or end them all with `immediate`.',
  });

/** The 409 problem of an operation that needs an active endpoint. */
export function endpointDisabled(): ApiProblem {
  return new ApiProblem({ status: 409, code: 'switched-off', detail: 'The endpoint is disabled. Enable it first.' });
}
