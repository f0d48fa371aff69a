import { describe, expect, it } from '@jest/globals';
import { inTransaction } from '#contacts/contact-transaction.ts';
import { type CandidateDecision, decideCandidate } from '#contacts/matching/decide-candidate.ts';
import { mergeContacts } from '#contacts/merging/merge-contacts.ts';
import { lockContact } from '#db/contacts/contacts.ts';
import { InvalidRequestError, UnavailableError } from '#providers/errors.ts';
import { type Member, members, type PersonEdit } from '#test/setup/hub.ts';
import { untilLocksWait } from '#test/setup/lock-waits.ts';
import { inDialer, nextPhone } from '#test/setup/people.ts';
import { type Claimed, useHub } from './hub.ts';

const hub = useHub();

const ada = { givenName: 'Ada', familyName: 'Lovelace' };

/** A person in step everywhere, whose record somebody enters again at one vendor. */
async function enteredAgain(member: Member, change: object = {}) {
  const phone = nextPhone();
  const known = await hub.everywhere({ ...ada, phone });
  const again = await hub.unread(member, { ...ada, phone, email: known.email, ...change });
  const result = await hub.take(again);
  return { ...known, phone, again, result };
}

const linked = async (contactId: string, provider: string) =>
  (await hub.links(contactId)).filter((link) => link.provider === provider && link.state === 'linked');

const merge = (survivorId: string, otherId: string) =>
  inTransaction(hub.deps, (transaction) => mergeContacts(transaction, { survivorId, otherId, why: 'test', cause: 'test' }));

describe.each(members)('a known person whom somebody enters again in %s', (member) => {
  const others = members.filter((each) => each !== member);

  it('stays one contact, with two links there and no further record elsewhere', async () => {
    const person = await enteredAgain(member);
    expect(person.result.contactId).toBe(person.contactId);
    expect((await linked(person.contactId, member)).map(({ external_id }) => external_id)).toEqual([
      person.links[member].external_id,
      person.again.id,
    ]);
    for (const each of others) expect(await hub.lookUp(each, person.phone)).toHaveLength(1);
    expect(await hub.lookUp(member, person.phone)).toHaveLength(2);
    expect(await hub.candidates(person.contactId)).toEqual([]);
    expect((await hub.links(person.contactId)).flatMap(({ last_error }) => last_error ?? [])).toEqual([]);
    expect((await hub.contact(person.contactId)).syncStatus).toBe('synced');
  });

  it('gets an edit of either record at the other, and at every vendor', async () => {
    const person = await enteredAgain(member);
    const [primary, double] = await linked(person.contactId, member);
    for (const [link, givenName] of [[double, 'Augusta'] as const, [primary, 'Adele'] as const]) {
      await hub.edit(member, { givenName }, link?.external_id);
      await hub.take({ linkId: link?.id as string });
      for (const each of members) {
        const names = (await hub.lookUp(each, person.phone)).map((found) => found.givenName);
        expect([each, names]).toEqual([each, Array(each === member ? 2 : 1).fill(givenName)]);
      }
    }
    const writes = () => hub.calls(member, () => hub.settle(person.contactId, members));
    expect((await writes()).filter((call) => !call.startsWith('GET'))).toEqual([]);
  });

  it('takes what is new in the second record', async () => {
    const email = `${nextPhone().slice(1)}@example.com`;
    const person = await enteredAgain(member, { email });
    expect((await hub.contact(person.contactId)).fields.emails).toMatchObject([{ address: person.email }, { address: email }]);
    for (const { emails } of await hub.lookUp('google', person.phone))
      expect(emails.toSorted()).toEqual([person.email, email].toSorted());
    expect((await hub.lookUp(member, email)).map(({ id }) => id)).toContain(person.again.id);
  });
});

