import { afterAll, beforeEach, describe, expect, it } from '@jest/globals';
import { startHarness } from './harness.ts';

const google = await startHarness();
const { api, control, create, list } = google;
const createPath = '/v1/people:createContact';

beforeEach(() => google.reset());
afterAll(() => google.close());

const total = async () => (await list()).json.totalItems;

describe('faults', () => {
  it('a create whose answer is lost took effect, and a retry makes a second contact', async () => {
    await control('POST', 'faults', { method: 'POST', path: createPath, dropResponse: true, times: 1 });
    await expect(create({})).rejects.toThrow();
    expect(await total()).toBe(1);
    await create({});
    expect(await total()).toBe(2);
  });

  it('a create that never arrived has no effect', async () => {
    await control('POST', 'faults', { method: 'POST', path: createPath, dropRequest: true, times: 1 });
    await expect(create({})).rejects.toThrow();
    expect(await total()).toBe(0);
  });

  it('a delete retried after a lost answer is a 404', async () => {
    const { resourceName } = await create({});
    await control('POST', 'faults', { method: 'DELETE', path: '/v1/people/*', afterWrite: true, status: 503, times: 1 });
    expect((await google.remove(resourceName)).status).toBe(503);
    expect((await google.remove(resourceName)).status).toBe(404);
  });

  it('integrators report 503 with an HTML page for large reads', async () => {
    const html = '<html><title>Error 502 (Server Error)!!1</title></html>';
    await control('POST', 'faults', { path: '/v1/people/me/connections', status: 502, body: html, times: 1 });
    const answer = await list();
    expect([answer.status, answer.text]).toEqual([502, html]);
    expect((await api('GET', 'people/me/connections?personFields=names')).status).toBe(200);
  });
});
