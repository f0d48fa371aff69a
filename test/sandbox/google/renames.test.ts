import { afterAll, beforeEach, describe, expect, it } from '@jest/globals';
import { mask, namesOf, startHarness } from './harness.ts';

const google = await startHarness();
const { get, list, people, set, since, sync } = google;

beforeEach(() => google.reset());
afterAll(() => google.close());

const named = (givenName: string) => ({ names: [{ givenName }] });
const seed = async (count: number): Promise<string[]> =>
  (await people(Array.from({ length: count }, (_, index) => named(`Person ${index}`)))).people;

describe('people that change their resource name', () => {
  it('Google docs (PersonMetadata): the former name is returned only for a sync token', async () => {
    const [old] = (await seed(1)) as [string];
    const token = await sync();
    const renamed: string = (await people({ rename: [old] })).renamed[old];
    const { connections } = (await since(token)).json;
    expect(connections).toMatchObject([
      { resourceName: old, metadata: { deleted: true } },
      { resourceName: renamed, metadata: { previousResourceNames: [old] } },
    ]);
    expect((await list({ requestSyncToken: true })).json.connections[0].metadata).not.toHaveProperty('previousResourceNames');
    expect((await get(renamed)).metadata).not.toHaveProperty('previousResourceNames');
  });

  it('may leave no tombstone under the old name', async () => {
    set({ renameTombstone: false });
    const [old] = (await seed(1)) as [string];
    const token = await sync();
    const { renamed } = await people({ rename: [old] });
    expect(namesOf(await since(token))).toEqual([renamed[old]]);
    expect((await list()).json.totalItems).toBe(1);
  });

  it('Google docs (PersonResponse): a read by the old name finds the person under the new one', async () => {
    const [old] = (await seed(1)) as [string];
    const first: string = (await people({ rename: [old] })).renamed[old];
    const second: string = (await people({ rename: [first] })).renamed[first];
    expect(await get(old)).toMatchObject({ resourceName: second });
    const { responses } = (await google.api('GET', `people:batchGet?resourceNames=${old}&personFields=${mask}`)).json;
    expect(responses).toMatchObject([{ requestedResourceName: old, person: { resourceName: second } }]);
  });

  it('a merge deletes the loser and gives its values to the winner: an assumption', async () => {
    const at = (value: string) => ({ ...named(value), emailAddresses: [{ value: `${value}@example.com` }] });
    const [ada, bob] = (await people([at('ada'), at('bob')])).people;
    const token = await sync();
    await people({ merge: [{ into: ada, from: [bob] }] });
    const { connections } = (await since(token)).json;
    expect(connections).toMatchObject([
      {
        resourceName: ada,
        names: [{ givenName: 'ada' }],
        emailAddresses: [{ value: 'ada@example.com' }, { value: 'bob@example.com' }],
      },
      { resourceName: bob, metadata: { deleted: true } },
    ]);
    expect((await google.api('GET', `${bob}?personFields=names`)).status).toBe(404);
  });

  it('a merge may keep the loser’s name', async () => {
    set({ mergeKeepsNames: true });
    const [ada, bob] = await seed(2);
    await people({ merge: [{ into: ada, from: [bob] }] });
    expect(await get(bob as string)).toMatchObject({ resourceName: ada });
  });

  it('a touch changes the etag and no value', async () => {
    const [ada] = (await seed(1)) as [string];
    const [token, before] = [await sync(), await get(ada)];
    await people({ touch: [ada] });
    const [after] = (await since(token)).json.connections;
    expect(after.etag).not.toBe(before.etag);
    expect(after.names).toEqual(before.names);
  });
});