describe('a known person whom somebody enters again with one difference', () => {
  it.each<[string, () => PersonEdit]>([
    ['another email', () => ({ email: `other.${nextPhone().slice(1)}@example.com` })],
    ['a typo in the family name', () => ({ familyName: 'Lovelase' })],
    ['capitals', () => ({ givenName: 'ADA', familyName: 'LOVELACE' })],
    ['a company', () => ({ company: 'Analytical Engines' })],
  ])('%s is recognised, and copied nowhere', async (_what, change) => {
    for (const member of members) {
      const person = await enteredAgain(member, change());
      expect([member, person.result.contactId]).toEqual([member, person.contactId]);
      for (const each of members) {
        const count = (await linked(person.contactId, each)).length;
        expect([member, each, count]).toEqual([member, each, each === member ? 2 : 1]);
      }
    }
  });
});

describe('a contact with two records at one vendor', () => {
  it('keeps the younger one when somebody deletes the older one, and gets no new record', async () => {
    const person = await enteredAgain('square');
    await hub.records('square', { delete: [person.links.square.external_id] });
    await hub.observe({ linkId: person.links.square.id });
    hub.wait(200);
    const { contactId } = await hub.take({ linkId: person.links.square.id });
    expect((await hub.contact(contactId)).isDeleted).toBe(false);
    expect(await linked(contactId, 'square')).toMatchObject([{ external_id: person.again.id }]);
    await hub.settle(contactId, members);
    expect(await hub.lookUp('square', person.phone)).toMatchObject([{ id: person.again.id }]);
  });

  it('gets the writes of one when the other refuses them', async () => {
    const person = await enteredAgain('square');
    const [primary, double] = await linked(person.contactId, 'square');
    const refusing = hub.depsWith('square', (client) => ({
      async update(id, ...rest) {
        if (id !== primary?.external_id) return client.update(id, ...rest);
        throw new InvalidRequestError({ provider: 'square', operation: 'update', message: 'No.' });
      },
    }));
    await hub.edit('google', { givenName: 'Augusta' }, person.links.google.external_id);
    await hub.observe({ linkId: person.links.google.id });
    await expect(hub.push(person.contactId, 'square', { with: refusing })).rejects.toBeInstanceOf(InvalidRequestError);
    expect(await hub.linkById(double?.id as string)).toMatchObject({ shadow: { givenName: 'Augusta' }, last_error: null });
    expect(await hub.linkById(primary?.id as string)).toMatchObject({ last_error: { permanent: true } });
    expect((await hub.contact(person.contactId)).syncStatus).toBe('failed');
    await hub.settle(person.contactId, members);
    expect((await hub.contact(person.contactId)).syncStatus).toBe('synced');
  });

  it('has one link when the vendor merges the two', async () => {
    const person = await enteredAgain('square');
    const ids = (await linked(person.contactId, 'square')).map(({ external_id }) => external_id);
    const { merged } = await hub.records<{ merged: string }>('square', { merge: { from_customer_ids: ids }, webhooks: false });
    for (const { id } of await linked(person.contactId, 'square')) await hub.take({ linkId: id });
    expect(await linked(person.contactId, 'square')).toMatchObject([{ external_id: merged }]);
    expect((await hub.contact(person.contactId)).isDeleted).toBe(false);
    await hub.settle(person.contactId, members);
    for (const each of members) expect(await hub.lookUp(each, person.phone)).toHaveLength(1);
  });
});

