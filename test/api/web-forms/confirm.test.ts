import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { type FormApi, startFormApi } from './web-form-api.ts';

const email = { name: 'email', label: 'Email', type: 'email', mapsTo: 'email' };
const forms = {
  asking: { title: 'Asking', trust: 'confirm', fields: [email] },
  limited: { title: 'Limited', trust: 'confirm', fields: [email] },
  plain: { title: 'Plain', fields: [email] },
};
const token = 'A'.repeat(43);

let api: FormApi;
beforeAll(async () => {
  api = await startFormApi({ forms });
});
afterAll(() => api.close());

const open = (path: string, method = 'GET') => fetch(`${api.url}/form/${path}`, { method, headers: { accept: 'text/html' } });

it('shows the same page for every link, and none for a form that asks for no confirmation', async () => {
  const pages = await Promise.all([token, 'x', encodeURIComponent('../\u0000')].map((each) => open(`asking/confirm/${each}`)));
  expect(pages.map(({ status }) => status)).toEqual([200, 200, 200]);
  expect(new Set(await Promise.all(pages.map((page) => page.text()))).size).toBe(1);
  expect((await open(`plain/confirm/${token}`)).status).toBe(404);
  expect((await open(`plain/confirm/${token}`, 'POST')).status).toBe(404);
});

it('refuses a link that is unknown, without a trace of its address elsewhere', async () => {
  const answer = await open(`asking/confirm/${token}`, 'POST');
  expect(answer.status).toBe(404);
  expect(Object.fromEntries(answer.headers)).toMatchObject({
    ...{ 'referrer-policy': 'no-referrer', 'x-robots-tag': 'noindex, nofollow', 'cache-control': 'no-store' },
  });
});

it('limits the requests of one address', async () => {
  for (let request = 0; request < 60; request += 1) expect((await open(`limited/confirm/${token}`, 'POST')).status).toBe(404);
  const refused = await open(`limited/confirm/${token}`, 'POST');
  expect([refused.status, refused.headers.has('retry-after')]).toEqual([429, true]);
});
