import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { gohighlevel } from '#providers/index.ts';
import { startTestApi, type TestApi } from '#test/api/test-api.ts';
import { ghlEvent, postEvent } from './ghl-webhook.ts';

let api: TestApi;
beforeAll(async () => {
  const { id, webhookRoutes = [] } = gohighlevel;
  const provider = { id, webhookRoutes, settings: null, notConnected: 'GoHighLevel is not connected.', isUnknown: true };
  api = await startTestApi({ providers: [provider] });
});
afterAll(() => api.close());

it('a webhook is to be sent again while the database could not tell which accounts are connected', async () => {
  const response = await postEvent(api, ghlEvent({ id: 'early' }));
  expect([response.status, response.headers.get('retry-after')]).toEqual([429, '60']);
});