describe('a record that is entered while a create of ours is under way', () => {
  /** Somebody enters the person at the vendor after our search, and the record is read before our create is sent. */
  async function crossing(member: Member, readAt: 'before' | 'after') {
    const phone = nextPhone();
    const person = { ...ada, phone, email: `${phone.slice(1)}@example.com` };
    const { contactId } = await hub.read(member === 'square' ? 'google' : 'square', person);
    let entered: Claimed | undefined;
    const enter = async () => {
      entered = await hub.unread(member, person);
      await hub.observe(entered);
    };
    const slow = hub.depsWith(member, (client) => ({
      async find(...given) {
        const found = await client.find(...given);
        if (readAt === 'before') await enter();
        return found;
      },
      async create(...given) {
        const result = await client.create(...given);
        if (readAt === 'after') await enter();
        return result;
      },
    }));
    const pushed = await hub.push(contactId, member, { with: slow }).catch((error: Error) => error);
    await hub.settle(contactId, [member]);
    return { contactId, phone, entered: entered as Claimed, pushed };
  }

  it('is taken over, and no create is sent', async () => {
    const { contactId, phone, entered } = await crossing('google', 'before');
    expect(await hub.lookUp('google', phone)).toMatchObject([{ id: entered.id }]);
    expect(await linked(contactId, 'google')).toMatchObject([{ external_id: entered.id }]);
  });

  it('is linked beside the record of the create', async () => {
    const { contactId, phone, entered } = await crossing('google', 'after');
    const ids = (await hub.lookUp('google', phone)).map(({ id }) => id);
    expect(ids).toHaveLength(2);
    expect(ids).toContain(entered.id);
    expect((await linked(contactId, 'google')).map(({ external_id }) => external_id).toSorted()).toEqual(ids.toSorted());
    const open = await hub.accord.db
      .selectFrom('write_attempt')
      .innerJoin('link', 'link.id', 'write_attempt.link_id')
      .select('write_attempt.id')
      .where('link.contact_id', '=', contactId)
      .where('resolved_at', 'is', null)
      .execute();
    expect(open).toEqual([]);
    expect((await hub.links(contactId)).filter(({ lease_owner }) => lease_owner !== null)).toEqual([]);
  });

  /** The first read of the record and the answer to the create are stored at once. Both have seen the intent without a record. */
  async function atOnce(member: Member, first: 'read' | 'answer') {
    const phone = nextPhone();
    const person = { ...ada, phone, email: `${phone.slice(1)}@example.com` };
    const { contactId } = await hub.read(member === 'square' ? 'google' : 'square', person);
    const held = await hub.accord.db.startTransaction().execute();
    const landed = Promise.withResolvers<Claimed>();
    const answered = Promise.withResolvers<void>();
    const slow = hub.depsWith(member, (client) => ({
      async create(...given) {
        const result = await client.create(...given);
        landed.resolve(await hub.unread(member, person));
        await answered.promise;
        return result;
      },
    }));
    const pushing = hub.push(contactId, member, { with: slow });
    const entered = await landed.promise;
    await lockContact(held, contactId);
    const start = { read: () => hub.observe(entered), answer: async () => answered.resolve() };
    const started: Promise<unknown>[] = [start[first]()];
    await untilLocksWait(hub.accord.db, 1);
    started.push(start[first === 'read' ? 'answer' : 'read']());
    await untilLocksWait(hub.accord.db, 2);
    await held.commit().execute();
    await Promise.all<unknown>([...started, pushing]);
    await hub.settle(contactId, [member]);
    return { contactId, phone, entered };
  }

  it.each(['read', 'answer'] as const)('keeps its link when the %s is stored first and the other at once', async (first) => {
    const { contactId, phone, entered } = await atOnce('square', first);
    const ids = (await hub.lookUp('square', phone)).map(({ id }) => id);
    expect(ids).toContain(entered.id);
    expect((await linked(contactId, 'square')).map(({ external_id }) => external_id).toSorted()).toEqual(ids.toSorted());
  });
});

describe.each(members)('a person who is in %s already, where a search does not find the new record yet', (member) => {
  it('has one further record there at most, which is linked and stays in step', async () => {
    const phone = nextPhone();
    const person = { ...ada, phone, email: `${phone.slice(1)}@example.com` };
    const known = await hub.read(member === 'square' ? 'google' : 'square', person);
    const entered = await hub.unread(member, person);
    const blind = hub.depsWith(member, () => ({ find: async () => [] }));
    await hub.push(known.contactId, member, { with: blind }).catch(() => {});
    await hub.settle(known.contactId, (await hub.take(entered)).outOfStep);
    hub.wait(10);
    await hub.settle(known.contactId, members);
    const records = await hub.lookUp(member, phone);
    expect(records.length).toBeLessThanOrEqual(2);
    expect((await linked(known.contactId, member)).map(({ external_id }) => external_id).toSorted()).toEqual(
      records.map(({ id }) => id).toSorted(),
    );
    await hub.edit(member, { givenName: 'Augusta' }, entered.id);
    await hub.take(entered);
    for (const each of members)
      for (const { givenName } of await hub.lookUp(each, phone)) expect([each, givenName]).toEqual([each, 'Augusta']);
  });
});

