import { describe, expect, it } from '@jest/globals';
import { inTransaction } from '#contacts/contact-transaction.ts';
import { markCustomer } from '#contacts/mark-customer.ts';
import { findHolders, toContactKeys } from '#contacts/matching/match-keys.ts';
import { mergeContacts } from '#contacts/merging/merge-contacts.ts';
import { type SplitOutcome, splitContact, undoMerge } from '#contacts/merging/split-contact.ts';
import { withContact } from '#contacts/open-unit.ts';
import { listMerges, readKeys } from '#db/contacts/matching/contact-merges.ts';
import { isRejectedPair } from '#db/contacts/matching/decided-pairs.ts';
import { insertCandidate } from '#db/contacts/matching/match-candidates.ts';
import { acceptEvent } from '#db/sync/inbox.ts';
import { evidenceOf, toStoredEvidence } from '#domain/matching/evidence.ts';
import { isConnecting } from '#domain/matching/match-keys.ts';
import { type Claimed, useHub } from '#test/activities/contact/hub.ts';
import { arrivedEvent } from '#test/db/test-database.ts';
import type { PersonEdit } from '#test/setup/hub.ts';
import { nextPhone } from '#test/setup/people.ts';

const hub = useHub();

const merge = (survivorId: string, otherId: string) =>
  inTransaction(hub.deps, (transaction) =>
    mergeContacts(transaction, { survivorId, otherId, why: 'a person decided', cause: null, actor: 'api-key:tester' }),
  );
const undo = (contactId: string, mergeId: string | null = null) =>
  inTransaction(hub.deps, (transaction) => undoMerge(transaction, { contactId, mergeId, actor: 'api-key:tester' }));
const split = (contactId: string, ...linkIds: string[]) =>
  inTransaction(hub.deps, (transaction) => splitContact(transaction, { contactId, linkIds, actor: 'api-key:tester' }));

function expectSplit(result: SplitOutcome) {
  if (result.outcome !== 'split') throw new Error(result.outcome);
  return result;
}

/** A person whose only record is at one vendor. */
const person = (at: 'square' | 'google' | 'gohighlevel', change: PersonEdit) =>
  hub.read(at, { email: `${nextPhone().slice(1)}@example.com`, ...change });

/** Two people at two vendors, merged by mistake and in step as one. */
async function mistaken() {
  const ada = await person('square', { givenName: 'Ada', familyName: 'Lovelace', note: 'Likes tea' });
  const grace = await person('google', { givenName: 'Grace', familyName: 'Hopper', company: 'Navy' });
  await merge(ada.contactId, grace.contactId);
  await hub.settle(ada.contactId, ['square', 'google']);
  return { ada, grace };
}

const names = async (id: string) => {
  const { fields } = await hub.contact(id);
  return `${fields.givenName} ${fields.familyName}`;
};

async function values(id: string) {
  const { givenName, familyName, company, note, emails, phones } = (await hub.contact(id)).fields;
  return {
    givenName,
    familyName,
    company,
    note,
    emails: emails.map(({ address }) => address),
    phones: phones.map(({ e164 }) => e164),
  };
}

const providersOf = async (id: string) =>
  (await hub.links(id))
    .filter(({ state }) => state === 'linked')
    .map(({ provider }) => provider)
    .toSorted();

const recordAt = (member: 'square' | 'google', claimed: Claimed, phone: string) =>
  hub.lookUp(member, phone).then((people) => people.find(({ id }) => id === claimed.id));

