import { describe, expect, it } from '@jest/globals';
import { observeRecord } from '#activities/contact/observe-record.ts';
import { pushRecord } from '#activities/contact/push-record.ts';
import { requireReads } from '#db/contacts/dirty-links.ts';
import { acceptEvent } from '#db/sync/inbox.ts';
import { arrivedEvent } from '#test/db/test-database.ts';
import type { Member } from '#test/setup/hub.ts';
import { nextPhone } from '#test/setup/people.ts';
import { type Claimed, useHub } from './hub.ts';

const hub = useHub();

/** Runs `meanwhile` after a create has landed and before its answer arrives. */
function beforeTheAnswer(provider: Member, happen: (id: string) => Promise<unknown>) {
  return hub.depsWith(provider, (client) => ({
    async create(...given) {
      const result = await client.create(...given);
      await happen(result.record.externalId);
      return result;
    },
  }));
}

/** An event for a created record that arrives before the answer to the create. */
async function earlyEvent(provider: Member, happen: (claimed: Claimed) => Promise<unknown> = async () => {}) {
  const from = provider === 'gohighlevel' ? 'square' : 'gohighlevel';
  const phone = nextPhone();
  const { contactId } = await hub.read(from, { phone });
  let claimed: Claimed | undefined;
  const early = beforeTheAnswer(provider, async (id) => {
    claimed = await hub.claim(provider, id);
    await happen(claimed);
  });
  const pushed = await hub.push(contactId, provider, { with: early });
  return { contactId, phone, pushed, event: claimed as Claimed };
}

describe.each(['gohighlevel', 'square', 'google'] as const)('an event for a record that we are creating at %s', (provider) => {
  it('makes no second contact', async () => {
    const { contactId, pushed, event } = await earlyEvent(provider);
    expect(pushed).toMatchObject({ outcome: 'created' });
    expect(await hub.contact(event.contactId)).toMatchObject({ mergedInto: contactId, revision: 0 });
    expect(await hub.link(contactId, provider)).toMatchObject({ state: 'linked', origin: 'accord' });
    expect((await hub.links(contactId)).filter(({ external_id }) => external_id === event.id)).toHaveLength(1);
  });

  it('is read at the link of the create, and edits since then are merged', async () => {
    const { contactId, event, phone } = await earlyEvent(provider, ({ id }) => hub.edit(provider, { familyName: 'King' }, id));
    expect(await hub.observe(event)).toMatchObject({ contactId, outcome: 'changed' });
    expect((await hub.contact(contactId)).fields.familyName).toBe('King');
    expect(await hub.lookUp(provider, phone)).toMatchObject([{ familyName: 'King' }]);
  });

  it('that is read before the answer arrives leaves one contact and one record', async () => {
    const { contactId, event, phone } = await earlyEvent(provider, (claimed) => hub.observe(claimed).catch(() => {}));
    await hub.observe(event);
    await hub.settle(contactId, [provider]);
    expect((await hub.contact(event.contactId)).mergedInto).toBe(contactId);
    expect(await hub.lookUp(provider, phone)).toHaveLength(1);
    expect((await hub.links(contactId)).filter((link) => link.provider === provider && link.state === 'linked')).toHaveLength(1);
  });

  it('that arrives after the answer is an echo without changes or writes', async () => {
    const { contactId } = await hub.read(provider === 'gohighlevel' ? 'square' : 'gohighlevel');
    await hub.push(contactId, provider);
    const { external_id, id } = await hub.link(contactId, provider);
    const event = await hub.claim(provider, external_id as string);
    expect(event).toMatchObject({ contactId, linkId: id });
    const before = await hub.history(contactId);
    expect(await hub.observe(event)).toMatchObject({ outcome: 'unchanged' });
    expect(await hub.history(contactId)).toEqual(before);
  });
});

describe('an event for another contact’s record', () => {
  it('signals the other contact’s workflow, and only that', async () => {
    const phone = nextPhone();
    const known = await hub.read('gohighlevel', { phone });
    const newcomer = await hub.unread('square', { phone, note: 'Likes tea' });
    const result = await observeRecord(hub.deps, { ...newcomer, cause: 'test' }, { priority: 2 });
    expect(result).toMatchObject({ contactId: known.contactId, outOfStep: [] });
    expect(hub.announced).toEqual([{ contactId: known.contactId, observe: [], push: ['google'], priority: 2 }]);
  });
});

