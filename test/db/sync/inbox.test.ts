import { randomUUIDv7 } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { clearDirty, markDirty } from '#db/contacts/dirty-links.ts';
import { getLink } from '#db/contacts/links.ts';
import type { Database } from '#db/database.ts';
import { acceptEvent, acceptEvents, listInboxEvents, listRefusals, recordRefusal } from '#db/sync/inbox.ts';
import { arrivedEvent, newContact, useDatabase } from '#test/db/test-database.ts';

const store = useDatabase();

const linksOf = (externalId: string) => store.db.selectFrom('link').selectAll().where('external_id', '=', externalId).execute();
const eventsOf = (externalId: string) =>
  store.db.selectFrom('inbox_event').selectAll().where('external_id', '=', externalId).execute();
const countContacts = async (db: Database) =>
  Number(
    (
      await db
        .selectFrom('contact')
        .select(({ fn }) => fn.countAll<string>().as('count'))
        .executeTakeFirstOrThrow()
    ).count,
  );

describe('an event of an unknown record', () => {
  it('creates one contact and one link when 100 events race in several processes', async () => {
    const pools = [store.open(), store.open(), store.open(), store.open()];
    const before = await countContacts(store.db);
    const externalId = randomUUIDv7();
    const accepted = await Promise.all(
      Array.from({ length: 100 }, (_, index) =>
        acceptEvent(pools[index % pools.length] as Database, arrivedEvent({ externalId })),
      ),
    );
    expect(accepted.every(({ outcome }) => outcome === 'stored')).toBe(true);
    expect(new Set(accepted.map(({ contactId }) => contactId)).size).toBe(1);
    expect(accepted.filter(({ newlyDirty }) => newlyDirty)).toHaveLength(1);
    expect(await linksOf(externalId)).toMatchObject([{ contact_id: accepted[0]?.contactId, state: 'linked' }]);
    expect(await eventsOf(externalId)).toHaveLength(100);
    expect(await countContacts(store.db)).toBe(before + 1);
  });

  it('creates two contacts for one id in two accounts', async () => {
    const externalId = randomUUIDv7();
    const one = await newContact(store.db, { externalId, accountId: 'location-1' });
    const other = await newContact(store.db, { externalId, accountId: 'location-2' });
    expect(one.contactId).not.toBe(other.contactId);
  });

  it('leaves no contact and no link when the event cannot be stored', async () => {
    const before = await countContacts(store.db);
    const bad = arrivedEvent({ type: null as never });
    await expect(acceptEvent(store.db, bad)).rejects.toThrow(/null value in column "type"/);
    expect(await linksOf(bad.externalId)).toEqual([]);
    expect(await countContacts(store.db)).toBe(before);
  });
});

describe('a repeated event', () => {
  it('is stored once, however many arrive concurrently', async () => {
    const pools = [store.open(), store.open()];
    const event = arrivedEvent();
    const accepted = await Promise.all(
      Array.from({ length: 20 }, (_, index) => acceptEvent(pools[index % 2] as Database, event)),
    );
    expect(accepted.filter(({ outcome }) => outcome === 'stored')).toHaveLength(1);
    expect(accepted.filter(({ newlyDirty }) => newlyDirty)).toHaveLength(1);
    expect(await eventsOf(event.externalId)).toHaveLength(1);
  });

  it('does not mark a link dirty that was read since', async () => {
    const event = arrivedEvent();
    const { linkId } = await acceptEvent(store.db, event);
    await clearDirty(store.db, linkId);
    expect(await acceptEvent(store.db, event)).toMatchObject({ outcome: 'duplicate', linkId, newlyDirty: false });
    expect((await getLink(store.db, linkId)).changed_at).toBeNull();
  });

  it('is a new event if it has no id or comes from another provider', async () => {
    const event = arrivedEvent();
    await acceptEvent(store.db, event);
    expect(await acceptEvent(store.db, { ...event, provider: 'square' })).toMatchObject({ outcome: 'stored' });
    const nameless = arrivedEvent({ eventId: null });
    await acceptEvent(store.db, nameless);
    expect(await acceptEvent(store.db, nameless)).toMatchObject({ outcome: 'stored' });
  });
});