describe('an undone merge', () => {
  it('gives each contact its own values, keys, history and records, and the vendors get them back', async () => {
    const { ada, grace } = await mistaken();
    const [before, beforeGrace] = [ada, grace];
    expect((await values(ada.contactId)).phones).toEqual([before.phone, beforeGrace.phone]);
    expect((await recordAt('google', grace, grace.phone))?.givenName).toBe('Ada');

    const { staysId, leavesId } = expectSplit(await undo(ada.contactId));
    expect([staysId, leavesId]).toEqual([ada.contactId, grace.contactId]);
    expect(await values(ada.contactId)).toMatchObject({
      givenName: 'Ada',
      note: 'Likes tea',
      company: null,
      phones: [ada.phone],
    });
    expect(await values(grace.contactId)).toMatchObject({
      givenName: 'Grace',
      company: 'Navy',
      note: null,
      phones: [grace.phone],
    });
    expect([await providersOf(ada.contactId), await providersOf(grace.contactId)]).toEqual([['square'], ['google']]);
    const keys = toContactKeys([(await hub.contact(grace.contactId)).fields]).filter(isConnecting);
    const holders = await findHolders(hub.accord.db, { keys, exceptId: ada.contactId });
    expect(holders.map((holder) => [holder.contactId, holder.keys.length])).toEqual([[grace.contactId, keys.length]]);
    expect((await hub.history(grace.contactId)).map(({ kind }) => kind)).toEqual(
      expect.arrayContaining(['created', 'changed', 'pushed', 'split']),
    );

    await hub.settle(ada.contactId, ['square', 'google']);
    await hub.settle(grace.contactId, ['square', 'google']);
    expect(await recordAt('google', grace, grace.phone)).toMatchObject({ givenName: 'Grace', phones: [grace.phone] });
    expect(await recordAt('square', ada, ada.phone)).toMatchObject({ givenName: 'Ada', phones: [ada.phone], note: 'Likes tea' });
    expect(await providersOf(ada.contactId)).toEqual(expect.arrayContaining(['google', 'square']));
    expect(await providersOf(grace.contactId)).toEqual(expect.arrayContaining(['google', 'square']));
  });

  it('leaves every later edit with the record where it was made', async () => {
    const { ada, grace } = await mistaken();
    await hub.edit('google', { company: 'Eckert–Mauchly', note: 'Likes coffee' }, grace.id);
    await hub.take(grace);
    await hub.edit('square', { familyName: 'King' }, ada.id);
    await hub.take(ada);
    expect(await values(ada.contactId)).toMatchObject({ familyName: 'King', company: 'Eckert–Mauchly', note: 'Likes coffee' });
    expectSplit(await undo(ada.contactId));
    expect(await values(ada.contactId)).toMatchObject({ givenName: 'Ada', familyName: 'King', company: null, note: 'Likes tea' });
    expect(await values(grace.contactId)).toMatchObject({
      ...{ givenName: 'Grace', familyName: 'Hopper', company: 'Eckert–Mauchly', note: 'Likes coffee' },
    });
  });

  it('gives a record its edit that had lost to the other one, though that one was cleared since', async () => {
    const [ada, grace] = [await person('square', {}), await person('gohighlevel', { givenName: 'Grace' })];
    await merge(ada.contactId, grace.contactId);
    // GoHighLevel wins conflicts.
    await hub.edit('gohighlevel', { company: 'Navy' }, grace.id);
    await hub.observe(grace);
    await hub.edit('square', { company: 'Analytical' }, ada.id);
    await hub.observe(ada);
    await hub.edit('gohighlevel', { company: null }, grace.id);
    await hub.take(grace);
    expect((await values(ada.contactId)).company).toBeNull();
    expectSplit(await undo(ada.contactId));
    expect((await values(ada.contactId)).company).toBe('Analytical');
    expect((await values(grace.contactId)).company).toBeNull();
  });

  it('is not merged again, whatever key the two share later', async () => {
    const { ada, grace } = await mistaken();
    expectSplit(await undo(ada.contactId));
    expect(await isRejectedPair(hub.accord.db, ada.contactId, grace.contactId)).toBe(true);
    const again = { survivorId: ada.contactId, otherId: grace.contactId, why: 'same email', cause: null };
    expect(await inTransaction(hub.deps, (transaction) => mergeContacts(transaction, again))).toBe(false);
    expect((await hub.contact(grace.contactId)).mergedInto).toBeNull();
    await insertCandidate(hub.accord.db, ada.contactId, grace.contactId, toStoredEvidence(evidenceOf('no-key')));
    const pair = { contact_id: ada.contactId, other_contact_id: grace.contactId };
    expect(await hub.candidates(ada.contactId)).toContainEqual(
      expect.objectContaining({ ...pair, state: 'different', decided_by: 'api-key:tester' }),
    );
    // A contact into which one of the two is merged is no way around it.
    const other = await person('gohighlevel', { givenName: 'Grace', familyName: 'Hopper' });
    await merge(other.contactId, grace.contactId);
    expect(await isRejectedPair(hub.accord.db, ada.contactId, other.contactId)).toBe(true);
    await insertCandidate(hub.accord.db, ada.contactId, other.contactId, toStoredEvidence(evidenceOf('no-key')));
    const open = (await hub.candidates(other.contactId)).filter(({ state }) => state === 'open');
    expect(open.flatMap((each) => [each.contact_id, each.other_contact_id])).not.toContain(ada.contactId);
  });

  it('can be the older of two, and the other stands', async () => {
    const { ada, grace } = await mistaken();
    const edith = await person('gohighlevel', { givenName: 'Edith', familyName: 'Clarke', email: null, company: null });
    const [first] = await listMerges(hub.accord.db, ada.contactId, { standing: true });
    await merge(ada.contactId, edith.contactId);
    expectSplit(await undo(ada.contactId, first?.id));
    expect((await values(ada.contactId)).phones).toEqual([ada.phone, edith.phone]);
    expect((await values(grace.contactId)).phones).toEqual([grace.phone]);
    expectSplit(await undo(ada.contactId));
    expect((await values(ada.contactId)).phones).toEqual([ada.phone]);
    expect((await values(edith.contactId)).phones).toEqual([edith.phone]);
    expect(await undo(ada.contactId)).toEqual({ outcome: 'no-merge' });
  });
});

