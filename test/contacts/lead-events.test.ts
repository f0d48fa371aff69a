import { afterEach, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { inTransaction } from '#contacts/contact-transaction.ts';
import { mergeContacts } from '#contacts/merging/merge-contacts.ts';
import { undoMerge } from '#contacts/merging/split-contact.ts';
import { openUnit, withContact } from '#contacts/open-unit.ts';
import { resolveConflict } from '#contacts/resolve-conflict.ts';
import { deleteEndpoint } from '#db/delivery/endpoints.ts';
import { publishLeadEvent } from '#db/delivery/outbox-events.ts';
import type { EndpointRow } from '#db/delivery/tables.ts';
import { useHub } from '#test/activities/contact/hub.ts';
import { leadEvent, newEndpoint } from '#test/db/delivery/delivery-rows.ts';
import { eventually } from '#test/setup/eventually.ts';
import { nextPhone } from '#test/setup/people.ts';

const hub = useHub();
const endpoints: EndpointRow[] = [];
afterEach(async () => {
  for (const { id } of endpoints.splice(0)) await deleteEndpoint(hub.accord.db, id);
});

async function subscribe(settings: Parameters<typeof newEndpoint>[1] = {}): Promise<EndpointRow> {
  const endpoint = await newEndpoint(hub.accord.db, settings);
  endpoints.push(endpoint);
  return endpoint;
}

async function eventsOf(contactId: string) {
  const rows = await hub.accord.db
    .selectFrom('outbox_event')
    .selectAll()
    .where('contact_id', '=', contactId)
    .orderBy('sequence')
    .execute();
  return rows.map(({ body, ...row }) => ({ ...row, body: JSON.parse(body.toString()) }));
}

const deliveriesOf = (contactId: string) =>
  hub.accord.db.selectFrom('webhook_delivery').select(['endpoint_id', 'state']).where('contact_id', '=', contactId).execute();

it('stores no event while no endpoint subscribes', async () => {
  await subscribe({ is_active: false });
  const { contactId } = await hub.read('square');
  expect(await eventsOf(contactId)).toEqual([]);
});

describe('subscribers', () => {
  it('receive a new lead and its numbered changes, and nothing for an echo or an unchanged read', async () => {
    const endpoint = await subscribe();
    const { contactId, links, email } = await hub.everywhere();
    const [first, ...rest] = await eventsOf(contactId);
    expect(first).toMatchObject({
      type: 'new_lead',
      body: { id: first?.id, data: { id: contactId, name: 'Ada Lovelace', email } },
    });
    expect(rest).toEqual([]);
    for (const link of Object.values(links)) await hub.take({ linkId: link.id });
    expect(await eventsOf(contactId)).toHaveLength(1);

    await hub.edit('square', { familyName: 'King' }, links.square.external_id);
    await hub.take({ linkId: links.square.id });
    for (const link of Object.values(links)) await hub.take({ linkId: link.id });
    const [, update, ...more] = await eventsOf(contactId);
    expect(more).toEqual([]);
    expect(update).toMatchObject({
      type: 'lead_update',
      body: { event: 'lead_update', data: { changes: { name: 'Ada King' } } },
    });
    expect(Number(update?.sequence)).toBeGreaterThan(Number(first?.sequence));
    expect(update?.body.sequence).toBe(Number(update?.sequence));
    expect(await deliveriesOf(contactId)).toEqual([1, 2].map(() => ({ endpoint_id: endpoint.id, state: 'pending' })));
  });

  it('receive only the events that their filters select', async () => {
    const updates = await subscribe({ events: ['lead_update'] });
    await subscribe({ filters: { tags: ['vip'] } });
    const curious = await subscribe({ include_previous: true, filters: { changed: ['name'] } });
    const { contactId, links } = await hub.everywhere();
    expect((await deliveriesOf(contactId)).map(({ endpoint_id }) => endpoint_id)).toEqual([curious.id]);
    await hub.edit('square', { familyName: 'King' }, links.square.external_id);
    await hub.take({ linkId: links.square.id });
    const [, update] = await eventsOf(contactId);
    const told = (await deliveriesOf(contactId)).map(({ endpoint_id }) => endpoint_id);
    expect(told.toSorted()).toEqual([curious.id, curious.id, updates.id].toSorted());
    expect(update?.body.data).not.toHaveProperty('previous');
    expect(JSON.parse(String(update?.body_with_previous)).data.previous).toEqual({ name: 'Ada Lovelace' });
  });

  it('receive one event for a merge of two contacts and a further change in the same transaction', async () => {
    await subscribe();
    const one = await hub.read('square', { phone: nextPhone() });
    const other = await hub.read('google', { givenName: 'Grace', phone: nextPhone(), email: 'grace@example.com' });
    const { deps } = hub;
    await inTransaction(deps, async (transaction) => {
      await mergeContacts(transaction, { survivorId: one.contactId, otherId: other.contactId, why: 'test', cause: 'test' });
      const unit = await openUnit(transaction, { contactId: one.contactId, cause: 'test' });
      unit.changeContact({ fields: { ...unit.contact.fields, company: 'Analytical Engines' } });
      await unit.save();
    });
    const [, update, ...more] = await eventsOf(one.contactId);
    expect(more).toEqual([]);
    expect(update?.body.data.changes).toMatchObject({
      company: 'Analytical Engines',
      phones: [expect.any(String), expect.any(String)],
    });
    expect(update?.body.data.merged).toEqual([other.contactId]);
    expect(await eventsOf(other.contactId)).toHaveLength(1);
    expect(await deliveriesOf(one.contactId)).toHaveLength(2);
  });

  it('receive both leads of an undone merge, each with the id of the other', async () => {
    await subscribe();
    const one = await hub.read('square', { phone: nextPhone() });
    const other = await hub.read('google', { givenName: 'Grace', phone: nextPhone(), email: 'hopper@example.com' });
    const [contactId, otherId] = [one.contactId, other.contactId];
    await inTransaction(hub.deps, (transaction) =>
      mergeContacts(transaction, { survivorId: contactId, otherId, why: 'test', cause: 'test' }),
    );
    await inTransaction(hub.deps, (transaction) => undoMerge(transaction, { contactId, mergeId: null, actor: 'test' }));
    const [stays, leaves] = [(await eventsOf(contactId)).at(-1), (await eventsOf(otherId)).at(-1)];
    expect(stays).toMatchObject({
      type: 'lead_update',
      body: { data: { split_from: otherId, changes: { phones: [one.phone] } } },
    });
    expect(leaves).toMatchObject({
      type: 'lead_update',
      body: { data: { id: otherId, split_from: contactId, phone: other.phone } },
    });
    expect(Number(leaves?.sequence)).toBeGreaterThan(1);
  });

  it('hear of a record that is split off, and was never a lead, as a new lead', async () => {
    await subscribe();
    const email = `${nextPhone().slice(1)}@example.com`;
    const { contactId } = await hub.read('square', { email });
    const same = await hub.read('google', { email, phone: null });
    expect(same.contactId).toBe(contactId);
    await inTransaction(hub.deps, (transaction) => undoMerge(transaction, { contactId, mergeId: null, actor: 'test' }));
    const [event, ...more] = await eventsOf((await hub.linkById(same.linkId)).contact_id);
    expect(more).toEqual([]);
    expect(event).toMatchObject({ type: 'new_lead', body: { data: { email, split_from: contactId } } });
  });

  it('receive a merge that changes no field, unless the merged contact has no values', async () => {
    await subscribe();
    const { deps } = hub;
    const { db } = hub.accord;
    const survivor = await hub.read('square');
    const join = ({ contactId: otherId }: { contactId: string }) => {
      const pair = { survivorId: survivor.contactId, otherId, why: 'test', cause: 'test' };
      return inTransaction(deps, (transaction) => mergeContacts(transaction, pair));
    };
    await join(await hub.unread('google'));
    expect(await eventsOf(survivor.contactId)).toHaveLength(1);

    const twin = await hub.read('google', { phone: nextPhone() });
    const { fields } = await db
      .selectFrom('contact')
      .select('fields')
      .where('id', '=', survivor.contactId)
      .executeTakeFirstOrThrow();
    await db
      .updateTable('contact')
      .set({ fields: JSON.stringify(fields) as never })
      .where('id', '=', twin.contactId)
      .execute();
    await join(twin);
    const [, update] = await eventsOf(survivor.contactId);
    expect(update).toMatchObject({ type: 'lead_update', body: { data: { changes: {}, merged: [twin.contactId] } } });
  });

  it('receive the result of a conflict that a person decided', async () => {
    await subscribe();
    const { contactId } = await hub.read('square');
    const { db } = hub.accord;
    const { id } = await db
      .insertInto('contact_history')
      .values({
        ...{
          contact_id: contactId,
          kind: 'conflict',
          actor: 'square',
          field: 'familyName',
          provider: null,
          before: null,
          cause: null,
        },
        ...{ after: JSON.stringify('Lovelace'), losing: JSON.stringify('Byron') },
      })
      .returning('id')
      .executeTakeFirstOrThrow();
    const resolution = { contactId, conflictId: id, value: 'lost', actor: 'api-key:test' } as const;
    expect(await inTransaction(hub.deps, (transaction) => resolveConflict(transaction, resolution))).toBe('resolved');
    expect((await eventsOf(contactId)).at(-1)).toMatchObject({
      type: 'lead_update',
      body: { data: { changes: { name: 'Ada Byron' } } },
    });
  });
});

describe('an event', () => {
  it('is rolled back with its change', async () => {
    await subscribe();
    const { contactId } = await hub.read('square');
    const failing = withContact(hub.deps, { contactId, cause: 'test' }, (unit) => {
      unit.changeContact({ fields: { ...unit.contact.fields, company: 'Acme' } });
      unit.changeContact({ provenance: circular as never });
    });
    await expect(failing).rejects.toThrow();
    expect(await eventsOf(contactId)).toHaveLength(1);
  });

  it('cannot be stored twice', async () => {
    await subscribe();
    const event = leadEvent();
    const { db } = hub.accord;
    const outcomes = await Promise.allSettled([publishLeadEvent(db, event), publishLeadEvent(db, event)]);
    expect(outcomes.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
    expect(await eventsOf(event.contactId)).toHaveLength(1);
    expect(await deliveriesOf(event.contactId)).toHaveLength(1);
  });

  it('notifies listeners once per endpoint on commit', async () => {
    const [one, two] = [await subscribe(), await subscribe()];
    const listener = new pg.Client({ connectionString: hub.accord.databaseUrl });
    await listener.connect();
    const heard: (string | undefined)[] = [];
    listener.on('notification', ({ payload }) => heard.push(payload));
    await listener.query('listen webhook_due');
    await hub.read('square');
    await eventually(() => expect(heard.toSorted()).toEqual([one.id, two.id].toSorted()));
    await listener.end();
  });
});

const circular: Record<string, unknown> = {};
circular.self = circular;
