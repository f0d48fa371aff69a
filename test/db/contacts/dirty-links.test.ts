import { randomUUIDv7 } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import {
  clearDirty,
  countDirtyLinks,
  type DirtyLink,
  findUnsignalledLinks,
  markDirty,
  markSignalled,
  settleAnnounced,
} from '#db/contacts/dirty-links.ts';
import { getLink } from '#db/contacts/links.ts';
import { acceptEvent } from '#db/sync/inbox.ts';
import { arrivedEvent, newContact, useDatabase } from '#test/db/test-database.ts';
import { untilLocksWait } from '#test/setup/lock-waits.ts';

const store = useDatabase();

const secondsAgo = (seconds: number) => new Date(Date.now() - seconds * 1_000);

const traceparent = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`;

/** A link whose event arrived so long ago. */
async function changedLink(seconds: number, externalId: string = randomUUIDv7()): Promise<DirtyLink> {
  const changedAt = secondsAgo(seconds);
  const { linkId, contactId } = await acceptEvent(
    store.db,
    arrivedEvent({ externalId, receivedAt: changedAt, headers: { traceparent } }),
  );
  return { linkId, contactId, provider: 'gohighlevel', changedAt, traceparent };
}

/** The sweeper's findings among these links only: other tests leave links of their own. */
async function found(links: DirtyLink[], limits: object = {}): Promise<string[]> {
  const all = await findUnsignalledLinks(store.db, { olderThanSeconds: 8, signalLostAfterSeconds: 900, limit: 1_000, ...limits });
  return all.filter(({ linkId }) => links.some((link) => link.linkId === linkId)).map(({ linkId }) => linkId);
}

describe('the sweeper', () => {
  it('finds a change that reached no workflow, with everything that a signal needs', async () => {
    const link = await changedLink(60);
    const all = await findUnsignalledLinks(store.db, { olderThanSeconds: 8, signalLostAfterSeconds: 900, limit: 1_000 });
    expect(all).toContainEqual(link);
  });

  it('leaves a young change to the dispatcher', async () => {
    const link = await changedLink(2);
    expect(await found([link])).toEqual([]);
    expect(await found([link], { olderThanSeconds: 1 })).toEqual([link.linkId]);
  });

  it('skips signalled links until the signal must have been lost', async () => {
    const link = await changedLink(60);
    await markSignalled(store.db, [link]);
    expect(await found([link])).toEqual([]);
    await store.db
      .updateTable('link')
      .set({ signalled_at: secondsAgo(901) })
      .where('id', '=', link.linkId)
      .execute();
    expect(await found([link])).toEqual([link.linkId]);
  });

  it('finds the oldest changes first, up to the limit', async () => {
    const [younger, older] = [await changedLink(7_200), await changedLink(7_300)];
    const all = await findUnsignalledLinks(store.db, { olderThanSeconds: 3_600, signalLostAfterSeconds: 900, limit: 1 });
    expect(all.map(({ linkId }) => linkId)).toEqual([older.linkId]);
    expect(await found([younger, older])).toEqual([older.linkId, younger.linkId]);
  });

  it('skips a record that was read since', async () => {
    const link = await changedLink(60);
    await clearDirty(store.db, link.linkId);
    expect(await found([link])).toEqual([]);
  });
});

describe('a link that was signalled, read and changed again before the signal was recorded', () => {
  it('stays unsignalled', async () => {
    const externalId = randomUUIDv7();
    const signalled = await changedLink(120, externalId);
    await clearDirty(store.db, signalled.linkId);
    const next = await changedLink(60, externalId);
    await markSignalled(store.db, [signalled]);
    expect(await found([next])).toEqual([next.linkId]);
  });

  it('stays clean if it did not change again', async () => {
    const signalled = await changedLink(120);
    await clearDirty(store.db, signalled.linkId);
    await markSignalled(store.db, [signalled]);
    expect(await getLink(store.db, signalled.linkId)).toMatchObject({ changed_at: null, signalled_at: null });
  });
});

it('marks many links as signalled, each by its own mark', async () => {
  const links = [await changedLink(60), await changedLink(61), await changedLink(62)];
  const [first, second, third] = links as [DirtyLink, DirtyLink, DirtyLink];
  await markSignalled(store.db, [first, { ...second, changedAt: first.changedAt }, third]);
  expect(await found(links)).toEqual([second.linkId]);
});

describe('marking a link dirty by hand', () => {
  it('makes a clean link dirty', async () => {
    const { linkId, contactId } = await newContact(store.db);
    await clearDirty(store.db, linkId);
    const dirty = await markDirty(store.db, [linkId]);
    expect(dirty).toEqual([
      { linkId, contactId, provider: 'gohighlevel', changedAt: (await getLink(store.db, linkId)).changed_at, traceparent: null },
    ]);
    expect(await found(dirty, { olderThanSeconds: -1 })).toEqual([linkId]);
  });

  it('keeps an older mark and its signal', async () => {
    const link = await changedLink(60);
    await markSignalled(store.db, [link]);
    expect(await markDirty(store.db, [link.linkId])).toEqual([link]);
    expect(await found([link])).toEqual([]);
  });
});

it('counts signalled and unsignalled links', async () => {
  const before = await countDirtyLinks(store.db);
  const [signalled, cleared] = [await changedLink(60), await changedLink(60), await changedLink(60)];
  await markSignalled(store.db, [signalled]);
  await clearDirty(store.db, cleared.linkId);
  expect(await countDirtyLinks(store.db)).toEqual({ signalled: before.signalled + 1, unsignalled: before.unsignalled + 1 });
});

it('marks a link for a newer version that arrives while the mark of an older one is being cleared', async () => {
  const event = { provider: 'square', externalId: randomUUIDv7(), version: '2' };
  const { linkId } = await newContact(store.db, event);
  await store.db.updateTable('link').set({ version: '2' }).where('id', '=', linkId).execute();

  const { settled, arriving } = await store.db.transaction().execute(async (tx) => ({
    settled: await settleAnnounced(tx, linkId),
    arriving: await arrivesAndWaits({ ...event, version: '3' }),
  }));
  expect(settled).toBe('known');
  expect(await arriving.accepted).toMatchObject({ outcome: 'stored', newlyDirty: true });
  expect(await getLink(store.db, linkId)).toMatchObject({ changed_at: expect.any(Date), announced_version: '3' });
});

/** Accepts an event in another connection, and returns once it waits for a lock. */
async function arrivesAndWaits(facts: Parameters<typeof arrivedEvent>[0]) {
  const accepted = acceptEvent(store.db, arrivedEvent(facts));
  await untilLocksWait(store.db);
  return { accepted };
}
