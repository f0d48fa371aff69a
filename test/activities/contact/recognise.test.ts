import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { storeObservation } from '#activities/contact/observe-record.ts';
import { dataFolder, type LabelledRecord, type RawRecord, readPeople, toValues } from '#bench/matching/people.ts';
import { permute } from '#bench/matching/shuffle.ts';
import { ContactStore } from '#bench/matching/store.ts';
import { inTransaction } from '#contacts/contact-transaction.ts';
import { decideCandidate } from '#contacts/matching/decide-candidate.ts';
import { fillMatchKeys } from '#contacts/matching/match-keys.ts';
import { findContact } from '#db/contacts/contacts.ts';
import { claimLink } from '#db/contacts/links.ts';
import { members } from '#test/setup/hub.ts';
import { nextFamilyName, nextPhone } from '#test/setup/people.ts';
import { useHub } from './hub.ts';

const hub = useHub();

/** Stores a record as it is read for the first time, in an account of its own. */
async function take({ id, values }: Pick<LabelledRecord, 'id' | 'values'>, provider = 'gohighlevel'): Promise<string> {
  const link = await claimLink(hub.accord.db, { provider, accountId: `of ${id}`, externalId: id });
  const record = { externalId: id, complete: true, version: null, updatedAt: null, reference: null, values };
  await storeObservation(hub.deps, { linkId: link.id, record, cause: 'test' });
  return link.contact_id;
}

const rootOf = async (id: string) => (await findContact(hub.accord.db, id))?.mergedInto ?? id;

/** The groups of records that are one contact. */
const toGroups = (owners: readonly [string, string][]) =>
  [...Map.groupBy(owners, ([, owner]) => owner).values()]
    .map((group) =>
      group
        .map(([id]) => id)
        .toSorted()
        .join(' '),
    )
    .toSorted();

it('the database merges the same records as the benchmark does in memory', async () => {
  const people = (await readPeople(path.join(dataFolder, 'people-febrl3-tidy.json'))).slice(0, 120);
  const store = new ContactStore();
  const taken: [string, string][] = [];
  for (const person of people) {
    store.add(person);
    taken.push([person.id, await take(person)]);
  }
  const owners = await Promise.all(
    taken.map(async ([id, contactId]): Promise<[string, string]> => [id, await rootOf(contactId)]),
  );
  expect(toGroups(owners)).toEqual(toGroups(people.map(({ id }) => [id, store.contactOf(id).id])));
});

describe('whatever the vendor and the order', () => {
  const smith = (given: string | null) => ({ given, family: 'Smith' });

  it.each<
    [string, (own: { phone: string; email: string; address: object; family: string }) => Record<string, RawRecord>, string[]]
  >([
    [
      'a couple and a child with one phone and one address are three people',
      ({ phone, address }) => ({
        john: { ...smith('John'), phones: [phone], address },
        mary: { ...smith('Mary'), phones: [phone], address },
        emma: { ...smith('Emma'), phones: [phone], address },
      }),
      ['john mary: new', 'john emma: new', 'mary emma: new'],
    ],
    [
      'an office with one phone is as many people as it has names',
      ({ phone }) => ({
        ana: { given: 'Ana', family: 'Ruiz', phones: [phone], company: 'Acme' },
        tom: { given: 'Tom', family: 'Beck', phones: [phone], company: 'Acme' },
        again: { given: 'Ana', family: 'Ruiz', phones: [phone], company: 'Acme Inc.' },
      }),
      ['ana tom: new', 'ana again: merge', 'tom again: new'],
    ],
    [
      'one person with two emails is one',
      ({ phone, email }) => ({
        home: { ...smith('John'), emails: [email], phones: [phone] },
        work: { ...smith('John'), emails: [`work.${email}`], phones: [phone] },
      }),
      ['home work: merge'],
    ],
    [
      'father and son of one name at one address are asked about',
      ({ phone, email, address, family }) => ({
        father: { given: 'John', family, address, emails: [email] },
        son: { given: 'John', family, address, phones: [phone] },
      }),
      ['father son: ask'],
    ],
    [
      'twins are asked about',
      ({ phone, address }) => ({
        marc: { given: 'Marc', family: 'Roy', phones: [phone], address, birthday: '1999-01-09' },
        mark: { given: 'Mark', family: 'Roy', phones: [phone], address, birthday: '1999-01-09' },
      }),
      ['marc mark: ask'],
    ],
    [
      'an initial between John and Jane is asked about with both',
      ({ phone, family }) => ({
        j: { given: 'J', family, phones: [phone] },
        john: { given: 'John', family, phones: [phone] },
        jane: { given: 'Jane', family, phones: [phone] },
      }),
      ['j john: ask', 'j jane: ask', 'john jane: new'],
    ],
  ])('%s', async (_what, toPeople, expected) => {
    const count = Object.keys(toPeople({ phone: '', email: '', address: {}, family: '' })).length;
    for (const order of permute([...Array(count).keys()])) {
      const phone = nextPhone();
      const digits = phone.slice(-4);
      const address = { street: `${digits} Oak Street`, city: 'Austin', region: 'TX', postalCode: '78701', country: 'US' };
      const people = Object.entries(toPeople({ phone, email: `js${digits}@example.com`, address, family: nextFamilyName() }));
      const owners = new Map<string, string>();
      for (const at of order) {
        const [name, raw] = people[at] as [string, RawRecord];
        owners.set(name, await take({ id: `${name} ${digits}`, values: toValues(raw) }, members[at % members.length]));
      }
      expect(
        await verdicts(
          people.map(([name]) => name),
          owners,
        ),
      ).toEqual(expected);
    }
  });

  it('a reception number of 60 people joins none of them', async () => {
    const phone = nextPhone();
    const given = 'James Mary Robert Patricia Carlos Linda Hugo Barbara Oscar Susan'.split(' ');
    const owners = new Set<string>();
    for (const family of Array.from({ length: 6 }, nextFamilyName)) {
      for (const name of given) {
        const values = toValues({ given: name, family, phones: [phone] });
        owners.add(await rootOf(await take({ id: `${name} ${family}`, values })));
      }
    }
    expect(owners.size).toBe(60);
  });
});

