import { z } from 'zod';
import { noDelivery, replay } from '#api/delivery/deliveries.ts';
import { deliveryStates, deliveryWithAttempts, toAttempt, toDelivery } from '#api/delivery/delivery-schemas.ts';
import { toEndpoint } from '#api/delivery/endpoint-schemas.ts';
import { sendTestEvent, testEvent } from '#api/delivery/endpoint-tools.ts';
import { noEndpoint } from '#api/delivery/endpoints.ts';
import type { ApiDeps } from '#api/deps.ts';
import { defineOperation } from '#api/rest/operation.ts';
import { idParameter, pageOf, pageQuery, toPage } from '#api/rest/page.ts';
import { portalPath } from '#api/rest/session-cookie.ts';
import { listAttempts } from '#db/delivery/attempts.ts';
import { findDelivery, listDeliveries } from '#db/delivery/delivery-history.ts';
import { findEndpoint } from '#db/delivery/endpoints.ts';
import type { DeliveryRow } from '#db/delivery/tables.ts';
import { redactUrl } from '#delivery/headers.ts';
import { portalDelivery, portalEndpoint } from './portal-schemas.ts';

const tag = 'Portal';
const scope = 'portal';

/** The operations of a subscriber's link, on its own endpoints only. */
export const portalOperations = [
  defineOperation({
    method: 'get',
    path: portalPath,
    ...{ tag, scope },
    summary: 'List the endpoints of the link',
    response: { status: 200, description: 'The endpoints', data: z.object({ endpoints: z.array(portalEndpoint) }), isBare: true },
    async handle({ endpointIds }, { db }) {
      const rows = await Promise.all(endpointIds.map((id) => findEndpoint(db, id)));
      const endpoints = rows.flatMap((row) =>
        row ? [portalEndpoint.parse(toEndpoint({ ...row, url: redactUrl(row.url) }, null))] : [],
      );
      return { endpoints };
    },
  }),
  defineOperation({
    method: 'get',
    path: `${portalPath}/deliveries`,
    ...{ tag, scope },
    summary: 'List the deliveries to the endpoints of the link, newest first',
    query: z.strictObject({ endpoint_id: z.uuid().optional(), state: z.enum(deliveryStates).optional(), ...pageQuery }),
    response: { status: 200, description: 'A page of deliveries', data: pageOf(portalDelivery), isBare: true },
    async handle({ query: { endpoint_id, state, cursor, limit }, endpointIds }, { db }) {
      const wanted = endpointIds.filter((id) => endpoint_id === undefined || id === endpoint_id);
      const rows = await listDeliveries(db, { filter: { state, endpointIds: wanted }, cursor, limit: limit + 1 });
      return toPage(rows, limit, show);
    },
  }),
  defineOperation({
    method: 'get',
    path: `${portalPath}/deliveries/{id}`,
    ...{ tag, scope },
    summary: 'Get one delivery with its payload and attempts',
    params: idParameter,
    response: {
      status: 200,
      description: 'The delivery',
      data: deliveryWithAttempts.omit({ note: true }).meta({ id: 'PortalDeliveryWithAttempts' }),
      isBare: true,
    },
    problems: { 404: 'The endpoints of the link have no such delivery' },
    async handle({ params: { id }, endpointIds }, deps) {
      const row = await getOwnDelivery(deps, id, endpointIds);
      const attempts = await listAttempts(deps.db, id);
      return { ...show(row), payload: row.body && JSON.parse(row.body.toString()), attempt_log: attempts.map(toAttempt) };
    },
  }),
  defineOperation({
    method: 'post',
    path: `${portalPath}/deliveries/{id}/replay`,
    ...{ tag, scope },
    summary: 'Replay a delivery',
    description: 'Sends the same bytes under a new delivery id. `webhook-id` stays the same.',
    isAtomic: true,
    params: idParameter,
    response: { status: 202, description: 'The new delivery', data: portalDelivery, isBare: true },
    problems: {
      404: 'The endpoints of the link have no such delivery',
      409: 'Its endpoint is disabled, or retention has removed the payload',
    },
    async handle({ params: { id }, endpointIds, actor }, deps) {
      return show(await replay(deps, { original: await getOwnDelivery(deps, id, endpointIds), actor }));
    },
  }),
  defineOperation({
    method: 'post',
    path: `${portalPath}/endpoints/{id}/test`,
    ...{ tag, scope },
    summary: 'Send a test event',
    isAtomic: true,
    params: idParameter,
    response: { status: 202, description: 'The test event is due', data: testEvent, isBare: true },
    problems: { 404: 'The link has no such endpoint', 409: 'The endpoint is disabled' },
    async handle({ params: { id }, endpointIds, actor }, deps) {
      if (!endpointIds.includes(id)) throw noEndpoint(id);
      return sendTestEvent(deps, { id, actor });
    },
  }),
];

/** Throws a 404 problem for a delivery to another endpoint as well: its existence is nobody else's business. */
async function getOwnDelivery({ db }: ApiDeps, id: string, endpointIds: readonly string[]) {
  const row = await findDelivery(db, id);
  if (!row || !endpointIds.includes(row.endpoint_id)) throw noDelivery(id);
  return row;
}

function show(row: DeliveryRow): z.input<typeof portalDelivery> {
  const { note: _, ...shown } = toDelivery(row);
  return shown;
}
