import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { createApiKey } from '#db/api-keys.ts';
import { markRefusedDirty } from '#db/contacts/dirty-links.ts';
import { listLinks } from '#db/contacts/links.ts';
import { setAccountMode } from '#db/sync/account-modes.ts';
import type { Person, PersonEdit } from '#sandbox/core/people.ts';
import { type Accord, control, startAccord } from '#test/setup/accord.ts';
import { eventually } from '#test/setup/eventually.ts';
import { eventuallyPolled, untilIdle } from '#test/setup/hub.ts';
import { reconcileNow, writesSince } from '#test/setup/passes.ts';
import { nextFamilyName, nextPhone } from '#test/setup/people.ts';
import { pollNow } from '#test/setup/polls.ts';
import { suffixOf } from '#test/setup/sandboxes.ts';

/**
 * Two locations of GoHighLevel and two accounts of Google Contacts, each pair in one sandbox. East and the office hold only people that
 * they have already. Both Google accounts call themselves `me`, and their resource names are the same.
 */
const east = 'gohighlevel';
const west = 'gohighlevel-west';
const office = 'google-office';
let accord: Accord;
beforeAll(async () => {
  const sharing = { [east]: 'linked', [office]: 'linked' } as const;
  accord = await startAccord({ providers: [east, west, 'google', office], audiences: [], sharing });
  await pollNow(accord, 'google');
  await pollNow(accord, office);
});
afterAll(() => accord.close());

type Place = typeof east | typeof west | 'google';
type AnyPlace = Place | typeof office;

const sandboxOf = (place: AnyPlace) => accord.sandboxes[place === 'google' || place === office ? 'google' : 'gohighlevel'];

function at(place: AnyPlace, path: string): string {
  const account = suffixOf(place);
  return account === null ? path : `${path}${path.includes('?') ? '&' : '?'}account=${account}`;
}

async function save(place: AnyPlace, ...people: Partial<PersonEdit>[]): Promise<string[]> {
  return (await control<{ ids: string[] }>(sandboxOf(place), 'POST', at(place, 'people'), { people })).ids;
}

async function find(place: AnyPlace, email: string): Promise<Person[]> {
  const path = at(place, `people?${new URLSearchParams({ email })}`);
  return (await control<{ people: Person[] }>(sandboxOf(place), 'GET', path)).people;
}

/** Waits until the places have so many records of this person, and no others appear. */
async function untilFound(email: string, counts: Record<Place, number>): Promise<Record<Place, Person[]>> {
  return eventuallyPolled(accord, async () => {
    const found = { [east]: await find(east, email), [west]: await find(west, email), google: await find('google', email) };
    expect(Object.fromEntries(Object.entries(found).map(([place, people]) => [place, people.length]))).toEqual(counts);
    return found;
  });
}

/** Waits until each of these people has one record at every place. */
async function untilEverywhere(persons: { email: string }[]): Promise<void> {
  await eventuallyPolled(accord, async () => {
    for (const place of [east, west, 'google'] as const) {
      const { people } = await control<{ people: Person[] }>(sandboxOf(place), 'GET', at(place, 'people'));
      const counts = persons.map(({ email }) => people.filter(({ emails }) => emails.includes(email)).length);
      expect([place, counts]).toEqual([place, persons.map(() => 1)]);
    }
  });
}

function newPerson() {
  const phone = nextPhone();
  return { givenName: 'Ada', familyName: nextFamilyName(), phone, email: `ada.${phone.slice(-4)}@example.com` };
}

const contactOf = (externalId: string) => accord.contactIdOf(externalId);
const linksOf = async (contactId: string) =>
  (await listLinks(accord.db, contactId))
    .filter(({ state }) => state === 'linked')
    .map(({ provider }) => provider)
    .toSorted();

async function get<T>(path: string): Promise<T> {
  return ((await (await request(path)).json()) as { data: T }).data;
}

async function request(path: string): Promise<Response> {
  const { key } = await createApiKey(accord.db, { name: 'test', scopes: ['admin'] });
  return fetch(accord.api.url + path, { headers: { authorization: `Bearer ${key}` } });
}

/** Requests to a location's API since the log had `after` entries, without those of its other location. */
function callsTo(place: typeof east | typeof west, after: number) {
  const requests = accord.sandboxes.gohighlevel.requests(after);
  return requests.filter(({ account }) => (account === 'west') === (place === west));
}

const logged = () => accord.sandboxes.gohighlevel.requests().at(-1)?.sequence ?? 0;

