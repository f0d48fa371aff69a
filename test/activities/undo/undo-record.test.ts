import { beforeEach, describe, expect, it } from '@jest/globals';
import { undoRecord } from '#activities/undo/undo-record.ts';
import { setAccountMode } from '#db/sync/account-modes.ts';
import { insertGoLiveRun } from '#db/sync/go-live-runs.ts';
import { listLinksToUndo } from '#db/sync/go-live-writes.ts';
import { InvalidRequestError, UnavailableError } from '#providers/errors.ts';
import type { ProviderClient } from '#providers/provider.ts';
import { useHub } from '#test/activities/contact/hub.ts';
import type { Member } from '#test/setup/hub.ts';

const hub = useHub();

let runIds: string[];

/** Square is written to since a go-live. */
beforeEach(async () => {
  await setAccountMode(hub.accord.db, 'square', 'live');
  runIds = [(await insertGoLiveRun(hub.accord.db, { provider: 'square', limit: null, actor: 'test' })).id];
});

async function undo(linkId: string, deps = hub.deps): Promise<void> {
  await setAccountMode(hub.accord.db, 'square', 'observe');
  await undoRecord(deps, { runIds, provider: 'square', linkId, cause: 'test', owner: 'test' }, {});
}

async function outcomeOf(linkId: string): Promise<unknown> {
  const query = hub.accord.db
    .selectFrom('write_attempt')
    .select('undo')
    .where('link_id', '=', linkId)
    .where('run_id', 'is not', null);
  return (await query.execute()).at(-1)?.undo;
}

/** A person of Google, whose record in Square the go-live has created. */
async function created(change: object = {}) {
  const { contactId, links } = await hub.everywhere(change, 'google');
  return { contactId, square: links.square, id: links.square.external_id as string };
}

const isIn = async (member: Member, id: string) => (await hub.accord.clients[member].readMany?.([id]))?.[0] !== null;

/** Square takes the deletion, and its answer is lost. */
const answerIsLost = (client: ProviderClient): Partial<ProviderClient> => ({
  async remove(externalId, call) {
    await client.remove?.(externalId, call);
    throw new UnavailableError({ provider: 'square', operation: 'delete contact', message: 'No answer.' });
  },
});

const createIsLost = (client: ProviderClient): Partial<ProviderClient> => ({
  async create(patch, call) {
    await client.create(patch, call);
    throw new UnavailableError({ provider: 'square', operation: 'create contact', message: 'No answer.' });
  },
});

