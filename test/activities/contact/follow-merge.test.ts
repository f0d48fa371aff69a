import { describe, expect, it } from '@jest/globals';
import { acceptEvent } from '#db/sync/inbox.ts';
import { arrivedEvent } from '#test/db/test-database.ts';
import { nextPhone } from '#test/setup/people.ts';
import { type Claimed, useHub } from './hub.ts';

const hub = useHub();

/** Two customers of Square that are two contacts: one person with two numbers. */
async function twice() {
  const [first, second] = [nextPhone(), nextPhone()];
  const one = await hub.read('square', { phone: first, email: `${first.slice(1)}@example.com` });
  const other = await hub.read('square', { phone: second, note: 'Likes tea' });
  return { one, other };
}

/** Merges customers as the seller. Returns the id of the new one. */
async function merge(...ids: string[]): Promise<string> {
  const { merged } = await hub.records<{ merged: string }>('square', { merge: { from_customer_ids: ids }, webhooks: false });
  return merged;
}

/** Stores `customer.created` with the context of a merge, as the webhook does. */
async function toldOfMerge(id: string, ...replaces: string[]): Promise<Claimed> {
  const { accountId } = hub.accord.clients.square;
  const facts = { provider: 'square', accountId, externalId: id, type: 'customer.created', replaces };
  const { contactId, linkId } = await acceptEvent(hub.accord.db, arrivedEvent(facts));
  return { id, contactId, linkId };
}

const live = async (contactId: string) =>
  (await hub.links(contactId)).filter(({ state, external_id }) => state === 'linked' && external_id !== null);

/** After the merge there is one contact, the oldest, with one record at Square. */
async function expectOne(merged: string, one: Claimed, ...others: Claimed[]) {
  expect(await live(one.contactId)).toMatchObject([{ provider: 'square', external_id: merged }]);
  for (const { contactId } of others) expect((await hub.contact(contactId)).mergedInto).toBe(one.contactId);
  expect((await hub.contact(one.contactId)).isDeleted).toBe(false);
  expect((await hub.history(one.contactId)).filter(({ kind }) => kind === 'tombstoned')).toEqual([]);
}

describe('customers that Square merged', () => {
  it('become one contact, the oldest, with the values of both', async () => {
    const { one, other } = await twice();
    const merged = await merge(one.id, other.id);
    const event = await toldOfMerge(merged, one.id, other.id);
    expect(await hub.observe(event)).toMatchObject({ contactId: one.contactId });
    await expectOne(merged, one, other, event);
    const { fields } = await hub.contact(one.contactId);
    expect(fields.phones.map(({ e164 }) => e164).toSorted()).toEqual([one, other].map(({ phone }) => phone).toSorted());
    expect((await hub.history(one.contactId)).filter(({ kind }) => kind === 'merged')).not.toEqual([]);
  });

  it('become one contact in either order of their ids', async () => {
    const { one, other } = await twice();
    const merged = await merge(other.id, one.id);
    await hub.observe(await toldOfMerge(merged, other.id, one.id));
    await expectOne(merged, one, other);
  });

  it.each([
    ['the one that was read first', 0],
    ['the other', 1],
  ])('become one contact when the deletion of %s arrives before the merge', async (_which, which) => {
    const { one, other } = await twice();
    const people = [one, other] as const;
    const merged = await merge(one.id, other.id);
    // An event for an old id, such as its deletion.
    const early = await hub.claim('square', people[which]?.id as string);
    expect((await hub.observe(early)).outcome).not.toBe('gone');
    const event = await toldOfMerge(merged, one.id, other.id);
    await hub.observe(event);
    await expectOne(merged, one, other);
  });

  it('become one contact without a merge event when both old ids are read', async () => {
    const { one, other } = await twice();
    const merged = await merge(one.id, other.id);
    await hub.observe(one);
    await hub.observe(other);
    await expectOne(merged, one, other);
  });

  it('become one contact when the merge is reported while the old ids are missing', async () => {
    const { one, other } = await twice();
    const merged = await merge(one.id, other.id);
    for (const { id } of [one, other])
      await hub.fault('square', { method: 'GET', path: `/v2/customers/${id}`, status: 404, body: notFound });
    expect(await hub.observe(one)).toMatchObject({ outcome: 'missing' });
    expect(await hub.observe(other)).toMatchObject({ outcome: 'missing' });
    hub.wait(30);
    await hub.observe(await toldOfMerge(merged, one.id, other.id));
    await expectOne(merged, one, other);
    expect(await hub.link(one.contactId, 'square')).toMatchObject({ missing_since: null });
  });

  it('keep their old ids as aliases: an event for one reaches the new record', async () => {
    const { one, other } = await twice();
    const merged = await merge(one.id, other.id);
    await hub.observe(await toldOfMerge(merged, one.id, other.id));
    const { id: linkId } = await hub.link(one.contactId, 'square');
    for (const { id } of [one, other]) expect(await hub.claim('square', id)).toEqual({ id, linkId, contactId: one.contactId });
  });

  it('keep their first ids as aliases of the last after a second merge', async () => {
    const { one, other } = await twice();
    const third = await hub.read('square');
    const second = await merge(one.id, other.id);
    await hub.observe(await toldOfMerge(second, one.id, other.id));
    const last = await merge(second, third.id);
    await hub.observe(await toldOfMerge(last, second, third.id));
    await expectOne(last, one, other, third);
    const { id: linkId } = await hub.link(one.contactId, 'square');
    for (const id of [one.id, other.id, second, third.id])
      expect(await hub.claim('square', id)).toMatchObject({ linkId, contactId: one.contactId });
  });

  it('become one contact when they are merged again before the first merge is reported', async () => {
    const { one, other } = await twice();
    const third = await hub.read('square');
    const second = await merge(one.id, other.id);
    const last = await merge(second, third.id);
    const events = [await toldOfMerge(last, second, third.id), await toldOfMerge(second, one.id, other.id)];
    for (const event of events) await hub.observe(event);
    await expectOne(last, one, other, third);
  });

  it('become the contact that was read when the other never was', async () => {
    const one = await hub.read('square');
    const unknown = await hub.unread('square');
    await hub.accord.db.deleteFrom('link').where('id', '=', unknown.linkId).execute();
    const merged = await merge(one.id, unknown.id);
    await hub.observe(await toldOfMerge(merged, one.id, unknown.id));
    await expectOne(merged, one);
  });

  it('are compared with the shadow of the first, so that old values are no edits', async () => {
    const { one, other } = await twice();
    const merged = await merge(one.id, other.id);
    await hub.observe(await toldOfMerge(merged, one.id, other.id));
    const conflicts = (await hub.history(one.contactId)).filter(
      ({ kind, field }) => kind === 'conflict' && field === 'givenName',
    );
    expect(conflicts).toEqual([]);
  });

  it('are merged once when the merge is reported twice', async () => {
    const { one, other } = await twice();
    const merged = await merge(one.id, other.id);
    await hub.observe(await toldOfMerge(merged, one.id, other.id));
    const before = await hub.history(one.contactId);
    await hub.observe(await toldOfMerge(merged, one.id, other.id));
    expect(await hub.history(one.contactId)).toEqual(before);
  });
});