describe('an edit of a record that stays, which arrives after the others have left', () => {
  /** Two edits of one company, the later one at GoHighLevel, and a third that nobody has read yet. GoHighLevel wins conflicts. */
  async function edited(ada: { id: string; linkId: string }, other: { id: string; linkId: string }) {
    await hub.edit('square', { company: 'Tea' }, ada.id);
    await hub.take(ada);
    await hub.edit('gohighlevel', { company: 'Coffee' }, other.id);
    await hub.take(other);
    await hub.edit('square', { company: 'Cocoa' }, ada.id);
  }

  it('is newer than the edit that an undone merge brings back', async () => {
    const [ada, grace] = [await person('square', {}), await person('gohighlevel', { givenName: 'Grace' })];
    await merge(ada.contactId, grace.contactId);
    await edited(ada, grace);
    expectSplit(await undo(ada.contactId));
    expect((await values(ada.contactId)).company).toBe('Tea');
    await hub.observe(ada);
    expect((await values(ada.contactId)).company).toBe('Cocoa');
  });

  it('is newer than the edit that a split brings back', async () => {
    const { contactId, links } = await hub.everywhere({}, 'square');
    const [ada, copy] = [links.square, links.gohighlevel].map(({ id, external_id }) => ({
      id: external_id as string,
      linkId: id,
    }));
    if (!ada || !copy) throw new Error('Two records are expected');
    await edited(ada, copy);
    expectSplit(await split(contactId, copy.linkId));
    expect((await values(contactId)).company).toBe('Tea');
    await hub.observe(ada);
    expect((await values(contactId)).company).toBe('Cocoa');
  });
});

describe('a chain of merges', () => {
  it.each([['newest first'], ['oldest first']])('comes apart %s', async (order) => {
    const a = await person('square', { givenName: 'Ada', familyName: 'Aa' });
    const b = await person('google', { givenName: 'Bea', familyName: 'Bb' });
    const c = await person('gohighlevel', { givenName: 'Cleo', familyName: 'Cc' });
    await merge(b.contactId, c.contactId);
    await merge(a.contactId, b.contactId);
    const [newest, oldest] = await listMerges(hub.accord.db, a.contactId, { standing: true });
    const [first, second] = order === 'newest first' ? [newest, oldest] : [oldest, newest];
    expectSplit(await undo(a.contactId, first?.id));
    expectSplit(await undo(order === 'newest first' ? b.contactId : a.contactId, second?.id));
    for (const [each, name] of [
      [a, 'Ada Aa'],
      [b, 'Bea Bb'],
      [c, 'Cleo Cc'],
    ] as const) {
      expect(await names(each.contactId)).toBe(name);
      expect((await values(each.contactId)).phones).toEqual([each.phone]);
      expect((await hub.contact(each.contactId)).mergedInto).toBeNull();
    }
  });
});

