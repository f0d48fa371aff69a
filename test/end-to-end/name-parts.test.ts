import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { findContact } from '#db/contacts/contacts.ts';
import { type Accord, changeInGhl, changeInGoogle, changeInSquare, recordsOf, startAccord } from '#test/setup/accord.ts';
import { edit, eventuallyPolled, members, syncedPerson, untilEverywhere, untilIdle } from '#test/setup/hub.ts';
import { lastRequest, reconcileNow, writesSince } from '#test/setup/passes.ts';
import { nextPhone } from '#test/setup/people.ts';
import { pollNow } from '#test/setup/polls.ts';
import { formOrigin } from '#test/setup/provider-settings.ts';

const fields = [
  { name: 'name', label: 'Name', mapsTo: 'fullName' },
  { name: 'first', label: 'First name', mapsTo: 'givenName' },
  { name: 'middle', label: 'Middle name', mapsTo: 'middleName' },
  { name: 'last', label: 'Last name', mapsTo: 'familyName' },
  { name: 'suffix', label: 'Suffix', mapsTo: 'nameSuffix' },
  { name: 'email', label: 'Email', type: 'email', required: true, mapsTo: 'email' },
];
const forms = { contact: { title: 'Contact us', trust: 'full', allowedOrigins: [formOrigin], fields } };

let accord: Accord;
beforeAll(async () => {
  accord = await startAccord({
    providers: ['gohighlevel', 'calltools', 'square', 'google', 'webform'],
    webformAccount: { forms },
  });
  await pollNow(accord, 'google');
});
afterAll(() => accord.close());

interface Names {
  google: object;
  square: (string | undefined)[];
  gohighlevel: (string | undefined)[];
}

type Customer = { email_address?: string; given_name?: string; family_name?: string };
type GhlContact = { email?: string; firstName?: string; lastName?: string };
type Person = { names?: Record<string, unknown>[]; emailAddresses?: { value: string }[] };

/** The parts of the name of the person with this email, as each vendor stores them. */
async function namesOf(email: string): Promise<Names> {
  const { sandboxes } = accord;
  const customer = (await recordsOf<Customer>(sandboxes.square)).find(({ email_address }) => email_address === email);
  const contact = (await recordsOf<GhlContact>(sandboxes.gohighlevel)).find((each) => each.email === email);
  const people = await recordsOf<Person>(sandboxes.google);
  const person = people.find(({ emailAddresses = [] }) => emailAddresses.some(({ value }) => value === email));
  const keys = ['honorificPrefix', 'givenName', 'middleName', 'familyName', 'honorificSuffix'];
  const parts = Object.entries(person?.names?.[0] ?? {}).filter(([key]) => keys.includes(key));
  return {
    google: Object.fromEntries(parts),
    square: [customer?.given_name, customer?.family_name],
    gohighlevel: [contact?.firstName, contact?.lastName],
  };
}

const untilNamed = (email: string, names: Names) =>
  eventuallyPolled(accord, async () => expect(await namesOf(email)).toEqual(names));

/** The writes that a poll and a full pass of every vendor lead to. */
async function writesOfIdlePasses(contactId: string): Promise<string[]> {
  const running = [...members, 'calltools' as const].map((id) => accord.sandboxes[id]);
  const marks = running.map(lastRequest);
  await pollNow(accord, 'google');
  for (const member of members) await reconcileNow(accord, member);
  await untilIdle(accord, contactId);
  return running.flatMap((sandbox, at) => writesSince(sandbox, marks[at] ?? 0));
}

async function submit(values: object): Promise<string> {
  const email = `form.${nextPhone().slice(1)}@example.com`;
  const response = await fetch(`${accord.api.url}/webforms/contact`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: formOrigin },
    body: JSON.stringify({ ...values, email }),
  });
  expect(response.status).toBe(202);
  return email;
}

it.each([
  ['Lovelace, Ada, Jr.', { givenName: 'Ada', familyName: 'Lovelace', honorificSuffix: 'Jr.' }, ['Ada', 'Lovelace Jr.']],
  ['Maria Garcia, RN', { givenName: 'Maria', familyName: 'Garcia', honorificSuffix: 'RN' }, ['Maria', 'Garcia RN']],
  ['Ada Lovelace 🌸', { givenName: 'Ada', familyName: 'Lovelace 🌸' }, ['Ada', 'Lovelace 🌸']],
])('the name %j of a form has its parts in Google, and all words elsewhere', async (name, google, joined) => {
  const email = await submit({ name });
  await untilNamed(email, { google, square: joined, gohighlevel: joined });
  const { ids } = await untilEverywhere(accord, email);
  await untilIdle(accord, ids.google);
  expect(await writesOfIdlePasses(ids.google)).toEqual([]);
});

it('takes the parts of a name from fields of their own', async () => {
  const email = await submit({ first: 'Ada', middle: 'King', last: 'Lovelace', suffix: 'PhD' });
  const joined = ['Ada King', 'Lovelace PhD'];
  const google = { givenName: 'Ada', middleName: 'King', familyName: 'Lovelace', honorificSuffix: 'PhD' };
  await untilNamed(email, { google, square: joined, gohighlevel: joined });
});

it('splits a suffix that is typed in the last name of GoHighLevel, and leaves it there', async () => {
  const email = `ada.${nextPhone().slice(1)}@example.com`;
  const id = await changeInGhl(accord.sandboxes, { firstName: 'Ada', lastName: 'Lovelace, Jr.', email });
  await untilNamed(email, {
    google: { givenName: 'Ada', familyName: 'Lovelace', honorificSuffix: 'Jr.' },
    square: ['Ada', 'Lovelace Jr.'],
    gohighlevel: ['Ada', 'Lovelace, Jr.'],
  });
  await untilIdle(accord, id);
  expect(await writesOfIdlePasses(id)).toEqual([]);
});

