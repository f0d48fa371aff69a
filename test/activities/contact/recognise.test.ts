import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { storeObservation } from '#activities/contact/observe-record.ts';
import { dataFolder, type LabelledRecord, readPeople } from '#bench/matching/people.ts';
import { ContactStore } from '#bench/matching/store.ts';
import { inTransaction } from '#contacts/contact-transaction.ts';
import { decideCandidate } from '#contacts/decide-candidate.ts';
import { fillMatchKeys } from '#contacts/match-keys.ts';
import { findContact } from '#db/contacts/contacts.ts';
import { claimLink } from '#db/contacts/links.ts';
import { nextFamilyName, nextPhone } from '#test/setup/people.ts';
import { useHub } from './hub.ts';

const hub = useHub();

/** Stores a record as it is read for the first time, in an account of its own. */
async function take({ id, values }: LabelledRecord): Promise<string> {
  const link = await claimLink(hub.accord.db, { provider: 'gohighlevel', accountId: `of ${id}`, externalId: id });
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
