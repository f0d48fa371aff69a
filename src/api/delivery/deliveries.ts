import { z } from 'zod';
import type { ApiDeps } from '#api/deps.ts';
import { type ApiProblem, conflict, notFound } from '#api/rest/errors.ts';
import { defineOperation } from '#api/rest/operation.ts';
import { idParameter, pageOf, pageQuery, timeFilter, toPage } from '#api/rest/page.ts';
import { recordAudit } from '#db/audit-log.ts';
import { listAttempts } from '#db/delivery/attempts.ts';
import { cancelDelivery, makeNextDue, replayDelivery } from '#db/delivery/delivery-actions.ts';
import { findDelivery, listDeliveries } from '#db/delivery/delivery-history.ts';
import { findEndpoint } from '#db/delivery/endpoints.ts';
import type { DeliveryRow } from '#db/delivery/tables.ts';
import { delivery, deliveryStates, deliveryWithAttempts, eventTypes, toAttempt, toDelivery } from './delivery-schemas.ts';
import { endpointDisabled } from './endpoint-tools.ts';

const root = '/api/v1/webhooks/deliveries';

const filters = {
  state: z.enum(deliveryStates).optional(),
  endpoint_id: z.uuid().optional(),
  event_id: z.uuid().optional(),
  event_type: z.enum(eventTypes).optional(),
  contact_id: z.uuid().optional(),
  error_class: z.string().max(100).optional().meta({ description: 'Error class of the last attempt, such as `timeout`.' }),
  status_class: z.enum(['2xx', '3xx', '4xx', '5xx']).optional().meta({ description: 'Status of the last response.' }),
  since: timeFilter.optional(),
  until: timeFilter.optional(),
};

export const deliveryOperations = [
  defineOperation({
    method: 'get',
    path: `${root}/`,
    tag: 'Lead webhooks',
    summary: 'List deliveries, newest first',
    scope: 'webhooks:read',
    query: z.strictObject({ ...filters, ...pageQuery }),
    response: { status: 200, description: 'A page of deliveries', data: pageOf(delivery), isBare: true },
    async handle({ query }, { db }) {
      const { state, endpoint_id, event_id, event_type, contact_id, error_class, status_class, since, until, cursor, limit } =
        query;
      const filter = {
        ...{ state, endpointId: endpoint_id, eventId: event_id, eventType: event_type, contactId: contact_id, since, until },
        ...{ errorClass: error_class, statusClass: status_class && Number(status_class[0]) },
      };
      return toPage(await listDeliveries(db, { filter, cursor, limit: limit + 1 }), limit, toDelivery);
    },
  }),
  defineOperation({
    method: 'get',
    path: `${root}/{id}`,
    tag: 'Lead webhooks',
    summary: 'Get one delivery with its payload and attempts',
    scope: 'webhooks:read',
    params: idParameter,
    response: { status: 200, description: 'The delivery', data: deliveryWithAttempts, isBare: true },
    problems: { 404: 'No such delivery' },
    async handle({ params }, { db }) {
      const [row, attempts] = await Promise.all([findDelivery(db, params.id), listAttempts(db, params.id)]);
      if (!row) throw noDelivery(params.id);
      const payload = row.body && JSON.parse(row.body.toString());
      return { ...toDelivery(row), payload, attempt_log: attempts.map(toAttempt) };
    },
  }),
  defineOperation({
    method: 'post',
    path: `${root}/{id}/retry`,
    tag: 'Lead webhooks',
    summary: 'Retry a delivery now',
    description:
      'For a pending delivery, even if the breaker of its endpoint is open: a success closes the breaker. Uses up one of its retries.',
    scope: 'webhooks:write',
    isAtomic: true,
    params: idParameter,
    response: { status: 202, description: 'The delivery is due now', data: delivery, isBare: true },
    problems: { 404: 'No such delivery', 409: 'The delivery is not pending, or its endpoint is disabled' },
    async handle({ params: { id }, actor }, deps) {
      await assertActive(deps, await getDelivery(deps, id));
      const row = await makeNextDue(deps.db, id, 'manual');
      if (!row) throw notPending(await getDelivery(deps, id));
      await recordAudit(deps.db, { actor, action: 'delivery.retry', target: id });
      return toDelivery(row);
    },
  }),
  defineOperation({
    method: 'post',
    path: `${root}/{id}/cancel`,
    tag: 'Lead webhooks',
    summary: 'Cancel a delivery',
    description: 'For a pending delivery. An attempt in flight may still arrive.',
    scope: 'webhooks:write',
    isAtomic: true,
    params: idParameter,
    response: { status: 200, description: 'The cancelled delivery', data: delivery, isBare: true },
    problems: { 404: 'No such delivery', 409: 'The delivery is not pending' },
    async handle({ params: { id }, actor }, deps) {
      const row = await cancelDelivery(deps.db, id);
      if (!row) throw notPending(await getDelivery(deps, id));
      await recordAudit(deps.db, { actor, action: 'delivery.cancel', target: id });
      return toDelivery(row);
    },
  }),
  defineOperation({
    method: 'post',
    path: `${root}/{id}/replay`,
    tag: 'Lead webhooks',
    summary: 'Replay a delivery',
    description:
      'Sends the same bytes under a new delivery id, whatever the state of the first one. `webhook-id` stays the same.',
    scope: 'webhooks:write',
    isAtomic: true,
    params: idParameter,
    response: { status: 202, description: 'The new delivery', data: delivery, isBare: true },
    problems: { 404: 'No such delivery', 409: 'Its endpoint is disabled, or retention has removed the payload' },
    async handle({ params: { id }, actor }, deps) {
      return toDelivery(await replay(deps, { original: await getDelivery(deps, id), actor }));
    },
  }),
];

async function getDelivery({ db }: ApiDeps, id: string): Promise<DeliveryRow & { body: Buffer | null }> {
  const row = await findDelivery(db, id);
  if (!row) throw noDelivery(id);
  return row;
}

/** Makes the event of a delivery due again. Throws a 409 problem when its endpoint or its payload is not there any more. */
export async function replay(
  deps: ApiDeps,
  { original, actor }: { original: DeliveryRow & { body: Buffer | null }; actor: string },
): Promise<DeliveryRow> {
  await assertActive(deps, original);
  if (original.body === null) throw conflict('payload-gone', 'Retention has removed the payload of this delivery.');
  const row = await replayDelivery(deps.db, original);
  await recordAudit(deps.db, { actor, action: 'delivery.replay', target: original.id, details: { deliveryId: row.id } });
  return row;
}

/** Throws a 409 problem when the endpoint is deleted or disabled. */
export async function assertActive({ db }: ApiDeps, { endpoint_id }: Pick<DeliveryRow, 'endpoint_id'>): Promise<void> {
  const endpoint = await findEndpoint(db, endpoint_id);
  if (!endpoint) throw conflict('endpoint-deleted', 'The endpoint of this delivery was deleted.');
  if (!endpoint.is_active) throw endpointDisabled();
}

/** The 404 problem of an unknown delivery. */
export const noDelivery = (id: string): ApiProblem => notFound(`There is no delivery ${id}.`);

function notPending({ state }: DeliveryRow): ApiProblem {
  const advice = state === 'dead' ? 'Redrive it instead.' : 'Replay it to send it once more.';
  return conflict('not-waiting', `The delivery is ${state}. ${advice}`);
}