describe('a record that a go-live created', () => {
  it('is deleted, and its contact and other records stay', async () => {
    const { contactId, square, id } = await created();
    await undo(square.id);
    expect(await isIn('square', id)).toBe(false);
    expect(await outcomeOf(square.id)).toMatchObject({ outcome: 'removed', reason: null });
    expect(await hub.linkById(square.id)).toMatchObject({ state: 'detached', lease_owner: null });
    expect(await hub.contact(contactId)).toMatchObject({ isDeleted: false, syncStatus: 'held' });
    expect(await hub.history(contactId)).toContainEqual(expect.objectContaining({ kind: 'removed', provider: 'square' }));
    expect(await listLinksToUndo(hub.accord.db, runIds, { after: null, limit: 10 })).toEqual([]);
  });

  it('is no deletion for anybody else when the vendor reports it', async () => {
    const { contactId, square } = await created();
    await undo(square.id);
    for (const seconds of [0, 100, 300]) {
      hub.wait(seconds);
      await hub.observe({ linkId: square.id });
    }
    expect(await hub.contact(contactId)).toMatchObject({ isDeleted: false });
    expect(await hub.linkById(square.id)).toMatchObject({ state: 'detached' });
  });

  it('is created once by the next go-live, also when the vendor still finds the deleted one', async () => {
    const { contactId, square, id } = await created();
    await undo(square.id);
    await hub.settle(contactId, ['square']);
    expect((await hub.link(contactId, 'square')).state).toBe('detached');
    await setAccountMode(hub.accord.db, 'square', 'live');
    const stale = await hub.accord.clients.google.read((await hub.link(contactId, 'google')).external_id as string);
    const deps = hub.depsWith('square', () => ({
      find: async () => [{ ...stale, externalId: id, reference: square.reference }],
    }));
    await hub.push(contactId, 'square', { with: deps });
    const again = await hub.link(contactId, 'square');
    expect(again).toMatchObject({ state: 'linked', generation: 2 });
    expect(await isIn('square', again.external_id as string)).toBe(true);
  });

  it.each([
    ['a field', { familyName: 'Byron' }, ['familyName']],
    ['something that Accord did not write', { note: 'Prefers mornings' }, []],
  ])('stays when somebody has changed %s there', async (_case, change, fields) => {
    const { contactId, square, id } = await created();
    await hub.edit('square', change, id);
    await undo(square.id);
    expect(await outcomeOf(square.id)).toMatchObject({ outcome: 'left', reason: 'edited', fields });
    expect(await isIn('square', id)).toBe(true);
    expect((await hub.contact(contactId)).fields).toMatchObject(change);
  });

  it('stays when the edit was read, and has gone everywhere, long before the undo', async () => {
    const { square, id } = await created();
    await hub.edit('square', { familyName: 'Byron' }, id);
    await hub.take({ linkId: square.id });
    await undo(square.id);
    expect(await outcomeOf(square.id)).toMatchObject({ outcome: 'left', reason: 'edited' });
  });

  it('is deleted after an edit elsewhere that Accord itself wrote to it', async () => {
    const { contactId, square, id } = await created();
    const google = await hub.link(contactId, 'google');
    await hub.edit('google', { familyName: 'Byron' }, google.external_id);
    await hub.take({ linkId: google.id });
    await undo(square.id);
    expect(await isIn('square', id)).toBe(false);
  });

  it('stays when nobody else has the person any more', async () => {
    const { contactId, square, id } = await created();
    for (const member of ['google', 'gohighlevel'] as const) {
      await hub.records(member, { delete: [(await hub.link(contactId, member)).external_id] });
      const { id: linkId } = await hub.link(contactId, member);
      await hub.observe({ linkId });
      hub.wait(200);
      await hub.observe({ linkId });
    }
    await undo(square.id);
    expect(await outcomeOf(square.id)).toMatchObject({ outcome: 'left', reason: 'last-record' });
    expect(await isIn('square', id)).toBe(true);
  });

  it('counts as removed when the answer was lost, and is not deleted twice', async () => {
    const { square, id } = await created();
    await expect(undo(square.id, hub.depsWith('square', answerIsLost))).rejects.toThrow('No answer');
    expect(await outcomeOf(square.id)).toBeNull();
    const calls = await hub.calls('square', () => undo(square.id));
    expect(calls).toEqual([`GET /v2/customers/${id}`]);
    expect(await outcomeOf(square.id)).toMatchObject({ outcome: 'removed' });
  });

  it('is linked again when it was edited after a removal that never arrived', async () => {
    const { contactId, square, id } = await created();
    const lost = hub.depsWith('square', () => ({
      remove: () => Promise.reject(new UnavailableError({ provider: 'square', operation: 'delete contact', message: 'Lost.' })),
    }));
    await expect(undo(square.id, lost)).rejects.toThrow('Lost');
    await hub.edit('square', { familyName: 'Byron' }, id);
    await undo(square.id);
    expect(await outcomeOf(square.id)).toMatchObject({ outcome: 'left', reason: 'edited' });
    expect(await hub.linkById(square.id)).toMatchObject({ state: 'linked', removed_at: null });
    expect((await hub.contact(contactId)).fields.familyName).toBe('Byron');
  });

  it('is linked again when the vendor refuses the removal that an earlier attempt has begun', async () => {
    const { square } = await created();
    const failing = (error: Error) => hub.depsWith('square', () => ({ remove: () => Promise.reject(error) }));
    const facts = { provider: 'square', operation: 'delete contact' };
    const lost = new UnavailableError({ ...facts, message: 'Lost.' });
    await expect(undo(square.id, failing(lost))).rejects.toThrow('Lost');
    await undo(square.id, failing(new InvalidRequestError({ ...facts, message: 'It has a subscription.' })));
    expect(await outcomeOf(square.id)).toMatchObject({ outcome: 'left', reason: 'refused' });
    expect(await hub.linkById(square.id)).toMatchObject({ state: 'linked', removed_at: null });
  });

  it('is not taken for removed when another attempt has only begun to remove it', async () => {
    const { square, id } = await created();
    const lost = new UnavailableError({ provider: 'square', operation: 'delete contact', message: 'Lost.' });
    const killed = hub.depsWith('square', () => ({ remove: () => Promise.reject(lost) }));
    const overtaken = hub.depsWith('square', ({ read }) => ({
      async read(...args) {
        const record = await read(...args);
        if ((await hub.linkById(square.id)).state === 'linked') await expect(undo(square.id, killed)).rejects.toThrow('Lost');
        return record;
      },
    }));
    await expect(undo(square.id, overtaken)).rejects.toThrow('Another attempt');
    expect([await outcomeOf(square.id), await isIn('square', id)]).toEqual([null, true]);
    await undo(square.id);
    expect([await outcomeOf(square.id), await isIn('square', id)]).toEqual([
      expect.objectContaining({ outcome: 'removed' }),
      false,
    ]);
  });

  it('is looked for as long as the search may lag when its create was never answered', async () => {
    const { contactId } = await hub.read('google', { email: `${Date.now()}b@example.com` });
    await expect(hub.push(contactId, 'square', { with: hub.depsWith('square', createIsLost) })).rejects.toThrow('No answer');
    const link = await hub.link(contactId, 'square');
    const lagging = () => hub.depsWith('square', () => ({ find: async () => [] }));
    hub.wait(30);
    await expect(undo(link.id, lagging())).rejects.toThrow('may still land');
    hub.wait(31);
    await undo(link.id);
    expect(await isIn('square', (await hub.linkById(link.id)).external_id as string)).toBe(false);
  });

  it('is found and deleted when its create was never answered', async () => {
    const { contactId, result } = await hub.read('google', { email: `${Date.now()}@example.com` });
    const lost = hub.depsWith('square', createIsLost);
    expect(result.outOfStep).toContain('square');
    await expect(hub.push(contactId, 'square', { with: lost })).rejects.toThrow('No answer');
    const link = await hub.link(contactId, 'square');
    expect(link.state).toBe('intent');
    hub.wait(10);
    await undo(link.id);
    const { external_id: id } = await hub.linkById(link.id);
    expect(id).not.toBeNull();
    expect(await isIn('square', id as string)).toBe(false);
  });
});