describe('the dirty mark', () => {
  it('is new with the first event and after each read, so that a burst causes one signal', async () => {
    const externalId = randomUUIDv7();
    const next = () => acceptEvent(store.db, arrivedEvent({ externalId }));
    const { linkId, newlyDirty } = await next();
    const marks = [newlyDirty, (await next()).newlyDirty, (await next()).newlyDirty];
    await clearDirty(store.db, linkId);
    marks.push((await next()).newlyDirty, (await next()).newlyDirty);
    expect(marks).toEqual([true, false, false, true, false]);
  });

  it('keeps the time of the first unread event', async () => {
    const externalId = randomUUIDv7();
    const first = new Date('2026-03-01T10:00:00Z');
    const { linkId } = await acceptEvent(store.db, arrivedEvent({ externalId, receivedAt: first }));
    await acceptEvent(store.db, arrivedEvent({ externalId, receivedAt: new Date('2026-03-01T10:00:05Z') }));
    expect((await getLink(store.db, linkId)).changed_at).toEqual(first);
  });
});

describe('an event that names a version of its record', () => {
  /** A record whose values are merged up to version 5. */
  async function knownRecord() {
    const externalId = randomUUIDv7();
    const { linkId } = await newContact(store.db, { externalId });
    await clearDirty(store.db, linkId);
    await store.db.updateTable('link').set({ version: '5' }).where('id', '=', linkId).execute();
    return { linkId, send: (facts: object) => acceptEvent(store.db, arrivedEvent({ externalId, ...facts })) };
  }

  it.each(['5', '4'])('is an echo when that version is merged already: %s', async (version) => {
    const { linkId, send } = await knownRecord();
    expect(await send({ version })).toMatchObject({ outcome: 'echo', linkId, newlyDirty: false });
    expect((await getLink(store.db, linkId)).changed_at).toBeNull();
    expect((await listInboxEvents(store.db, { limit: 1 }))[0]).toMatchObject({ is_echo: true, link_id: linkId });
  });

  it.each([
    ['a later version', { version: '6' }],
    ['no version', {}],
    ['a merge', { version: '5', replaces: ['other'] }],
  ])('marks the record as changed for %s', async (_, facts) => {
    const { send } = await knownRecord();
    expect(await send(facts)).toMatchObject({ outcome: 'stored', newlyDirty: true });
  });

  it.each([
    ['the record is missing', { missing_since: new Date() }],
    ['Accord removes the record', { removed_at: new Date() }],
    ['the record is no longer linked', { state: 'tombstoned' as const }],
    ['the known version is no number', { version: '"etag"' }],
  ])('is no echo while %s', async (_, change) => {
    const { linkId, send } = await knownRecord();
    await store.db.updateTable('link').set(change).where('id', '=', linkId).execute();
    expect(await send({ version: '5' })).toMatchObject({ outcome: 'stored', newlyDirty: true });
  });

  it('needs no read when our write that caused it is answered after it arrived', async () => {
    const { linkId, send } = await knownRecord();
    await send({ version: '6' });
    await send({ version: '7' });
    await store.db.updateTable('link').set({ version: '7' }).where('id', '=', linkId).execute();
    expect(await clearDirty(store.db, linkId)).toMatchObject({ isKnown: true, changed_at: null });
    expect(await clearDirty(store.db, linkId)).toMatchObject({ isKnown: false });
  });

  it.each([
    ['a later version', (send: (facts: object) => Promise<unknown>) => send({ version: '8' })],
    ['an event without one', (send: (facts: object) => Promise<unknown>) => send({})],
    ['a person who asks for a read', (_: unknown, linkId: string) => markDirty(store.db, [linkId])],
  ])('needs a read all the same after %s', async (_, change) => {
    const { linkId, send } = await knownRecord();
    await send({ version: '6' });
    await change(send, linkId);
    await send({ version: '7' });
    await store.db.updateTable('link').set({ version: '7' }).where('id', '=', linkId).execute();
    expect(await clearDirty(store.db, linkId)).toMatchObject({ isKnown: false });
  });
});