it('syncs an edit of a part in Google to the others, an edit of the whole back, and keeps the prefix', async () => {
  const { ids, email } = await syncedPerson(accord);
  const { google: resourceName, square: id } = ids;
  const inGoogle = (names: object) => changeInGoogle(accord.sandboxes, { resourceName, names: [names] });
  const name = { honorificPrefix: 'Dr.', givenName: 'Ada', middleName: 'King', familyName: 'Lovelace', honorificSuffix: 'Jr.' };
  const everywhere = (google: object, ...joined: string[]) => untilNamed(email, { google, square: joined, gohighlevel: joined });
  await inGoogle(name);
  await everywhere(name, 'Ada King', 'Lovelace Jr.');
  await inGoogle({ ...name, honorificSuffix: 'Sr.' });
  await everywhere({ ...name, honorificSuffix: 'Sr.' }, 'Ada King', 'Lovelace Sr.');
  await changeInSquare(accord.sandboxes, { id, family_name: 'Lovelace III' });
  await everywhere({ ...name, honorificSuffix: 'III' }, 'Ada King', 'Lovelace III');
  await changeInSquare(accord.sandboxes, { id, given_name: 'Augusta King', family_name: 'Byron' });
  const { honorificSuffix: _, ...plain } = name;
  await everywhere({ ...plain, givenName: 'Augusta', familyName: 'Byron' }, 'Augusta King', 'Byron');
  await untilIdle(accord, resourceName);
  expect(await writesOfIdlePasses(resourceName)).toEqual([]);
});

it('reads a suffix behind the family name in Google as the suffix, and moves it when the name is written', async () => {
  const { ids, email } = await syncedPerson(accord);
  const names = [{ givenName: 'Ada', familyName: 'Lovelace Jr.' }];
  await changeInGoogle(accord.sandboxes, { resourceName: ids.google, names });
  await untilNamed(email, {
    google: { givenName: 'Ada', familyName: 'Lovelace Jr.' },
    square: ['Ada', 'Lovelace Jr.'],
    gohighlevel: ['Ada', 'Lovelace Jr.'],
  });
  await changeInSquare(accord.sandboxes, { id: ids.square, family_name: 'Lovelace Sr.' });
  await untilNamed(email, {
    google: { givenName: 'Ada', familyName: 'Lovelace', honorificSuffix: 'Sr.' },
    square: ['Ada', 'Lovelace Sr.'],
    gohighlevel: ['Ada', 'Lovelace Sr.'],
  });
});

/** Rewrites a contact and its shadows to what an older version stored. */
async function makeOld(contactId: string, familyName: string): Promise<void> {
  const old = (column: 'fields' | 'shadow') =>
    sql<string>`(${sql.ref(column)} - 'middleName' - 'nameSuffix') || jsonb_build_object('familyName', ${familyName}::text)`;
  await accord.db
    .updateTable('contact')
    .set({ fields: old('fields') })
    .where('id', '=', contactId)
    .execute();
  await accord.db
    .updateTable('link')
    .set({ shadow: old('shadow') })
    .where('contact_id', '=', contactId)
    .execute();
}

it('reads contacts from before the fields without writing, and syncs the first edit', async () => {
  const { ids, email } = await syncedPerson(accord, { familyName: 'Lovelace Jr.' });
  await changeInGoogle(accord.sandboxes, { resourceName: ids.google, names: [{ givenName: 'Ada', familyName: 'Lovelace Jr.' }] });
  await pollNow(accord, 'google');
  await untilIdle(accord, ids.google);
  const contactId = await accord.contactIdOf(ids.google);
  await makeOld(contactId, 'Lovelace Jr.');
  expect((await findContact(accord.db, contactId))?.fields.nameSuffix).toBeNull();
  expect(await writesOfIdlePasses(ids.google)).toEqual([]);
  await edit(accord, 'square', { givenName: 'Augusta' }, ids.square);
  const joined = ['Augusta', 'Lovelace Jr.'];
  await eventuallyPolled(accord, async () => {
    const { google, ...others } = await namesOf(email);
    expect(others).toEqual({ square: joined, gohighlevel: joined });
    expect(google).toMatchObject({ givenName: 'Augusta' });
    expect(Object.values(google).join(' ')).toBe('Augusta Lovelace Jr.');
  });
});

it('does not overwrite a middle name in Google that was never read', async () => {
  const { ids, email } = await syncedPerson(accord);
  await changeInGoogle(accord.sandboxes, {
    resourceName: ids.google,
    names: [{ givenName: 'Ada', middleName: 'King', familyName: 'Lovelace' }],
  });
  await eventuallyPolled(accord, async () => expect((await namesOf(email)).square).toEqual(['Ada King', 'Lovelace']));
  await untilIdle(accord, ids.google);
  const contactId = await accord.contactIdOf(ids.google);
  await makeOld(contactId, 'Lovelace');
  await edit(accord, 'square', { givenName: 'Augusta', familyName: 'Lovelace III' }, ids.square);
  await untilNamed(email, {
    google: { givenName: 'Augusta', middleName: 'King', familyName: 'Lovelace', honorificSuffix: 'III' },
    square: ['Augusta King', 'Lovelace III'],
    gohighlevel: ['Augusta King', 'Lovelace III'],
  });
});
