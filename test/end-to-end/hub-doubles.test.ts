import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createApiKey } from '#db/api-keys.ts';
import { getContact } from '#db/contacts/contacts.ts';
import { faultsOf } from '#test/api/docs/openapi-check.ts';
import { type Accord, control, dialerContacts, startAccord } from '#test/setup/accord.ts';
import { eventually } from '#test/setup/eventually.ts';
import { edit, eventuallyPolled, findPeople, type Member, members, syncedPerson, untilIdle } from '#test/setup/hub.ts';
import { nextPhone } from '#test/setup/people.ts';
import { pollNow } from '#test/setup/polls.ts';

let accord: Accord;
let key: string;
beforeAll(async () => {
  accord = await startAccord({ providers: ['gohighlevel', 'calltools', 'square', 'google'] });
  ({ key } = await createApiKey(accord.db, { name: 'tester', scopes: ['sync:read'] }));
  await pollNow(accord, 'google');
});
afterAll(() => accord.close());

const ada = { givenName: 'Ada', familyName: 'Lovelace' };

const countsOf = async (email: string) =>
  Object.fromEntries(await Promise.all(members.map(async (each) => [each, (await findPeople(accord, each, email)).length])));

const namesOf = async (member: Member, email: string) =>
  (await findPeople(accord, member, email)).map(({ givenName }) => givenName);

/** Every record of the person is of one contact, and no link has an error. */
async function expectOneContact(email: string): Promise<string> {
  const ids = await Promise.all(members.map(async (each) => (await findPeople(accord, each, email)).map(({ id }) => id)));
  const links = await accord.db.selectFrom('link').selectAll().where('external_id', 'in', ids.flat()).execute();
  expect(links).toHaveLength(ids.flat().length);
  expect(links.map(({ last_error }) => last_error)).toEqual(links.map(() => null));
  const contactIds = [...new Set(links.map(({ contact_id }) => contact_id))];
  expect(contactIds).toHaveLength(1);
  return contactIds[0] as string;
}

interface Double {
  id: string;
  contactId: string;
  provider: string;
  primary: { externalId: string; url: string | null };
  double: { externalId: string; url: string | null };
}

async function doublesAt(provider: string, query = ''): Promise<{ doubles: Double[]; next: string | null }> {
  const response = await fetch(`${accord.api.url}/api/v1/doubles?provider=${provider}${query}`, {
    headers: { 'x-api-key': key },
  });
  expect(await faultsOf('get', '/api/v1/doubles', response)).toEqual([]);
  return ((await response.json()) as { data: { doubles: Double[]; next: string | null } }).data;
}