it('finds a record by an id that a merge at its provider replaced', async () => {
  const { linkId, contactId } = await newContact(store.db);
  const replaced = randomUUIDv7();
  await store.db
    .insertInto('link_alias')
    .values({ provider: 'gohighlevel', account_id: 'location-1', external_id: replaced, link_id: linkId })
    .execute();
  expect(await acceptEvent(store.db, arrivedEvent({ externalId: replaced }))).toMatchObject({ linkId, contactId });
  expect(await linksOf(replaced)).toEqual([]);
});

describe('several events in one round trip', () => {
  it('are answered in their order', async () => {
    const known = arrivedEvent();
    const { linkId } = await acceptEvent(store.db, known);
    const events = [arrivedEvent(), known, arrivedEvent({ externalId: known.externalId }), arrivedEvent()];
    const accepted = await acceptEvents(store.db, events);
    expect(accepted.map(({ outcome }) => outcome)).toEqual(['stored', 'duplicate', 'stored', 'stored']);
    expect(accepted.map((each) => each.linkId === linkId)).toEqual([false, true, true, false]);
    const links = await Promise.all(accepted.map((each) => getLink(store.db, each.linkId)));
    expect(links.map(({ external_id }) => external_id)).toEqual(events.map(({ externalId }) => externalId));
  });

  it('are stored all or none', async () => {
    const good = arrivedEvent();
    await expect(acceptEvents(store.db, [good, arrivedEvent({ type: null as never })])).rejects.toThrow();
    expect(await linksOf(good.externalId)).toEqual([]);
    expect(await eventsOf(good.externalId)).toEqual([]);
  });

  it('cannot deadlock, in whatever order two batches name the same records', async () => {
    const records = Array.from({ length: 50 }, () => randomUUIDv7());
    const batch = (ids: string[]) => ids.map((externalId) => arrivedEvent({ externalId }));
    const [one, other] = [store.open(), store.open()];
    for (let round = 0; round < 10; round += 1) {
      await Promise.all([acceptEvents(one, batch(records)), acceptEvents(other, batch(records.toReversed()))]);
      for (const { id } of await store.db.selectFrom('link').select('id').where('external_id', 'in', records).execute()) {
        await clearDirty(store.db, id);
      }
    }
  });
});

describe('the lists for people', () => {
  it('show events, the newest first, page by page and without their bodies', async () => {
    const externalId = randomUUIDv7();
    // UUIDv7 ids of one millisecond have no order.
    const ids = Array.from({ length: 3 }, (_, index) => `00000000-0000-7000-8000-00000000000${index}`);
    await acceptEvents(store.db, [arrivedEvent({ externalId }), arrivedEvent({ externalId }), arrivedEvent({ externalId })]);
    const stored = await eventsOf(externalId);
    for (const [index, { id }] of stored.entries()) {
      await store.db
        .updateTable('inbox_event')
        .set({ id: ids[index] as string })
        .where('id', '=', id)
        .execute();
    }
    const page = await listInboxEvents(store.db, { before: '00000000-0000-7000-8000-000000000009', limit: 2 });
    expect(page.map(({ id }) => id)).toEqual([ids[2], ids[1]]);
    expect(await listInboxEvents(store.db, { before: ids[1], limit: 2 })).toMatchObject([{ id: ids[0] }]);
    expect(page[0]).not.toHaveProperty('payload');
  });

  it('show the reason of a refused request', async () => {
    const refusal = {
      ...{ route: '/webhook/ghl', status: 401, code: 'wrong-signature', reason: 'No.', remoteAddress: '127.0.0.1' },
      count: 7,
    };
    await recordRefusal(store.db, refusal);
    const { remoteAddress, ...rest } = refusal;
    expect(await listRefusals(store.db, { limit: 1 })).toMatchObject([{ ...rest, remote_address: remoteAddress }]);
  });
});
