import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { publishOperationalEvents } from '#db/delivery/operational-events.ts';
import { addTotals } from '#db/delivery/totals.ts';
import { createAddressGuard } from '#delivery/address-guard.ts';
import { type OperationalEvent, operationalEventText, operationalEventTypes } from '#domain/delivery/operational-event.ts';
import { faultsOf, faultsOfEvent } from '#test/api/docs/openapi-check.ts';
import { startTestApi, type TestApi } from '#test/api/test-api.ts';
import { encryptionKey, newEndpoint } from '#test/db/delivery/delivery-rows.ts';

const root = '/api/v1/webhooks';
let api: TestApi;
beforeAll(async () => {
  const guard = createAddressGuard({ resolve: async () => [{ address: '93.184.215.14', family: 4 }] });
  api = await startTestApi({ delivery: { encryptionKey, guard } });
});
afterAll(() => api.close());

it('can be subscribed to like lead events, filtered by type, and counted in /metrics', async () => {
  const about = await newEndpoint(api.db);
  const created = await api.post(root, { url: 'https://ops.example/hook', events: ['new_lead', ...operationalEventTypes] });
  expect([created.status, await faultsOf('post', root, created)]).toEqual([201, []]);
  const { id } = (await created.json()) as { id: string };
  const toText = () => '{}';
  await publishOperationalEvents(api.db, [{ type: 'endpoint.failing', endpointId: about.id, at: new Date(), toText }]);
  const found = await api.get(`${root}/deliveries/?event_type=endpoint.failing`);
  expect(await faultsOf('get', `${root}/deliveries/`, found)).toEqual([]);
  expect(await found.json()).toMatchObject({ data: [{ endpoint_id: id, event_type: 'endpoint.failing', contact_id: null }] });
  await addTotals(api.db, 'attempts', new Map([['timeout', 3]]));
  const metrics = await (await api.get('/metrics')).text();
  expect(metrics).toMatch(/accord_webhook_operational_events_total{type="endpoint.failing"} 1\n/);
  expect(metrics).toMatch(/accord_webhook_operational_events_total{type="delivery.exhausted"} 0\n/);
  expect(metrics).toMatch(/accord_webhook_attempts_total{outcome="delivered"} 0\n/);
  expect(metrics).toMatch(/accord_webhook_attempts_total{outcome="timeout"} 3\n/);
});

it.each<OperationalEvent>([
  { type: 'endpoint.failing', endpointId: 'e', at: new Date(), errorClass: null },
  { type: 'endpoint.disable_warning', endpointId: 'e', at: new Date(), percent: 75 },
  { type: 'endpoint.disabled', endpointId: 'e', at: new Date(), reason: 'gone' },
  { type: 'endpoint.recovered', endpointId: 'e', at: new Date() },
  { type: 'delivery.exhausted', endpointId: 'e', at: new Date(), deliveryId: 'd', reason: 'permanent' },
  { type: 'deletes.stopped', endpointId: null, at: new Date(), account: 'square', reason: 'loss', lost: 37, linked: 1_200 },
])('$type has the documented form', (event) => {
  expect(faultsOfEvent(event.type, JSON.parse(operationalEventText('id', event)))).toEqual([]);
});