describe('a record that was recognised by itself', () => {
  it('is split off with its values and its history', async () => {
    const email = `${nextPhone().slice(1)}@example.com`;
    const ada = await hub.read('square', { givenName: 'Ada', familyName: 'Lovelace', email });
    const same = await hub.read('google', { givenName: 'Ada', familyName: 'Lovelace', email, company: 'Analytical' });
    expect(same.contactId).toBe(ada.contactId);
    expect((await values(ada.contactId)).company).toBe('Analytical');
    const { leavesId } = expectSplit(await split(ada.contactId, same.linkId));
    expect(await values(ada.contactId)).toMatchObject({ company: null, emails: [email], phones: [ada.phone] });
    expect(await values(leavesId)).toMatchObject({ company: 'Analytical', emails: [email], phones: [same.phone] });
    expect((await hub.history(leavesId)).map(({ kind, field }) => field ?? kind)).toEqual(
      expect.arrayContaining(['company', 'split']),
    );
    // The next read of either record merges nothing back.
    await hub.observe(same);
    await hub.observe(ada);
    expect((await hub.contact(leavesId)).mergedInto).toBeNull();
  });
});

describe('a split', () => {
  it('refuses records that the contact does not have, and to take all of them', async () => {
    const { ada, grace } = await mistaken();
    const other = await person('square', {});
    expect(await split(ada.contactId, other.linkId)).toEqual({ outcome: 'unknown-record' });
    expect(await split(ada.contactId, ada.linkId, grace.linkId)).toEqual({ outcome: 'nothing-stays' });
  });

  it('and a merge put right two people whose records were swapped', async () => {
    // Ada's Google record was merged into Grace, and Grace's into Ada.
    const [ada, grace] = [await person('square', { givenName: 'Ada' }), await person('gohighlevel', { givenName: 'Grace' })];
    const [adas, graces] = [
      await person('google', { givenName: 'Ada', note: 'A' }),
      await person('google', { givenName: 'Grace', note: 'G' }),
    ];
    await merge(ada.contactId, graces.contactId);
    await merge(grace.contactId, adas.contactId);
    const one = expectSplit(await split(ada.contactId, graces.linkId));
    const two = expectSplit(await split(grace.contactId, adas.linkId));
    await merge(ada.contactId, two.leavesId);
    await merge(grace.contactId, one.leavesId);
    expect(await values(ada.contactId)).toMatchObject({ givenName: 'Ada', note: 'A', phones: [ada.phone, adas.phone] });
    expect(await values(grace.contactId)).toMatchObject({ givenName: 'Grace', note: 'G', phones: [grace.phone, graces.phone] });
  });
});

