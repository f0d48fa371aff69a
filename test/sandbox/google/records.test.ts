import { afterAll, beforeEach, describe, expect, it } from '@jest/globals';
import { namesOf, startHarness } from './harness.ts';

const google = await startHarness();
const { control, create, get, list, people, set, since, sync } = google;

beforeEach(() => google.reset());
afterAll(() => google.close());

describe('a user of Google Contacts', () => {
  it('creates contacts and labels, with given resource names if needed', async () => {
    const { groups, people: names } = await people({ groups: ['Customers'], people: [{ resourceName: 'people/c42' }, {}] });
    expect(names).toEqual(['people/c42', expect.stringMatching(/^people\/c\d+$/)]);
    expect(groups).toMatchObject({ Customers: expect.any(String), myContacts: 'contactGroups/myContacts' });
    expect((await get('people/c42')).metadata.sources[0].id).toBe('2a');
  });

  it('replaces the given fields, clears those with [], and leaves the others', async () => {
    const { resourceName } = await create({
      names: [{ givenName: 'Ada' }],
      urls: [{ value: 'x' }],
      biographies: [{ value: 'y' }],
    });
    await people([{ resourceName, urls: [], biographies: [{ value: 'z' }] }]);
    const person = await get(resourceName, 'names,urls,biographies');
    expect(person).toMatchObject({ names: [{ givenName: 'Ada' }], biographies: [{ value: 'z' }] });
    expect(person).not.toHaveProperty('urls');
  });

  it('needs no etag, quota or token, and its changes are seen by sync', async () => {
    set({ criticalWritesPerMinute: 0, propagationDelayMs: 60_000 });
    const token = await sync();
    const { people: names } = await people([{}]);
    expect(namesOf(await since(token))).toEqual([]);
    google.advance(60_000);
    expect(namesOf(await since(token))).toEqual(names);
  });

  it.each([
    ['a field that is none', { people: [{ resourceName: 'people/c7' }, { nope: [] }] }],
    ['two names', { people: [{ resourceName: 'people/c7' }, { names: [{ givenName: 'a' }, { givenName: 'b' }] }] }],
    ['a contact that is none', { people: [{ resourceName: 'people/c7' }], touch: ['people/c1'] }],
    ['a contact that was not deleted', { people: [{ resourceName: 'people/c7' }], restore: ['people/c7'] }],
    ['a key that is none', { contacts: [] }],
  ])('is told of %s, and nothing is written', async (_, change) => {
    expect((await control('POST', 'records', change)).status).toBe(400);
    expect((await list()).json.totalItems).toBe(0);
  });

  it('lists all contacts, or those with one email', async () => {
    const [ada] = (await people([{ emailAddresses: [{ value: 'ada@example.com' }] }, {}])).people;
    expect((await control('GET', 'records?limit=1')).json).toMatchObject({ total: 2, people: [{ resourceName: ada }] });
    const { json } = await control('GET', 'records?email=ada@example.com');
    expect(json).toMatchObject({ total: 1, people: [{ resourceName: ada }], groups: { starred: 'contactGroups/starred' } });
  });
});
