import { afterAll, beforeEach, describe, expect, it } from '@jest/globals';
import { namesOf, startHarness } from './harness.ts';

const google = await startHarness();
const { list, people } = google;

beforeEach(() => google.reset());
afterAll(() => google.close());

const named = (givenName: string) => ({ names: [{ givenName }] });
const seed = async (count: number): Promise<string[]> =>
  (await people(Array.from({ length: count }, (_, index) => named(`Person ${index}`)))).people;

describe('a listing', () => {
  it('Google docs (connections.list): returns 100 people per page by default or for 0, and at most 1,000', async () => {
    await seed(101);
    expect((await list()).json.connections).toHaveLength(100);
    expect((await list({ pageSize: 0 })).json.connections).toHaveLength(100);
    expect((await list({ pageSize: 1_000 })).json).toMatchObject({ totalItems: 101, totalPeople: 101 });
    expect((await list({ pageSize: 1_001 })).json.error).toMatchObject({ code: 400, status: 'INVALID_ARGUMENT' });
  });

  it('omits `connections` if there are none: an assumption', async () => {
    expect((await list()).json).toEqual({ totalItems: 0, totalPeople: 0 });
  });

  it('Google docs: contains every person once over all pages, the last changed last', async () => {
    const [first, ...others] = await seed(5);
    await people({ touch: [first] });
    const one = await list({ pageSize: 3 });
    const two = await list({ pageSize: 3, pageToken: one.json.nextPageToken });
    expect([...namesOf(one), ...namesOf(two)]).toEqual([...others, first]);
    expect(two.json).not.toHaveProperty('nextPageToken');
  });

  it.each([
    ['FIRST_NAME_ASCENDING', ['Ada', 'Eve', 'Zoe']],
    ['LAST_NAME_ASCENDING', ['Zoe', 'Ada', 'Eve']],
    ['LAST_MODIFIED_DESCENDING', ['Eve', 'Zoe', 'Ada']],
  ])('Google docs (SortOrder): %s', async (sortOrder, order) => {
    const called = (givenName: string, familyName: string) => ({ names: [{ givenName, familyName }] });
    await people([called('Ada', 'Moe'), called('Zoe', 'Lee'), called('Eve', 'Ray')]);
    const { connections } = (await list({ sortOrder })).json;
    expect(connections.map(({ names }: { names: { givenName: string }[] }) => names[0]?.givenName)).toEqual(order);
  });

  it('Google docs: a page token requires the same other parameters', async () => {
    await seed(3);
    const { nextPageToken: pageToken } = (await list({ pageSize: 2 })).json;
    expect((await list({ pageSize: 1, pageToken })).json.error).toMatchObject({ code: 400, status: 'INVALID_ARGUMENT' });
    expect((await list({ pageSize: 2, pageToken })).status).toBe(200);
  });
});
