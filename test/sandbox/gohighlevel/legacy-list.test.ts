import { afterAll, beforeEach, describe, expect, it } from '@jest/globals';
import { startHarness } from './harness.ts';

const ghl = await startHarness();
const { api, control, locationId } = ghl;
const list = (query: Record<string, string> = {}) => api('GET', `/contacts/?${new URLSearchParams({ locationId, ...query })}`);

beforeEach(() => ghl.reset());
afterAll(() => ghl.close());

describe('GET /contacts/, deprecated', () => {
  it('integrators report: returns names in lower case and the original ones', async () => {
    await control('POST', '/records', [{ name: 'Ada Lovelace' }]);
    expect((await list()).json).toMatchObject({
      count: 1,
      contacts: [{ firstName: 'ada', firstNameRaw: 'Ada', lastName: 'lovelace' }],
    });
  });

  it('HighLevel docs: returns 20 per page by default and at most 100', async () => {
    await control(
      'POST',
      '/records',
      Array.from({ length: 25 }, (_, index) => ({ firstName: `n${index}` })),
    );
    expect((await list()).json.contacts).toHaveLength(20);
    expect((await list({ limit: '101' })).status).toBe(422);
  });

  it('HighLevel docs: continues from `startAfter` and `startAfterId`, also among contacts of one millisecond', async () => {
    const names = ['ada', 'bob', 'cyd', 'dan', 'eve'];
    await control(
      'POST',
      '/records',
      names.map((firstName) => ({ firstName })),
    );
    const seen: string[] = [];
    let next: Record<string, string> = {};
    for (let page = 0; page < 3; page += 1) {
      const { contacts, meta } = (await list({ limit: '2', ...next })).json;
      seen.push(...contacts.map(({ firstName }: { firstName: string }) => firstName));
      next = { startAfter: String(meta.startAfter), startAfterId: meta.startAfterId };
      expect(meta.total).toBe(5);
      if (page === 2) expect(meta).not.toHaveProperty('nextPageUrl');
      else expect(meta.nextPageUrl).toMatch('http://services.internal/contacts/');
    }
    expect(seen.toSorted()).toEqual(names);
  });

  it('searches by name, email and phone', async () => {
    await control('POST', '/records', [{ firstName: 'Ada', phone: '+12025550143' }, { firstName: 'Bob' }]);
    expect((await list({ query: '0143' })).json.contacts).toMatchObject([{ firstNameRaw: 'Ada' }]);
  });
});