describe('refusals and marks', () => {
  /** Grace refuses calls; a wrong merge with Ada has spread that. */
  async function refused() {
    const ada = await person('gohighlevel', { givenName: 'Ada' });
    const grace = await person('google', { givenName: 'Grace' });
    const { fields, provenance } = await hub.contact(grace.contactId);
    const by = { call: ['webform'] };
    await withContact(hub.deps, { contactId: grace.contactId, cause: null }, (unit) =>
      unit.changeContact({
        fields: { ...fields, doNotContact: { call: true, sms: false, email: false } },
        provenance: { ...provenance, doNotContact: { provider: 'webform', changedAt: new Date().toISOString(), by } },
      }),
    );
    await merge(ada.contactId, grace.contactId);
    await hub.settle(ada.contactId, ['gohighlevel', 'google']);
    expect((await hub.contact(ada.contactId)).fields.doNotContact.call).toBe(true);
    return { ada, grace };
  }
  const refusedKeys = async (id: string) => (await readKeys(hub.accord.db, [id])).get(id)?.refused.map(({ value }) => value);

  it('go back to the contact that had them, and a refusal that was written elsewhere is named', async () => {
    const { ada, grace } = await refused();
    const { refusalsLeft } = expectSplit(await undo(ada.contactId));
    const [one, other] = [await hub.contact(ada.contactId), await hub.contact(grace.contactId)];
    expect([one.fields.doNotContact.call, other.fields.doNotContact.call]).toEqual([false, true]);
    expect(other.provenance.doNotContact?.by).toEqual({ call: ['webform'] });
    expect(refusalsLeft).toMatchObject([{ provider: 'gohighlevel', linkId: ada.linkId, channels: ['call'] }]);
    expect(await refusedKeys(ada.contactId)).toEqual([]);
    expect(await refusedKeys(grace.contactId)).toEqual(expect.arrayContaining([grace.phone]));
  });

  it('stay with a refusal that the record made itself after the merge', async () => {
    const ada = await person('gohighlevel', { givenName: 'Ada' });
    const grace = await person('google', { givenName: 'Grace' });
    await merge(grace.contactId, ada.contactId);
    await hub.records('gohighlevel', { webhooks: false, contacts: [{ id: ada.id, dnd: true }] });
    await hub.take(ada);
    expect((await hub.contact(grace.contactId)).fields.doNotContact.call).toBe(true);
    expectSplit(await undo(grace.contactId));
    expect((await hub.contact(ada.contactId)).fields.doNotContact.call).toBe(true);
    expect((await hub.contact(grace.contactId)).fields.doNotContact.call).toBe(false);
  });

  it('of both are kept apart by their numbers', async () => {
    const { ada, grace } = await refused();
    expectSplit(await undo(ada.contactId));
    await hub.records('gohighlevel', { webhooks: false, contacts: [{ id: ada.id, dnd: false }] });
    await hub.observe(ada);
    await hub.records('gohighlevel', { webhooks: false, contacts: [{ id: ada.id, dnd: true }] });
    await hub.observe(ada);
    await merge(ada.contactId, grace.contactId);
    expect(await refusedKeys(ada.contactId)).toEqual(expect.arrayContaining([ada.phone, grace.phone]));
    expectSplit(await undo(ada.contactId));
    expect(await refusedKeys(ada.contactId)).toContain(ada.phone);
    expect(await refusedKeys(ada.contactId)).not.toContain(grace.phone);
    expect(await refusedKeys(grace.contactId)).not.toContain(ada.phone);
  });

  it('of a customer joins the merged contact, and leaves with its own', async () => {
    const { ada, grace } = await mistaken();
    expectSplit(await undo(ada.contactId));
    await markCustomer(hub.deps, { contactId: grace.contactId, isCustomer: true, actor: 'api-key:tester' });
    await merge(ada.contactId, grace.contactId);
    expect((await hub.contact(ada.contactId)).isCustomer).toBe(true);
    expectSplit(await undo(ada.contactId));
    expect([(await hub.contact(ada.contactId)).isCustomer, (await hub.contact(grace.contactId)).isCustomer]).toEqual([
      false,
      true,
    ]);
  });
});