describe('a person in one location', () => {
  it('appears in the other one and in Google, if sharing says so', async () => {
    const person = newPerson();
    const [id = ''] = await save(east, person);
    await untilFound(person.email, { [east]: 1, [west]: 1, google: 1 });
    await untilIdle(accord, id);
    expect(await linksOf(await contactOf(id))).toEqual([east, west, 'google'].toSorted());
  });

  it('stays out of a location that keeps only people that it has', async () => {
    const person = newPerson();
    const [id = ''] = await save(west, person);
    await untilFound(person.email, { [east]: 0, [west]: 1, google: 1 });
    await untilIdle(accord, id);
    expect(await linksOf(await contactOf(id))).toEqual([west, 'google'].toSorted());
    expect(await find(east, person.email)).toEqual([]);
  });

  it('is edited in the other one, once both have it', async () => {
    const person = newPerson();
    await save(east, person);
    const found = await untilFound(person.email, { [east]: 1, [west]: 1, google: 1 });
    const familyName = nextFamilyName();
    await save(west, { id: found[west][0]?.id ?? '', familyName });
    await eventuallyPolled(accord, async () => {
      for (const place of [east, west, 'google'] as const)
        expect(await find(place, person.email)).toMatchObject([{ familyName }]);
    });
  });
});

describe('the same person in both locations', () => {
  it('is one contact with a link to each, and no double', async () => {
    const person = newPerson();
    const [[eastId = ''], [westId = '']] = await Promise.all([save(east, person), save(west, person)]);
    await untilFound(person.email, { [east]: 1, [west]: 1, google: 1 });
    await eventually(async () => expect(await contactOf(eastId)).toBe(await contactOf(westId)));
    await untilIdle(accord, eastId);
    expect(await linksOf(await contactOf(eastId))).toEqual([east, west, 'google'].toSorted());
    await untilFound(person.email, { [east]: 1, [west]: 1, google: 1 });
    expect(await get('/api/v1/doubles')).toEqual({ doubles: [], next: null });
  });

  it('is found by the id of either record, with or without its account', async () => {
    const person = newPerson();
    const [[eastId = ''], [westId = '']] = await Promise.all([save(east, person), save(west, person)]);
    await eventually(async () => expect(await contactOf(eastId)).toBe(await contactOf(westId)));
    const id = await contactOf(eastId);
    for (const key of [eastId, westId, `${east}:${eastId}`, `${west}:${westId}`])
      expect(await get(`/sync/contacts/${encodeURIComponent(key)}`)).toMatchObject({ id });
  });
});

describe('two Google accounts', () => {
  it('have people, tokens and sync positions of their own, although both are `me` and number their people alike', async () => {
    const [other, person] = [newPerson(), newPerson()];
    await save('google', other);
    await untilFound(other.email, { [east]: 0, [west]: 1, google: 1 });
    const [id = ''] = await save(office, person);
    await eventually(async () => {
      await pollNow(accord, office);
      for (const place of [west, 'google', office] as const) expect(await find(place, person.email)).toHaveLength(1);
    });
    expect(await find(office, other.email)).toEqual([]);
    const { rows } = await sql<{ provider: string }>`
      select provider from oauth_token where account_id = 'me' union all select provider from sync_cursor where account_id = 'me'
      order by 1`.execute(accord.db);
    expect(rows.map(({ provider }) => provider)).toEqual(['google', 'google', office, office]);
    // Another person has this id in the other account.
    const show = (key: string) => get<{ id: string }>(`/sync/contacts/${encodeURIComponent(key)}`);
    expect((await show(`${office}:${id}`)).id).not.toBe((await show(`google:${id}`)).id);
    expect((await request(`/sync/contacts/${encodeURIComponent(id)}`)).status).toBe(400);
  });
});

describe('a webhook of one location', () => {
  it('reaches this account only, and makes no call to the other one', async () => {
    const person = newPerson();
    const before = logged();
    const [id = ''] = await save(west, person);
    await untilFound(person.email, { [east]: 0, [west]: 1, google: 1 });
    await untilIdle(accord, id);
    const events = await accord.db
      .selectFrom('inbox_event')
      .select(['provider', 'account_id'])
      .where('external_id', '=', id)
      .execute();
    expect(new Set(events.map(({ provider }) => provider))).toEqual(new Set([west]));
    expect(new Set(events.map(({ account_id }) => account_id))).toEqual(
      new Set([accord.deps.providers.get(west)?.client.accountId]),
    );
    expect(callsTo(west, before).length).toBeGreaterThan(0);
    expect(callsTo(east, before)).toEqual([]);
  });
});