describe('the answer to a write', () => {
  it('without news requests no push: earlier changes have requested theirs', async () => {
    const { contactId } = await hub.read('gohighlevel', { phone: nextPhone() });
    expect(await hub.push(contactId, 'square')).toMatchObject({ outcome: 'created', outOfStep: [] });
  });

  it('with an edit by others requests pushes to the other providers', async () => {
    const { contactId } = await hub.read('gohighlevel', { phone: nextPhone() });
    const edited = hub.depsWith('square', (client) => ({
      async create(...given) {
        const { record, ...result } = await client.create(...given);
        return { ...result, record: { ...record, values: { ...record.values, note: 'Has a dog.' } } };
      },
    }));
    expect(await hub.push(contactId, 'square', { with: edited })).toMatchObject({ outOfStep: ['google'] });
  });

  it('is reported again by the next attempt of the push, when the first one died with it', async () => {
    const { contactId } = await hub.everywhere();
    await hub.edit('square', { givenName: 'Augusta' }, (await hub.link(contactId, 'square')).external_id);
    await hub.observe({ linkId: (await hub.link(contactId, 'square')).id });
    const push = { contactId, provider: 'gohighlevel', cause: 'test', owner: 'test' };
    await pushRecord(hub.deps, push, {});
    expect(await pushRecord(hub.deps, push, {})).toMatchObject({ outOfStep: [] });
    expect(await pushRecord(hub.deps, push, { isRetry: true })).toMatchObject({ outcome: 'in-step', outOfStep: ['google'] });
  });

  it('to a create that could not be stored leads to no second create, where the search lags', async () => {
    const { contactId, phone } = await hub.read('gohighlevel');
    const lagging = hub.depsWith('google', () => ({ find: async () => [] }));
    const failing = hub.depsWith('google', (client) => ({
      find: async () => [],
      async create(...given) {
        await client.create(...given);
        throw new Error('deadlock detected');
      },
    }));
    await expect(hub.push(contactId, 'google', { with: failing })).rejects.toThrow('deadlock detected');
    await expect(hub.push(contactId, 'google', { with: lagging })).rejects.toThrow('may still land');
    hub.wait(6);
    expect(await hub.push(contactId, 'google')).toMatchObject({ outcome: 'adopted' });
    expect(await hub.lookUp('google', phone)).toHaveLength(1);
  });
});

describe('the webhook about our own write that overtook the answer to it', () => {
  /** A record in Square that is marked as changed, in a version that is merged already. */
  async function overtaken() {
    const { links } = await hub.everywhere();
    const { id: linkId, external_id: externalId } = links.square;
    const { accountId } = hub.accord.clients.square;
    const event = { provider: 'square', accountId, externalId: externalId as string, version: '7' };
    expect(await acceptEvent(hub.accord.db, arrivedEvent(event))).toMatchObject({ outcome: 'stored', newlyDirty: true });
    await hub.accord.db.updateTable('link').set({ version: '7' }).where('id', '=', linkId).execute();
    const observe = (given: object) => observeRecord(hub.deps, { linkId, cause: 'test', ...given }, {});
    return { linkId, read: `GET /v2/customers/${externalId}`, observe };
  }

  it('costs no call where nobody asks for the present state', async () => {
    const { linkId, observe } = await overtaken();
    expect(await hub.calls('square', () => observe({ mayBeKnown: true }))).toEqual([]);
    expect(await hub.linkById(linkId)).toMatchObject({ changed_at: null, announced_version: null });
  });

  it('spares no read to an undo or a deletion, which must know the present state', async () => {
    const { observe, read } = await overtaken();
    expect(await hub.calls('square', () => observe({}))).toEqual([read]);
  });

  it('spares no read of a record that a pass found different', async () => {
    const { linkId, observe, read } = await overtaken();
    await requireReads(hub.accord.db, [linkId]);
    expect(await hub.calls('square', () => observe({ mayBeKnown: true }))).toEqual([read]);
  });
});
