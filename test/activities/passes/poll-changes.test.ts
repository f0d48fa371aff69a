import { beforeAll, describe, expect, it } from '@jest/globals';
import { pollChanges } from '#activities/passes/poll-changes.ts';
import { findCursor, saveCursor } from '#db/sync/sync-cursors.ts';
import { useHub } from '#test/activities/contact/hub.ts';
import { nextPhone } from '#test/setup/people.ts';

const hub = useHub({ googleAccount: { pageSize: 20 } });
beforeAll(async () => {
  await hub.read('google');
  await poll();
});

/** Polls page after page, as the workflow does. */
async function poll(deps = hub.deps) {
  let changed = 0;
  const push: Record<string, string[]> = {};
  let [position, expired, pages] = [null as Awaited<ReturnType<typeof pollChanges>>['position'], false, 0];
  do {
    const page = await pollChanges(deps, { provider: 'google', position, cause: 'test' }, {}, () => {});
    for (const [provider, ids] of Object.entries(page.push)) push[provider] = [...(push[provider] ?? []), ...ids];
    changed += page.changed;
    expired ||= page.expired;
    position = page.position;
    pages += 1;
  } while (position !== null);
  return { changed, push, expired, pages };
}

const cursor = () =>
  findCursor(hub.accord.db, { provider: 'google', accountId: hub.accord.clients.google.accountId, name: 'changes' });
const people = (count: number) =>
  Array.from({ length: count }, (_, at) => ({ names: [{ givenName: `Ada ${at}` }], phoneNumbers: [{ value: nextPhone() }] }));

/** Links that workflows were signalled to read. */
const toRead = () => hub.announced.flatMap(({ observe }) => observe.map(({ linkId }) => linkId));

describe('a poll', () => {
  it('without changes is one call and no write', async () => {
    const before = await hub.accord.db.selectFrom('contact_history').select('id').execute();
    const calls = await hub.calls('google', async () =>
      expect(await poll()).toEqual({ changed: 0, push: {}, expired: false, pages: 1 }),
    );
    expect(calls).toEqual(['GET /v1/people/me/connections']);
    expect(hub.announced).toEqual([]);
    expect(await hub.accord.db.selectFrom('contact_history').select('id').execute()).toEqual(before);
  });

  it('signals the workflows of a few changed and new contacts', async () => {
    const { links } = await hub.everywhere();
    await poll();
    hub.announced.length = 0;
    await hub.edit('google', { note: 'Likes tea' }, links.google.external_id);
    const id = await hub.edit('google', { givenName: 'Grace', familyName: 'Hopper', phone: nextPhone() });
    expect(await poll()).toMatchObject({ changed: 2, push: {} });
    expect(toRead().toSorted()).toEqual([links.google.id, (await hub.claim('google', id)).linkId].toSorted());
  });

  it('signals nothing for our own writes', async () => {
    const { links, contactId } = await hub.everywhere();
    await poll();
    await hub.edit('square', { note: 'Likes tea' }, links.square.external_id);
    await hub.take({ linkId: links.square.id });
    hub.announced.length = 0;
    expect(await poll()).toMatchObject({ changed: 0 });
    expect(toRead()).toEqual([]);
    expect((await hub.contact(contactId)).syncStatus).toBe('synced');
  });

  it('observes many changes itself, and returns the pushes by provider', async () => {
    await hub.records('google', { people: people(12) });
    const { changed, push } = await poll();
    expect(changed).toBe(12);
    expect(Object.keys(push).toSorted()).toEqual(['gohighlevel', 'square']);
    expect(push.square).toHaveLength(12);
    expect(toRead()).toEqual([]);
  });

  it('signals the contact’s workflow to read a deleted record', async () => {
    const { contactId, links } = await hub.everywhere();
    await poll();
    hub.announced.length = 0;
    await hub.records('google', { delete: [links.google.external_id] });
    expect(await poll()).toMatchObject({ changed: 1 });
    expect(hub.announced).toEqual([
      {
        contactId,
        observe: [{ linkId: links.google.id, provider: 'google' }],
        push: [],
        priority: 3,
        arrival: { at: expect.any(Number) },
      },
    ]);
    expect(await hub.linkById(links.google.id)).toMatchObject({ state: 'linked' });
  });

  it('signals nothing for a deleted record that was never known', async () => {
    const { people: ids } = await hub.records<{ people: string[] }>('google', { people: people(1) });
    await hub.records('google', { delete: ids });
    hub.announced.length = 0;
    await poll();
    expect(toRead()).toEqual([]);
  });
});

describe('an expired position at Google', () => {
  const day = 24 * 3_600;

  it('is replaced by a listing of everything, a full pass is requested, and the next poll is idle again', async () => {
    const { contactId, links } = await hub.everywhere();
    await poll();
    const before = await cursor();
    await hub.edit('google', { note: 'Likes tea' }, links.google.external_id);
    await hub.clock('google', 8 * day);
    const { expired, changed } = await poll();
    expect(expired).toBe(true);
    expect(changed).toBeGreaterThanOrEqual(1);
    // By the poll itself, or by the workflow that it signalled.
    if (toRead().includes(links.google.id)) await hub.observe({ linkId: links.google.id });
    expect((await hub.contact(contactId)).fields.note).toBe('Likes tea');
    expect(await cursor()).not.toBe(before);
    expect(await poll()).toMatchObject({ expired: false, changed: 0 });
  });
});

describe('a poll of several pages that stops halfway', () => {
  it('starts again from its start, and observes each change once', async () => {
    const first = await cursor();
    await hub.records('google', { people: people(25) });
    const broken = hub.depsWith('google', (client) => ({
      async changes(position, call) {
        if (position.cursor !== null) throw new Error('the worker was killed');
        return (client.changes as NonNullable<typeof client.changes>)(position, call);
      },
    }));
    await expect(poll(broken)).rejects.toThrow('killed');
    expect(await cursor()).toBe(first);
    const { changed, pages } = await poll();
    expect(pages).toBe(2);
    // The contacts of the first page were not pushed yet, so they are returned again.
    expect(changed).toBe(25);
    const links = await hub.accord.db.selectFrom('link').select('external_id').where('provider', '=', 'google').execute();
    expect(new Set(links.map(({ external_id }) => external_id)).size).toBe(links.length);
    expect(await cursor()).not.toBe(first);
  });

  it('observes a page again whose position was not saved, without harm', async () => {
    const { contactId, links } = await hub.everywhere();
    await poll();
    await hub.edit('google', { note: 'Likes tea' }, links.google.external_id);
    const asked = await cursor();
    await poll();
    await hub.observe({ linkId: links.google.id });
    const before = await hub.history(contactId);
    const key = { provider: 'google', accountId: hub.accord.clients.google.accountId, name: 'changes' };
    await saveCursor(hub.accord.db, key, asked as string);
    await hub.settle(contactId, ['square', 'gohighlevel']);
    expect(await poll()).toMatchObject({ changed: 0 });
    expect((await hub.history(contactId)).filter(({ kind }) => kind !== 'pushed')).toEqual(
      before.filter(({ kind }) => kind !== 'pushed'),
    );
  });
});

it('a provider with webhooks cannot be polled', async () => {
  await expect(pollChanges(hub.deps, { provider: 'square', position: null, cause: 'test' }, {}, () => {})).rejects.toThrow(
    'Square has no call that lists changes',
  );
});
