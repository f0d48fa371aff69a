import { expect } from '@jest/globals';
import { getContact } from '#db/contacts/contacts.ts';
import type { Person, PersonEdit } from '#sandbox/core/people.ts';
import { sandboxes } from '#sandbox/index.ts';
import { type Accord, coldLeads, control } from './accord.ts';
import { eventually } from './eventually.ts';
import { nextPhone } from './people.ts';
import { pollNow } from './polls.ts';
import type { SandboxId } from './sandboxes.ts';

/** The sandboxes that hold every contact: the test audience places nobody there. */
export type Member = Exclude<SandboxId, keyof typeof coldLeads.then>;
export const members = sandboxes.map(({ id }) => id).filter((id): id is Member => !(id in coldLeads.then));

export type { Person, PersonEdit };

/** All people that a sandbox holds. */
export async function peopleIn(accord: Accord, member: Member): Promise<Person[]> {
  const { people } = await control<{ people: Person[] }>(accord.sandboxes[member], 'GET', 'people');
  // With every key: `objectContaining({ familyName: undefined })` fails where the key is absent.
  return people.map((person) => ({ givenName: undefined, familyName: undefined, note: undefined, ...person }));
}

/** The people with this email address or phone number. */
export async function findPeople(accord: Accord, member: Member, key: string): Promise<Person[]> {
  return (await peopleIn(accord, member)).filter(({ emails, phones }) => emails.includes(key) || phones.includes(key));
}

/** Creates a person in the vendor's own pages, or changes the one with the given id. Returns the id. */
export async function edit(accord: Accord, member: Member, change: PersonEdit, id?: string): Promise<string> {
  const people = [{ ...change, id }];
  const { ids } = await control<{ ids: string[] }>(accord.sandboxes[member], 'POST', 'people', { people });
  return String(ids[0]);
}

/** A new person who is in sync with every member, and the ids there. */
export async function syncedPerson(accord: Accord, change: PersonEdit = {}, from: Member = 'gohighlevel') {
  const phone = nextPhone();
  const email = `ada.${phone.slice(-4)}@example.com`;
  await edit(accord, from, { givenName: 'Ada', familyName: 'Lovelace', phone, email, ...change });
  return { phone, email, ...(await untilEverywhere(accord, change.email ?? change.phone ?? email)) };
}

/** Waits until every member has exactly one person with this email address or phone number. Returns the ids. */
export function untilEverywhere(
  accord: Accord,
  key: string,
  change: Partial<Person> = {},
): Promise<{ ids: Record<Member, string> }> {
  return eventuallyPolled(accord, async () => {
    const found = await Promise.all(members.map(async (member) => [member, await findPeople(accord, member, key)] as const));
    for (const [member, people] of found) expect([member, people]).toEqual([member, [expect.objectContaining(change)]]);
    return { ids: Object.fromEntries(found.map(([member, [person]]) => [member, person?.id])) as Record<Member, string> };
  });
}

/** Waits until Accord has processed every event of this person and no push is left. */
export function untilIdle({ db, contactIdOf }: Accord, externalId: string): Promise<void> {
  return eventually(async () => {
    const links = await db
      .selectFrom('contact')
      .innerJoin('link', 'link.contact_id', 'contact.id')
      .select(['contact.sync_status', 'link.changed_at'])
      .where('contact.id', '=', await contactIdOf(externalId))
      .execute();
    for (const link of links)
      expect(link).toEqual({ sync_status: expect.stringMatching('synced|not_eligible|waiting'), changed_at: null });
  });
}

/** Retries an assertion until it holds, with a poll of Google before each try: Google pushes nothing. */
export function eventuallyPolled<T>(accord: Accord, assertion: () => T | Promise<T>): Promise<T> {
  return eventually(async () => {
    await pollNow(accord, 'google');
    return assertion();
  });
}

/** Ada Lovelace in GHL and Square, who refuses calls and would be dialled otherwise. */
export async function createRefuser(accord: Accord) {
  const phone = nextPhone();
  const email = `ada.${phone.slice(-6)}@example.com`;
  const ghlId = await edit(accord, 'gohighlevel', { givenName: 'Ada', familyName: 'Lovelace', phone, email });
  await control(accord.sandboxes.gohighlevel, 'POST', 'records', {
    contacts: [{ id: ghlId, dnd: true, addTags: ['cold lead'] }],
  });
  const contactId = await eventually(async () => {
    const id = await accord.contactIdOf(ghlId);
    expect((await getContact(accord.db, id)).fields.doNotContact).toMatchObject({ call: true });
    expect(await findPeople(accord, 'square', email)).toHaveLength(1);
    return id;
  });
  const contact = async () => (await getContact(accord.db, contactId)).fields;
  return { name: 'Ada Lovelace', phone, email, ghlId, contactId, contact };
}
