import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { type Accord, changeInGoogle, control, recordsOf, startAccord } from '#test/setup/accord.ts';
import { eventually } from '#test/setup/eventually.ts';
import {
  edit,
  eventuallyPolled,
  findPeople,
  members,
  peopleIn,
  syncedPerson,
  untilEverywhere,
  untilIdle,
} from '#test/setup/hub.ts';
import { nextPhone } from '#test/setup/people.ts';
import { pollNow } from '#test/setup/polls.ts';

let accord: Accord;
beforeAll(async () => {
  accord = await startAccord({ providers: ['gohighlevel', 'calltools', 'square', 'google'] });
  await pollNow(accord, 'google');
});
afterAll(() => accord.close());

it.each(members)('a contact of %s without email and phone reaches each provider once, with its new name', async (member) => {
  const familyName = `Nobody${nextPhone().slice(-4)}`;
  const id = await edit(accord, member, { givenName: 'Ada', familyName });
  const named = (name: object) =>
    eventuallyPolled(accord, async () => {
      for (const each of members) {
        const found = (await peopleIn(accord, each)).filter((person) => person.familyName === familyName);
        expect([each, found]).toEqual([each, [expect.objectContaining(name)]]);
      }
    });
  await named({ givenName: 'Ada' });
  await edit(accord, member, { givenName: 'Augusta', familyName }, id);
  await named({ givenName: 'Augusta' });
});

it('a contact with twenty emails keeps them in Google, and has one of them elsewhere', async () => {
  const { ids, email } = await syncedPerson(accord);
  const addresses = [email, ...Array.from({ length: 19 }, (_, index) => `ada.${index}.${email}`)];
  await changeInGoogle(accord.sandboxes, { resourceName: ids.google, emailAddresses: addresses.map((value) => ({ value })) });
  await pollNow(accord, 'google');
  await edit(accord, 'square', { givenName: 'Augusta' }, ids.square);
  await untilEverywhere(accord, email, { givenName: 'Augusta' });
  const [inGoogle] = await findPeople(accord, 'google', email);
  expect(inGoogle?.emails.toSorted()).toEqual(addresses.toSorted());
  expect(await findPeople(accord, 'square', email)).toEqual([expect.objectContaining({ emails: [email] })]);
});

it.each([
  ['four bytes', { givenName: '𝒜𝓭𝓪', familyName: '🦊 Lovelace' }],
  ['right to left', { givenName: 'عائشة', familyName: 'الأندلسي' }],
  ['right to left with a mark', { givenName: 'שרה', familyName: 'לוי-כהן' }],
  ['combining marks', { givenName: 'Zoë', familyName: 'Nguyễn' }],
  ['quotes and markup', { givenName: `O'Brien "Bob"`, familyName: '<b>Smith</b> & Sons' }],
])('a name with %s is the same everywhere', async (_what, name) => {
  const { ids, email } = await syncedPerson(accord, name);
  await untilEverywhere(accord, email, name);
  const before = await Promise.all(members.map(async (each) => (await findPeople(accord, each, email))[0]));
  await pollNow(accord, 'google');
  await untilIdle(accord, ids.gohighlevel);
  expect(await Promise.all(members.map(async (each) => (await findPeople(accord, each, email))[0]))).toEqual(before);
});

it('a note of 64 KB goes from Square to Google and back unchanged', async () => {
  const { ids, email } = await syncedPerson(accord);
  const note = `${'Ünïcödé note, line after line.\n'.repeat(2_000).slice(0, 60_000)}end`;
  await edit(accord, 'square', { note }, ids.square);
  await eventually(async () => expect((await findPeople(accord, 'google', email))[0]?.note).toBe(note));
  await edit(accord, 'google', { note: `${note}!` }, ids.google);
  await eventuallyPolled(accord, async () => expect((await findPeople(accord, 'square', email))[0]?.note).toBe(`${note}!`));
});

it('a birthday without a year is in Google and Square, and GHL, which cannot hold it, does not remove it', async () => {
  const { ids, email } = await syncedPerson(accord);
  await changeInGoogle(accord.sandboxes, { resourceName: ids.google, birthdays: [{ date: { month: 12, day: 10 } }] });
  const inSquare = async () => {
    const customers = await recordsOf<{ id: string; birthday?: string }>(accord.sandboxes.square);
    return customers.find(({ id }) => id === ids.square)?.birthday;
  };
  await eventuallyPolled(accord, async () => expect(await inSquare()).toBe('0000-12-10'));
  await control(accord.sandboxes.gohighlevel, 'POST', 'records', { contacts: [{ id: ids.gohighlevel, firstName: 'Augusta' }] });
  await untilEverywhere(accord, email, { givenName: 'Augusta' });
  expect(await inSquare()).toBe('0000-12-10');
  const people = await recordsOf<{ resourceName: string; birthdays?: object[] }>(accord.sandboxes.google);
  expect(people.find(({ resourceName }) => resourceName === ids.google)?.birthdays).toEqual([
    expect.objectContaining({ date: { month: 12, day: 10 } }),
  ]);
});