describe('a record that a go-live updated', () => {
  /** A person of Google and Square, whose record in Square got another name and a note from Google. */
  async function updated() {
    const email = `${Math.random().toString(36).slice(2)}@example.com`;
    const square = await hub.read('square', { email });
    await setAccountMode(hub.accord.db, 'square', 'live');
    const google = await hub.read('google', { email, familyName: 'Lovelace', phone: square.phone });
    expect(google.contactId).toBe(square.contactId);
    await hub.edit('google', { familyName: 'King', company: 'Engines' }, google.id);
    await hub.observe(google);
    await hub.push(square.contactId, 'square');
    expect(await hub.lookUp('square', email)).toMatchObject([{ familyName: 'King' }]);
    return { ...square, email };
  }

  it('gets its former values, which nobody takes for an edit', async () => {
    const { linkId, contactId, email } = await updated();
    await undo(linkId);
    expect(await outcomeOf(linkId)).toMatchObject({ outcome: 'restored', reason: null });
    expect(await hub.lookUp('square', email)).toMatchObject([{ familyName: 'Lovelace' }]);
    expect(await hub.observe({ linkId })).toMatchObject({ outcome: 'unchanged' });
    expect((await hub.contact(contactId)).fields).toMatchObject({ familyName: 'King', company: 'Engines' });
  });

  it('keeps the fields that somebody has edited since', async () => {
    const { linkId, id } = await updated();
    await hub.edit('square', { familyName: 'Turing' }, id);
    await undo(linkId);
    expect(await outcomeOf(linkId)).toMatchObject({ outcome: 'restored', reason: 'edited', fields: ['familyName'] });
    expect((await hub.accord.clients.square.read(id)).values).toMatchObject({ familyName: 'Turing', company: null });
  });

  it('is restored once when the answer was lost', async () => {
    const { linkId, id } = await updated();
    const lost = hub.depsWith('square', (client) => ({
      async update(...call) {
        await client.update(...call);
        throw new UnavailableError({ provider: 'square', operation: 'update contact', message: 'No answer.' });
      },
    }));
    // Within one second of the vendor's clock, the former values could come from a copy that lags.
    await hub.clock('square', 5);
    await expect(undo(linkId, lost)).rejects.toThrow('No answer');
    const calls = await hub.calls('square', () => undo(linkId));
    expect(calls).toEqual([`GET /v2/customers/${id}`]);
    expect(await outcomeOf(linkId)).toMatchObject({ outcome: 'restored', reason: null });
  });
});