/** What Accord made of each pair: one contact, a question, or two contacts. */
async function verdicts(names: readonly string[], owners: ReadonlyMap<string, string>): Promise<string[]> {
  const said: string[] = [];
  for (const [at, one] of names.entries()) {
    for (const other of names.slice(at + 1)) {
      const [a, b] = [await rootOf(owners.get(one) as string), await rootOf(owners.get(other) as string)];
      const asked = await isAsked(a, b);
      said.push(`${one} ${other}: ${a === b ? 'merge' : asked ? 'ask' : 'new'}`);
    }
  }
  return said;
}

/** Whether a person is asked about the two. */
async function isAsked(one: string, other: string): Promise<boolean> {
  const candidates = await hub.candidates(one);
  return candidates.some(
    ({ state, contact_id, other_contact_id }) => state === 'open' && [contact_id, other_contact_id].includes(other),
  );
}

describe('a contact is compared again', () => {
  it('after an edit that makes it recognisable', async () => {
    const [phone, familyName] = [nextPhone(), nextFamilyName()];
    const known = await hub.read('gohighlevel', { phone, familyName });
    const other = await hub.read('square', { familyName });
    expect(other.contactId).not.toBe(known.contactId);
    await hub.edit('square', { phone }, other.id);
    expect(await hub.observe(other)).toMatchObject({ contactId: known.contactId });
    expect((await hub.links(known.contactId)).map(({ provider }) => provider).toSorted()).toEqual(['gohighlevel', 'square']);
  });

  it('after a rejected pair, which stays apart', async () => {
    const [phone, familyName] = [nextPhone(), nextFamilyName()];
    const known = await hub.read('gohighlevel', { phone, familyName, givenName: 'Jean' });
    const other = await hub.read('square', { phone, familyName, givenName: 'Jeanne' });
    const [candidate] = await hub.candidates(other.contactId);
    await inTransaction(hub.deps, (transaction) =>
      decideCandidate(transaction, { id: candidate?.id as string, decision: 'reject', actor: 'api-key:tester' }),
    );
    expect((await hub.contact(other.contactId)).isReviewDue).toBe(true);
    await hub.edit('square', { givenName: 'Jean' }, other.id);
    expect(await hub.observe(other)).toMatchObject({ contactId: other.contactId });
    expect(await hub.candidates(known.contactId)).toMatchObject([{ state: 'different' }]);
    expect((await hub.contact(other.contactId)).isReviewDue).toBe(false);
  });
});

it('contacts from before the keys get them by the migration, and are then found', async () => {
  const [phone, familyName] = [nextPhone(), nextFamilyName()];
  const known = await hub.read('gohighlevel', { phone, familyName });
  await hub.accord.db.deleteFrom('match_key').where('contact_id', '=', known.contactId).execute();
  await hub.accord.db.updateTable('contact').set({ has_match_keys: false }).where('id', '=', known.contactId).execute();
  await fillMatchKeys(hub.accord.db);
  const newcomer = await hub.unread('square', { phone, familyName });
  expect(await hub.observe(newcomer)).toMatchObject({ contactId: known.contactId });
});
