import { expect } from '@jest/globals';
import { type Accord, changeInGhl, changeInGoogle, changeInSquare, recordsOf } from './accord.ts';
import { eventually } from './eventually.ts';
import { nextPhone } from './people.ts';
import { pollNow } from './polls.ts';

/** Those that hold everybody. */
export const members = ['gohighlevel', 'square', 'google'] as const;
export type Member = (typeof members)[number];

/** A person as one of them shows it, in one form for all. */
export interface Seen {
  id: string;
  givenName?: string | undefined;
  familyName?: string | undefined;
  phones: string[];
  emails: string[];
  note?: string | undefined;
}

/** What a test writes, in the same form. `phone` and `email` replace all that there were. */
export interface Change {
  givenName?: string | null;
  familyName?: string | null;
  phone?: string | null;
  email?: string | null;
  note?: string | null;
}

/** Vendors' own fields; each reader knows which of them are texts. */
// biome-ignore lint/suspicious/noExplicitAny: four vendors, and a test that looks at the wrong field fails.
type Raw = Record<string, any>;

const readers: Record<Member, (record: Raw) => Seen> = {
  gohighlevel: ({ id, firstName, lastName, phone, email }) => ({
    ...{ id, givenName: firstName, familyName: lastName, phones: listOf(phone), emails: listOf(email) },
  }),
  square: ({ id, given_name, family_name, phone_number, email_address, note }) => ({
    ...{ id, givenName: given_name, familyName: family_name, note, phones: listOf(phone_number), emails: listOf(email_address) },
  }),
  google({ resourceName: id, names, phoneNumbers, emailAddresses, biographies }) {
    const [name] = (names ?? []) as { givenName?: string; familyName?: string }[];
    return {
      ...{ id, givenName: name?.givenName, familyName: name?.familyName },
      phones: ((phoneNumbers ?? []) as { value: string; canonicalForm?: string }[]).map(
        (each) => each.canonicalForm ?? each.value,
      ),
      emails: ((emailAddresses ?? []) as { value: string }[]).map(({ value }) => value),
      note: ((biographies ?? []) as { value: string }[])[0]?.value,
    };
  },
};

/** All people that a sandbox holds. */
export async function peopleIn({ sandboxes }: Accord, member: Member): Promise<Seen[]> {
  return (await recordsOf<Raw>(sandboxes[member])).map(readers[member]);
}

/** Those with this email address or phone number. */
export async function lookUp(accord: Accord, member: Member, key: string): Promise<Seen[]> {
  return (await peopleIn(accord, member)).filter(({ emails, phones }) => emails.includes(key) || phones.includes(key));
}

const writers: Record<Member, (accord: Accord, id: string | undefined, change: Change) => Promise<string>> = {
  gohighlevel: ({ sandboxes }, id, { givenName, familyName, phone, email }) =>
    changeInGhl(sandboxes, defined({ id, firstName: givenName, lastName: familyName, phone, email })),
  square: ({ sandboxes }, id, { givenName, familyName, phone, email, note }) =>
    changeInSquare(
      sandboxes,
      defined({ id, given_name: givenName, family_name: familyName, phone_number: phone, email_address: email, note }),
    ),
  async google(accord, id, { givenName, familyName, phone, email, note }) {
    // Google's pages save a name as a whole.
    const before = (await peopleIn(accord, 'google')).find((person) => person.id === id);
    const name = defined({ givenName: givenName ?? before?.givenName, familyName: familyName ?? before?.familyName });
    return changeInGoogle(
      accord.sandboxes,
      defined({
        resourceName: id,
        names: givenName === undefined && familyName === undefined ? undefined : [name],
        phoneNumbers: itemsOf(phone),
        emailAddresses: itemsOf(email),
        biographies: itemsOf(note),
      }),
    );
  },
};

/** What a person does in the vendor's own pages: a new record, or with an id a change. Gives its id. */
export function edit(accord: Accord, member: Member, change: Change, id?: string): Promise<string> {
  return writers[member](accord, id, change);
}

/** Somebody whom all have, in step, and the ids. */
export async function someone(accord: Accord, change: Change = {}, from: Member = 'gohighlevel') {
  const phone = nextPhone();
  const email = `ada.${phone.slice(-4)}@example.com`;
  await edit(accord, from, { givenName: 'Ada', familyName: 'Lovelace', phone, email, ...change });
  return { phone, email, ...(await everywhere(accord, change.email ?? change.phone ?? email)) };
}

/** Waits until all have exactly one person with this key; gives the ids. */
export function everywhere(accord: Accord, key: string, change: Partial<Seen> = {}): Promise<{ ids: Record<Member, string> }> {
  return eventuallyPolled(accord, async () => {
    const found = await Promise.all(members.map(async (member) => [member, await lookUp(accord, member, key)] as const));
    for (const [member, people] of found) expect([member, people]).toEqual([member, [expect.objectContaining(change)]]);
    return { ids: Object.fromEntries(found.map(([member, [person]]) => [member, person?.id])) as Record<Member, string> };
  });
}

/** Waits until Accord has taken in all that it was told of this person, and has nothing left to do for them. */
export function atRest({ db, contactIdOf }: Accord, externalId: string): Promise<void> {
  return eventually(async () => {
    const links = await db
      .selectFrom('contact')
      .innerJoin('link', 'link.contact_id', 'contact.id')
      .select(['contact.sync_status', 'link.changed_at'])
      .where('contact.id', '=', await contactIdOf(externalId))
      .execute();
    for (const link of links)
      expect(link).toEqual({ sync_status: expect.stringMatching('synced|not_eligible'), changed_at: null });
  });
}

/** Asks again until it holds, and has Accord ask Google, which pushes nothing, each time. */
export function eventuallyPolled<T>(accord: Accord, assertion: () => T | Promise<T>): Promise<T> {
  return eventually(async () => {
    await pollNow(accord, 'google');
    return assertion();
  });
}

function listOf(value: unknown): string[] {
  return typeof value === 'string' ? [value] : [];
}

function itemsOf(value: string | null | undefined) {
  return value === undefined ? undefined : value === null ? [] : [{ value }];
}

function defined(fields: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}