describe('while a push is on its way', () => {
  /** Dependencies whose next update at a vendor is followed by `work` before its answer is stored. */
  const during = (provider: string, work: () => Promise<unknown>) => {
    let isFirst = true;
    return hub.depsWith(provider, (client) => ({
      async update(...args) {
        const answer = await client.update(...args);
        if (isFirst) {
          isFirst = false;
          await work();
        }
        return answer;
      },
    }));
  };

  it('a split gives the record and the answer to the contact that it leaves with', async () => {
    const { ada, grace } = await mistaken();
    await hub.edit('square', { familyName: 'King' }, ada.id);
    await hub.observe(ada);
    const deps = during('google', () => undo(ada.contactId));
    await hub.push(ada.contactId, 'google', { with: deps });
    expect((await hub.linkById(grace.linkId)).contact_id).toBe(grace.contactId);
    expect((await hub.linkById(grace.linkId)).lease_owner).toBeNull();
    await hub.settle(grace.contactId, ['google']);
    expect(await names(grace.contactId)).toBe('Grace Hopper');
    expect(await recordAt('google', grace, grace.phone)).toMatchObject({ givenName: 'Grace', familyName: 'Hopper' });
  });

  it('a merge takes the answer to the survivor', async () => {
    const grace = await person('google', { givenName: 'Grace', familyName: 'Hopper' });
    const ada = await person('square', { givenName: 'Ada', familyName: 'Lovelace' });
    await hub.settle(grace.contactId, ['square']);
    await hub.edit('google', { familyName: 'Murray' }, grace.id);
    await hub.observe(grace);
    const deps = during('square', () => merge(ada.contactId, grace.contactId));
    await hub.push(grace.contactId, 'square', { with: deps });
    await hub.settle(grace.contactId, ['google', 'square', 'gohighlevel']);
    expect((await hub.contact(grace.contactId)).mergedInto).toBe(ada.contactId);
    expect(await recordAt('google', grace, grace.phone)).toMatchObject({ givenName: 'Ada' });
    const links = await hub.links(ada.contactId);
    expect(links.filter(({ lease_owner }) => lease_owner !== null)).toEqual([]);
    expect(await openAttempts(links.map(({ id }) => id))).toEqual([]);
  });
});

const openAttempts = (linkIds: string[]) =>
  hub.accord.db
    .selectFrom('write_attempt')
    .select('id')
    .where('link_id', 'in', linkIds)
    .where('resolved_at', 'is', null)
    .execute();

describe('a merge at the vendor', () => {
  async function mergedAtSquare() {
    const one = await person('square', { givenName: 'Ada', familyName: 'Lovelace' });
    const other = await person('square', { givenName: 'Grace', familyName: 'Hopper' });
    await merge(one.contactId, other.contactId);
    expectSplit(await undo(one.contactId));
    const ids = [one.id, other.id];
    const { merged } = await hub.records<{ merged: string }>('square', { merge: { from_customer_ids: ids }, webhooks: false });
    const { accountId } = hub.accord.clients.square;
    const facts = { provider: 'square', accountId, externalId: merged, type: 'customer.created', replaces: ids };
    const { linkId } = await acceptEvent(hub.accord.db, arrivedEvent(facts));
    await hub.observe({ linkId });
    return { one, other, merged, linkId };
  }

  it('of two that Accord holds apart is the newer decision, and followed', async () => {
    const { one, other } = await mergedAtSquare();
    expect((await hub.contact(other.contactId)).mergedInto).toBe(one.contactId);
    expect(await hub.candidates(one.contactId)).toMatchObject([{ state: 'same', decided_by: 'square' }]);
    expect((await listMerges(hub.accord.db, one.contactId, { standing: true }))[0]).toMatchObject({ actor: 'square' });
  });

  it('can be undone in Accord: the other gets a record of its own, and reads of the merged one do not join them', async () => {
    const { one, other, linkId } = await mergedAtSquare();
    expectSplit(await undo(one.contactId));
    await hub.settle(one.contactId, ['square']);
    await hub.settle(other.contactId, ['square']);
    await hub.take({ linkId });
    expect((await hub.contact(other.contactId)).mergedInto).toBeNull();
    expect(await names(other.contactId)).toBe('Grace Hopper');
    expect((await hub.lookUp('square', other.phone)).map(({ givenName }) => givenName)).toEqual(['Grace']);
    expect((await hub.lookUp('square', one.phone)).map(({ givenName }) => givenName)).toEqual(['Ada']);
  });

  it('that does not happen leaves two records of one contact, which come apart with it', async () => {
    const one = await person('square', { givenName: 'Ada', familyName: 'Lovelace' });
    const other = await person('square', { givenName: 'Grace', familyName: 'Hopper' });
    await merge(one.contactId, other.contactId);
    await hub.settle(one.contactId, ['square']);
    expectSplit(await undo(one.contactId));
    for (const [each, name] of [
      [one, 'Ada'],
      [other, 'Grace'],
    ] as const) {
      await hub.settle(each.contactId, ['square']);
      expect(await providersOf(each.contactId)).toContain('square');
      expect(await recordAt('square', each, each.phone)).toMatchObject({ givenName: name, phones: [each.phone] });
    }
  });
});