describe('contacts that a merge joined', () => {
  /** Both contacts have a record at Google, too, and are merged at Square. */
  async function mergedEverywhere() {
    const [one, other] = [await hub.everywhere({}, 'square'), await hub.everywhere({}, 'square')];
    const ids = [one.links.square.external_id, other.links.square.external_id] as [string, string];
    const merged = await merge(...ids);
    const { outOfStep } = await hub.observe(await toldOfMerge(merged, ...ids));
    await hub.settle(one.contactId, outOfStep);
    return { one, other, merged };
  }

  it('keep both records where the vendor has not merged them, and both stay in step', async () => {
    const { one, other } = await mergedEverywhere();
    const records = await live(one.contactId);
    expect(records.map(({ provider }) => provider).toSorted()).toEqual([
      ...['gohighlevel', 'gohighlevel', 'google', 'google', 'square'],
    ]);
    expect(await hub.linkById(other.links.google.id)).toMatchObject({ state: 'linked', contact_id: one.contactId });
  });

  it('keep the refusal of either, which can be lifted where it was made', async () => {
    const [one, other] = [await hub.read('square'), await hub.read('gohighlevel', {})];
    await hub.records('gohighlevel', { contacts: [{ id: other.id, dnd: true }], webhooks: false });
    await hub.take(other);
    const { external_id: id } = await hub.link(other.contactId, 'square');
    const merged = await merge(one.id, id as string);
    await hub.observe(await toldOfMerge(merged, one.id, id as string));
    expect((await hub.contact(one.contactId)).fields.doNotContact).toMatchObject({ call: true });
    await hub.records('gohighlevel', { contacts: [{ id: other.id, dnd: false }], webhooks: false });
    await hub.observe(other);
    expect((await hub.contact(one.contactId)).fields.doNotContact).toMatchObject({ call: false });
  });

  it('take edits from either record, and pass them on to the other', async () => {
    const { one, other } = await mergedEverywhere();
    const link = other.links.google;
    await hub.edit('google', { note: 'Likes tea' }, link.external_id);
    await hub.take({ linkId: link.id });
    const inGoogle = [...(await hub.lookUp('google', one.email)), ...(await hub.lookUp('google', other.email))];
    expect(inGoogle.map(({ note }) => note)).toEqual(inGoogle.map(() => 'Likes tea'));
    expect(new Set(inGoogle.map(({ id }) => id)).size).toBe(2);
  });
});

const notFound = { errors: [{ category: 'INVALID_REQUEST_ERROR', code: 'NOT_FOUND', detail: 'Customer not found.' }] };
