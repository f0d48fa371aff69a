import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { countHeads, toUndecided } from '#dev/demonstration/head-count.ts';
import { openPlaces, type Place } from '#dev/demonstration/places.ts';
import { sandboxes } from '#sandbox/index.ts';
import { coldLeads, control, type Sandboxes, startSandboxes } from '#test/setup/accord.ts';
import { closeSandboxes } from '#test/setup/sandboxes.ts';

const audienceTargets = Object.keys(coldLeads.then);

let running: Sandboxes;
let places: Place[];
beforeAll(async () => {
  running = await startSandboxes(sandboxes.map(({ id }) => id));
  const accounts = Object.values(running).map(({ id, url, controlUrl }) => [id, { url, control: controlUrl }]);
  places = openPlaces(Object.fromEntries(accounts), { audienceTargets, signal: new AbortController().signal });
});
afterAll(() => closeSandboxes(running));

const ada = { givenName: 'Ada', familyName: 'Lovelace' };
const grace = { givenName: 'Grace', familyName: 'Hopper' };

beforeEach(async () => {
  for (const sandbox of Object.values(running)) await control(sandbox, 'POST', 'reset');
  for (const { isMember, save } of places) await save(isMember ? [ada, grace] : [ada]);
});

describe('countHeads', () => {
  it('counts the people of every sandbox', async () => {
    expect(await countHeads(places, 2)).toEqual({
      members: ['GoHighLevel', 'Square', 'Google'].map((title) => ({ title, people: 2 })),
      audienceTargets: [{ title: 'CallTools', people: 1 }],
    });
  });

  it('throws when a person has two records', async () => {
    await places.find(({ id }) => id === 'square')?.save([ada]);
    await expect(countHeads(places, 2)).rejects.toThrow('Square has duplicates: 3 records of 2 people.');
  });

  it('throws when a person is missing', async () => {
    await expect(countHeads(places, 3)).rejects.toThrow('GoHighLevel has 2 of 3 contacts.');
  });

  it('leaves out the contacts of an open candidate, which are not everywhere', async () => {
    const members = places.filter(({ isMember }) => isMember);
    const known = await Promise.all(
      members.map(async ({ id: provider, find }) => {
        const person = (await find()).find(({ givenName }) => givenName === ada.givenName);
        return { provider, externalId: person?.id ?? null };
      }),
    );
    const [newcomer = null] = (await places.find(({ id }) => id === 'square')?.save([ada])) ?? [];
    const undecided = toUndecided([
      {
        sides: [
          { contactId: 'known', records: known },
          { contactId: 'new', records: [{ provider: 'square', externalId: newcomer }] },
        ],
      },
    ]);
    expect((await countHeads(places, 3, undecided)).members).toEqual(members.map(({ title }) => ({ title, people: 1 })));
    await expect(countHeads(places, 4, undecided)).rejects.toThrow('GoHighLevel has 1 of 2 contacts.');
  });
});