describe('a create that the vendor refuses, as another contact of the person has the record', () => {
  /** Two contacts of one person, who share a number only since an edit. */
  async function strangers() {
    const other = await hub.everywhere({ ...ada });
    const [{ e164: phone = null } = {}] = (await hub.contact(other.contactId)).fields.phones;
    const own = await hub.read('square', { ...ada });
    await hub.edit('square', { phone }, own.id);
    await hub.observe(own);
    return { own, other, phone: phone as string };
  }

  it('merges the two, and parks nothing', async () => {
    const { own, other, phone } = await strangers();
    // Matched by the edit already, or by the create.
    const result = await hub.push(own.contactId, 'gohighlevel');
    expect(result.outcome).not.toBe('created');
    await hub.settle(own.contactId, [...result.outOfStep, 'gohighlevel']);
    expect((await hub.contact(own.contactId)).mergedInto).toBe(other.contactId);
    expect(await hub.lookUp('gohighlevel', phone)).toHaveLength(1);
    const links = await hub.links(other.contactId);
    expect(links.filter(({ state, lease_owner }) => state === 'intent' || lease_owner !== null)).toEqual([]);
    expect(await linked(other.contactId, 'square')).toHaveLength(2);
    expect(await linked(other.contactId, 'gohighlevel')).toHaveLength(1);
  });
});

describe('contacts that are merged', () => {
  /** A lead in GHL whose dialer record exists. */
  async function lead() {
    const phone = nextPhone();
    const { contacts } = await hub.records<{ contacts: string[] }>('gohighlevel', {
      ...{ webhooks: false, contacts: [{ firstName: 'Ada', lastName: 'Lovelace', phone, tags: ['cold lead'] }] },
    });
    const { contactId } = await hub.take(await hub.claim('gohighlevel', contacts[0] as string));
    return { contactId, phone };
  }

  it('are dialled once: the younger record leaves the bucket', async () => {
    const [one, other] = [await lead(), await lead()];
    await merge(one.contactId, other.contactId);
    await hub.settle(one.contactId, ['calltools', ...members]);
    expect(await inDialer(hub.accord, one.phone)).toMatchObject([{ bucketNames: ['Cold Leads'] }]);
    expect(await inDialer(hub.accord, other.phone)).toMatchObject([{ bucketNames: [] }]);
    expect((await hub.contact(one.contactId)).syncStatus).toBe('synced');
  });

  it('are dialled at the other record once the first is deleted', async () => {
    const [one, other] = [await lead(), await lead()];
    await merge(one.contactId, other.contactId);
    await hub.settle(one.contactId, ['calltools']);
    const [primary] = await linked(one.contactId, 'calltools');
    await hub.records('calltools', { delete: [Number(primary?.external_id)] });
    await hub.observe({ linkId: primary?.id as string });
    hub.wait(200);
    await hub.take({ linkId: primary?.id as string });
    await hub.settle(one.contactId, ['calltools']);
    const dialed = [...(await inDialer(hub.accord, one.phone)), ...(await inDialer(hub.accord, other.phone))];
    expect(dialed).toMatchObject([{ bucketNames: ['Cold Leads'] }]);
  });

  it('while the create of one is unanswered end with both records linked', async () => {
    const [phone, otherPhone] = [nextPhone(), nextPhone()];
    const one = await hub.read('square', { ...ada, phone });
    await hub.fault('google', { method: 'POST', path: '/v1/people:createContact', dropResponse: true });
    await expect(hub.push(one.contactId, 'google')).rejects.toBeInstanceOf(UnavailableError);
    const other = await hub.read('square', { ...ada, phone: otherPhone });
    await hub.push(other.contactId, 'google');
    await merge(one.contactId, other.contactId);
    hub.wait(10);
    await hub.settle(one.contactId, ['google']);
    const ids = [...(await hub.lookUp('google', phone)), ...(await hub.lookUp('google', otherPhone))].map(({ id }) => id);
    expect((await linked(one.contactId, 'google')).map(({ external_id }) => external_id).toSorted()).toEqual(
      [...new Set(ids)].toSorted(),
    );
    expect(new Set(ids).size).toBe(2);
    expect((await hub.links(one.contactId)).filter(({ state }) => state === 'intent')).toEqual([]);
  });

  it('before the create of one is sent make no further record', async () => {
    const phone = nextPhone();
    const one = await hub.everywhere({ ...ada, phone });
    const otherPhone = nextPhone();
    const other = await hub.read('square', { ...ada, phone: otherPhone });
    const slow = hub.depsWith('google', (client) => ({
      async find(...given) {
        const found = await client.find(...given);
        await merge(one.contactId, other.contactId);
        return found;
      },
    }));
    await expect(hub.push(other.contactId, 'google', { with: slow })).rejects.toThrow('has ended');
    await hub.settle(one.contactId, ['google']);
    expect(await hub.lookUp('google', phone)).toHaveLength(1);
    expect(await linked(one.contactId, 'google')).toHaveLength(1);
  });
});

