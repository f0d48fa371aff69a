import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { createChangeFeed } from '#api/changes/change-feed.ts';
import { startTestApi, type TestApi } from '#test/api/test-api.ts';
import { eventually } from '#test/setup/eventually.ts';

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.close());

it('tells everybody who listens what has changed, and nothing else', async () => {
  const feed = createChangeFeed(api.db, { everyMs: 20 });
  const heard: string[][] = [[], []];
  const ends = heard.map((topics) => feed.listen((changed) => topics.push(...changed)));
  await eventually(async () => {
    await api.post('/api/v1/webhooks', { url: 'https://app.example.com/hook', events: ['new_lead'] });
    expect(heard.map((topics) => new Set(topics))).toEqual(heard.map(() => new Set(['endpoints', 'activity'])));
  });
  for (const end of ends) end();
});

it('streams hints without data to whoever may read', async () => {
  const response = await api.get('/api/v1/changes');
  expect(response.headers.get('content-type')).toMatch(/^text\/event-stream/);
  const reader = response.body?.getReader();
  const { value } = (await reader?.read()) ?? {};
  expect(new TextDecoder().decode(value)).toBe(': open\n\n');
  await reader?.cancel();
  const headers = { authorization: `Bearer ${await api.keyFor('webhooks:read')}` };
  expect((await api.request('GET', '/api/v1/changes', undefined, headers)).status).toBe(403);
});