describe('the calls of two accounts', () => {
  const people = 5;

  it('are those that their contacts need: a read of what changed, and two searches, a create and a read of what is made', async () => {
    const before = logged();
    const persons = Array.from({ length: people }, newPerson);
    const ids = await save(east, ...persons);
    await untilEverywhere(persons);
    await accord.sandboxes.gohighlevel.webhooks.idle();
    for (const id of ids) await untilIdle(accord, id);
    await pollNow(accord, 'google');
    const count = (place: typeof east | typeof west) => {
      const paths = callsTo(place, before).map(({ method, path }) => `${method} ${path}`);
      const creates = paths.filter((path) => path.startsWith('POST /contacts/')).length;
      const searches = paths.filter((path) => path.startsWith('GET /contacts/search/')).length;
      return { creates, searches, reads: paths.length - creates - searches };
    };
    // The last read may be under way.
    await eventually(() => {
      const [there, here] = [count(east), count(west)];
      expect(there).toMatchObject({ creates: 0, searches: 0 });
      expect(here).toMatchObject({ creates: people, searches: 2 * people });
      // One read each, and a second one of a record whose webhook arrived before the answer to its create.
      for (const { reads } of [there, here]) {
        expect(reads).toBeGreaterThanOrEqual(people);
        expect(reads).toBeLessThanOrEqual(2 * people);
      }
    });
    await eventually(async () => {
      const after = logged();
      await pollNow(accord, 'google');
      expect(accord.sandboxes.gohighlevel.requests(after)).toEqual([]);
    });
  });
});

describe('a first pass over two locations that have the same people', () => {
  it('lists each of them and reads each record once, as it would one location', async () => {
    const persons = Array.from({ length: 12 }, newPerson);
    for (const place of [east, west] as const)
      await control(sandboxOf(place), 'POST', at(place, 'people'), { people: persons, webhooks: false });
    // GoHighLevel's search, which a pass lists by, lags behind.
    accord.sandboxes.gohighlevel.clock.advance(60_000);
    const before = logged();
    // As a new account is, until everything is read.
    await setAccountMode(accord.db, west, 'observe');
    await reconcileNow(accord, east);
    await reconcileNow(accord, west);
    await setAccountMode(accord.db, west, 'live');
    await reconcileNow(accord, west);
    await untilEverywhere(persons);
    expect(writesSince(accord.sandboxes.gohighlevel, before)).toEqual([]);
    for (const place of [east, west] as const) {
      const reads = callsTo(place, before).filter(({ method }) => method === 'GET');
      expect(new Set(reads.map(({ path }) => path))).toHaveProperty('size', persons.length);
      expect(reads).toHaveLength(persons.length);
    }
  });
});

describe('dead credentials of one account', () => {
  it('park its lane only, and name its account and variables; new ones make all that were refused try again', async () => {
    const [person, newcomer] = [newPerson(), newPerson()];
    const [eastId = ''] = await save(east, person);
    await untilFound(person.email, { [east]: 1, [west]: 1, google: 1 });
    await untilIdle(accord, eastId);
    const { token } = accord.sandboxes.gohighlevel.info('west');
    await control(accord.sandboxes.gohighlevel, 'PATCH', 'settings?account=west', { token: 'pit-replaced-by-somebody' });
    const familyName = nextFamilyName();
    await save(east, { id: eastId, familyName });
    await eventuallyPolled(accord, async () => expect(await find('google', person.email)).toMatchObject([{ familyName }]));
    const contactId = await contactOf(eastId);
    await eventually(async () => {
      const { lanes } = await accord.syncState(contactId);
      expect(lanes.filter(({ status }) => status === 'parked')).toMatchObject([
        { provider: west, error: { type: 'AuthenticationError', operation: `pushRecord at ${west}` } },
      ]);
    });
    const { lanes } = await accord.syncState(contactId);
    expect(lanes.find(({ provider }) => provider === west)?.error?.message).toMatch(/^GoHighLevel \(west\) /);
    const [newcomerId = ''] = await save(east, newcomer);
    await eventually(async () => {
      const { lanes: newcomerLanes } = await accord.syncState(await contactOf(newcomerId));
      expect(newcomerLanes.filter(({ status }) => status === 'parked')).toMatchObject([{ provider: west }]);
    });
    await control(accord.sandboxes.gohighlevel, 'PATCH', 'settings?account=west', { token });
    // As the worker does when it has taken over new credentials.
    await markRefusedDirty(accord.db, [west]);
    await eventually(async () => {
      expect(await find(west, person.email)).toMatchObject([{ familyName }]);
      expect(await find(west, newcomer.email)).toHaveLength(1);
    });
  });
});