describe('a newcomer who may be a known person', () => {
  /** Somebody enters the person with the family's number and no given name: too little is known. */
  async function newcomer() {
    const phone = nextPhone();
    const known = await hub.everywhere({ ...ada, phone });
    const entered = await hub.read('square', { phone, givenName: null, familyName: null });
    const [candidate] = await hub.candidates(entered.contactId);
    return { known, ...entered, candidateId: candidate?.id as string };
  }

  const decide = (id: string, decision: CandidateDecision) =>
    inTransaction(hub.deps, (transaction) => decideCandidate(transaction, { id, decision, actor: 'test' }));

  it('is copied nowhere while a person is asked, and stays in step where it is', async () => {
    const person = await newcomer();
    expect(person.contactId).not.toBe(person.known.contactId);
    expect(person.result.outOfStep).toEqual([]);
    expect((await hub.contact(person.contactId)).syncStatus).toBe('waiting');
    await hub.settle(person.contactId, ['calltools', ...members]);
    for (const each of members) expect(await hub.lookUp(each, person.phone)).toHaveLength(each === 'square' ? 2 : 1);
    expect((await hub.links(person.contactId)).map(({ provider }) => provider)).toEqual(['square']);
    await hub.edit('square', { note: 'Likes tea' }, person.id);
    expect((await hub.take(person)).outOfStep).toEqual([]);
    expect((await hub.contact(person.contactId)).fields.note).toBe('Likes tea');
    expect((await hub.contact(person.known.contactId)).syncStatus).toBe('synced');
  });

  it('is copied once a person says that it is somebody else', async () => {
    const person = await newcomer();
    await decide(person.candidateId, 'later');
    await hub.settle(person.contactId, ['google']);
    expect(await hub.lookUp('google', person.phone)).toHaveLength(1);
    await decide(person.candidateId, 'reject');
    await hub.settle(person.contactId, ['google']);
    expect(await hub.lookUp('google', person.phone)).toHaveLength(2);
  });

  it('becomes a double of the known person once a person says so', async () => {
    const person = await newcomer();
    await decide(person.candidateId, 'accept');
    await hub.settle(person.known.contactId, members);
    expect(await linked(person.known.contactId, 'square')).toHaveLength(2);
    for (const each of members) expect(await hub.lookUp(each, person.phone)).toHaveLength(each === 'square' ? 2 : 1);
    expect((await hub.lookUp('square', person.phone)).map(({ givenName }) => givenName)).toEqual(['Ada', 'Ada']);
  });

  it('holds back the older contact at the vendor that has the newer one', async () => {
    const phone = nextPhone();
    const older = await hub.read('square', { ...ada, phone });
    const newer = await hub.read('google', { phone, givenName: null, familyName: null });
    await hub.settle(older.contactId, members);
    await hub.settle(newer.contactId, members);
    expect(await hub.lookUp('google', phone)).toMatchObject([{ id: newer.id }]);
    expect(await hub.lookUp('square', phone)).toMatchObject([{ id: older.id }]);
    expect(await hub.lookUp('gohighlevel', phone)).toHaveLength(1);
    const statuses = [older, newer].map(async ({ contactId }) => (await hub.contact(contactId)).syncStatus);
    expect(await Promise.all(statuses)).toEqual(['waiting', 'waiting']);
  });
});