describe.each(members)('a known person whom somebody enters again in %s, exactly alike', (member) => {
  it('stays one contact, is copied nowhere, and gets edits of either record everywhere', async () => {
    const { ids, email, phone } = await syncedPerson(accord);
    const again = await edit(accord, member, { ...ada, phone, email });
    const expected = Object.fromEntries(members.map((each) => [each, each === member ? 2 : 1]));
    await eventuallyPolled(accord, async () => {
      expect(await accord.contactIdOf(again)).toBe(await accord.contactIdOf(ids.gohighlevel));
    });
    for (const [id, givenName] of [[again, 'Augusta'] as const, [ids[member], 'Adele'] as const]) {
      await edit(accord, member, { givenName }, id);
      await eventuallyPolled(accord, async () => {
        for (const each of members) expect(new Set(await namesOf(each, email))).toEqual(new Set([givenName]));
      });
    }
    await untilIdle(accord, ids.gohighlevel);
    expect(await countsOf(email)).toEqual(expected);
    const contactId = await expectOneContact(email);
    expect((await doublesAt(member)).doubles).toContainEqual(
      expect.objectContaining({
        ...{ contactId, provider: member, primary: expect.objectContaining({ externalId: ids[member] }) },
        double: expect.objectContaining({ externalId: again, url: expect.stringMatching(/^https:\/\//) }),
      }),
    );
  });
});

describe('a person who is entered at every vendor and twice at one within a second', () => {
  it('becomes one contact that has every record', async () => {
    const phone = nextPhone();
    const email = `crowd.${phone.slice(-4)}@example.com`;
    const entered = [...members, 'square'] as Member[];
    await Promise.all(entered.map((each) => edit(accord, each, { ...ada, phone, email })));
    await eventuallyPolled(accord, async () => {
      const contactId = await expectOneContact(email);
      const { sync_status } = await accord.db
        .selectFrom('contact')
        .select('sync_status')
        .where('id', '=', contactId)
        .executeTakeFirstOrThrow();
      expect(sync_status).toBe('synced');
    });
    const counts = await countsOf(email);
    await edit(accord, 'google', { givenName: 'Augusta' }, (await findPeople(accord, 'google', email))[0]?.id as string);
    await eventuallyPolled(accord, async () => {
      for (const each of members) expect(new Set(await namesOf(each, email))).toEqual(new Set(['Augusta']));
    });
    expect(await countsOf(email)).toEqual(counts);
  });
});

it('a refusal that somebody sets at a double is lifted there, and not at the primary record', async () => {
  const { ids, email, phone } = await syncedPerson(accord);
  const double = await edit(accord, 'gohighlevel', { ...ada, phone, email });
  const contactId = await accord.contactIdOf(ids.gohighlevel);
  await eventually(async () => expect(await accord.contactIdOf(double)).toBe(contactId));
  await untilIdle(accord, ids.gohighlevel);
  const refuse = async (id: string, doNotCall: boolean, expected: boolean[]) => {
    await edit(accord, 'gohighlevel', { doNotCall }, id);
    await eventually(async () => {
      const people = await findPeople(accord, 'gohighlevel', email);
      const byId = new Map(people.map((person) => [person.id, person.doNotCall]));
      expect([ids.gohighlevel, double].map((each) => byId.get(each))).toEqual(expected);
    });
    await untilIdle(accord, ids.gohighlevel);
  };
  const refusesCalls = async () => (await getContact(accord.db, contactId)).fields.doNotContact.call;
  await refuse(double, true, [true, true]);
  await refuse(ids.gohighlevel, false, [true, true]);
  expect(await refusesCalls()).toBe(true);
  await edit(accord, 'gohighlevel', { doNotCall: false }, double);
  await eventually(async () => expect(await refusesCalls()).toBe(false));
});

describe('two records of one person that Square merges', () => {
  it('are one link again', async () => {
    const { ids, email, phone } = await syncedPerson(accord);
    const again = await edit(accord, 'square', { ...ada, phone, email });
    await eventually(async () => {
      expect(await accord.contactIdOf(again)).toBe(await accord.contactIdOf(ids.gohighlevel));
    });
    await untilIdle(accord, ids.gohighlevel);
    const contactId = await accord.contactIdOf(ids.gohighlevel);
    const merge = { from_customer_ids: [ids.square, again] };
    const { merged } = await control<{ merged: string }>(accord.sandboxes.square, 'POST', 'records', { merge });
    await eventually(async () => {
      expect(await accord.contactIdOf(merged)).toBe(contactId);
      expect((await doublesAt('square')).doubles.filter((each) => each.contactId === contactId)).toEqual([]);
    });
    await untilIdle(accord, ids.gohighlevel);
    expect(await countsOf(email)).toEqual(Object.fromEntries(members.map((each) => [each, 1])));
  });
});

it('the list of doubles has pages', async () => {
  const all = (await doublesAt('square')).doubles;
  expect(all.length).toBeGreaterThan(1);
  const first = await doublesAt('square', '&limit=1');
  expect(first.doubles).toEqual(all.slice(0, 1));
  expect((await doublesAt('square', `&limit=1&cursor=${first.next}`)).doubles).toEqual(all.slice(1, 2));
});

it('nobody is in the dialer twice', async () => {
  const numbers = (await dialerContacts(accord.sandboxes)).map(({ mobile_phone_number }) => mobile_phone_number);
  expect(new Set(numbers).size).toBe(numbers.length);
});
