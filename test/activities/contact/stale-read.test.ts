import { describe, expect, it } from '@jest/globals';
import { storeObservation } from '#activities/contact/observe-record.ts';
import { openUpdateAttempt } from '#db/contacts/write-attempts.ts';
import { nextPhone } from '#test/setup/people.ts';
import { useHub } from './hub.ts';

/** A missing record is gone after two minutes. */
const hub = useHub({ goneAfterSeconds: 120 });

const remove = (id: string | null) => hub.records('square', { delete: [id], webhooks: false });

describe('a record that is not found', () => {
  it('is missing at first, and is read again when the confirmation time has passed', async () => {
    const { contactId, links } = await hub.everywhere();
    await remove(links.square.external_id);
    const linkId = links.square.id;
    const before = await hub.history(contactId);
    expect(await hub.observe({ linkId })).toMatchObject({ outcome: 'missing', outOfStep: [], againAfterMs: expect.any(Number) });
    hub.wait(50);
    const again = await hub.observe({ linkId });
    expect(again).toMatchObject({ outcome: 'missing' });
    expect(again.againAfterMs).toBeLessThanOrEqual(70_000);
    expect(await hub.linkById(linkId)).toMatchObject({ state: 'linked', missing_since: expect.any(Date) });
    expect(await hub.history(contactId)).toEqual(before);
  });

  it('and is found again is unchanged', async () => {
    const { contactId, links } = await hub.everywhere();
    await hub.fault('square', { method: 'GET', path: '/v2/customers/*', status: 404, body: notFound });
    const linkId = links.square.id;
    expect(await hub.observe({ linkId })).toMatchObject({ outcome: 'missing' });
    hub.wait(300);
    expect(await hub.observe({ linkId })).toMatchObject({ outcome: 'unchanged', outOfStep: [] });
    expect(await hub.linkById(linkId)).toMatchObject({ state: 'linked', missing_since: null });
    expect((await hub.contact(contactId)).isDeleted).toBe(false);
  });

  it('and was missing before starts a new confirmation time', async () => {
    const { links } = await hub.everywhere();
    const linkId = links.square.id;
    for (let turn = 0; turn < 2; turn += 1) {
      await hub.fault('square', { method: 'GET', path: '/v2/customers/*', status: 404, body: notFound });
      expect(await hub.observe({ linkId })).toMatchObject({ outcome: 'missing', againAfterMs: 120_000 });
      hub.wait(100);
      expect(await hub.observe({ linkId })).toMatchObject({ outcome: 'unchanged' });
    }
  });

  it('for that long is gone: it is tombstoned once and not created again', async () => {
    const { contactId, links } = await hub.everywhere();
    const linkId = links.square.id;
    await remove(links.square.external_id);
    await hub.observe({ linkId });
    hub.wait(121);
    expect(await hub.observe({ linkId })).toMatchObject({ outcome: 'gone' });
    expect(await hub.observe({ linkId })).toMatchObject({ outcome: 'gone' });
    expect((await hub.history(contactId)).filter(({ kind }) => kind === 'tombstoned')).toHaveLength(1);
    await hub.edit('google', { givenName: 'Augusta' }, links.google.external_id);
    expect((await hub.take({ linkId: links.google.id })).outOfStep).toEqual(['gohighlevel']);
    expect(await hub.calls('square', () => hub.push(contactId, 'square'))).toEqual([]);
  });

  it('during a write is missing, too: the write lands when the record is found again', async () => {
    const { contactId, email, links } = await hub.everywhere();
    await hub.edit('google', { givenName: 'Augusta' }, links.google.external_id);
    await hub.observe({ linkId: links.google.id });
    await hub.fault('square', { method: 'PUT', path: '/v2/customers/*', status: 404, body: notFound });
    expect(await hub.push(contactId, 'square')).toMatchObject({
      outcome: 'missing',
      again: { linkId: links.square.id, afterMs: expect.any(Number) },
    });
    expect(await hub.push(contactId, 'square')).toMatchObject({ outcome: 'updated' });
    expect(await hub.lookUp('square', email)).toMatchObject([{ givenName: 'Augusta' }]);
  });

  it('was merged into the record that has its name and number by then', async () => {
    const phone = nextPhone();
    const { links, contactId } = await hub.everywhere({ phone });
    await remove(links.square.external_id);
    const successor = await hub.unread('square', { phone });
    await hub.accord.db.deleteFrom('link').where('id', '=', successor.linkId).execute();
    await hub.observe({ linkId: links.square.id });
    hub.wait(121);
    await hub.observe({ linkId: links.square.id });
    expect(await hub.link(contactId, 'square')).toMatchObject({ state: 'linked', external_id: successor.id });
    expect((await hub.contact(contactId)).isDeleted).toBe(false);
  });
});

describe('a contact whose records are deleted', () => {
  it('is deleted with the record that it came from; records that Accord created stay as they are', async () => {
    const { contactId, links, email } = await hub.everywhere({}, 'square');
    await remove(links.square.external_id);
    await hub.observe({ linkId: links.square.id });
    hub.wait(121);
    expect(await hub.observe({ linkId: links.square.id })).toMatchObject({ outcome: 'gone' });
    expect((await hub.contact(contactId)).isDeleted).toBe(true);
    expect(await hub.lookUp('google', email)).toHaveLength(1);
    expect(await hub.push(contactId, 'google')).toMatchObject({ outcome: 'in-step' });
  });

  it('lives on when only a record that Accord created was deleted', async () => {
    const { contactId, links } = await hub.everywhere({}, 'square');
    await hub.records('google', { delete: [links.google.external_id] });
    await hub.observe({ linkId: links.google.id });
    hub.wait(121);
    expect(await hub.observe({ linkId: links.google.id })).toMatchObject({ outcome: 'gone' });
    expect((await hub.contact(contactId)).isDeleted).toBe(false);
  });

  it('lives on when a record that Accord created was deleted, even if it came from no member', async () => {
    const { contactId, links } = await hub.everywhere();
    // As for a contact that came by a form.
    await hub.accord.db.updateTable('link').set({ origin: 'accord' }).where('contact_id', '=', contactId).execute();
    await hub.records('google', { delete: [links.google.external_id] });
    await hub.observe({ linkId: links.google.id });
    hub.wait(121);
    expect(await hub.observe({ linkId: links.google.id })).toMatchObject({ outcome: 'gone' });
    expect((await hub.contact(contactId)).isDeleted).toBe(false);
  });

  it('is restored with its deleted record', async () => {
    const { contactId, links } = await hub.everywhere({}, 'google');
    const linkId = links.google.id;
    await hub.records('google', { delete: [links.google.external_id] });
    await hub.observe({ linkId });
    hub.wait(121);
    await hub.observe({ linkId });
    expect((await hub.contact(contactId)).isDeleted).toBe(true);
    await hub.records('google', { restore: [links.google.external_id] });
    expect(await hub.observe({ linkId })).toMatchObject({ outcome: 'changed' });
    expect((await hub.contact(contactId)).isDeleted).toBe(false);
    expect(await hub.linkById(linkId)).toMatchObject({ state: 'linked' });
  });
});

describe('a read of old values', () => {
  it('with an old timestamp is stale for a minute, and trusted afterwards', async () => {
    const { contactId, links } = await hub.everywhere();
    const linkId = links.square.id;
    const read = await hub.accord.clients.square.read(links.square.external_id as string);
    const late = { ...read, version: null, updatedAt: new Date(Date.parse(read.updatedAt as string) - 1_000).toISOString() };
    await hub.edit('square', { givenName: 'Augusta' }, links.square.external_id);
    await hub.observe({ linkId });
    const before = await hub.linkById(linkId);
    expect(await storeObservation(hub.deps, { linkId, record: late, cause: 'late' })).toMatchObject({
      outcome: 'stale',
      againAfterMs: 5_000,
    });
    expect(await hub.linkById(linkId)).toEqual(before);
    hub.wait(61);
    expect(await storeObservation(hub.deps, { linkId, record: late, cause: 'late' })).toMatchObject({ outcome: 'changed' });
    expect((await hub.contact(contactId)).fields.givenName).toBe('Ada');
  });

  it('with an equal timestamp is recognised by the recent values of the record', async () => {
    const { contactId, links } = await hub.everywhere();
    const read = await hub.accord.clients.square.read(links.square.external_id as string);
    await hub.edit('square', { givenName: 'Augusta' }, links.square.external_id);
    await hub.observe({ linkId: links.square.id });
    const { remote_updated_at: tick } = await hub.linkById(links.square.id);
    const late = { ...read, version: null, updatedAt: (tick as Date).toISOString() };
    expect(await storeObservation(hub.deps, { linkId: links.square.id, record: late, cause: 'late' })).toMatchObject({
      outcome: 'stale',
    });
    expect((await hub.contact(contactId)).fields.givenName).toBe('Augusta');
  });

  it('with a newer version is no old read: somebody has set the former value again within the same second', async () => {
    const { contactId, links } = await hub.everywhere();
    const linkId = links.square.id;
    await hub.edit('square', { givenName: 'Augusta' }, links.square.external_id);
    await hub.observe({ linkId });
    const { remote_updated_at: tick } = await hub.linkById(linkId);
    await hub.edit('square', { givenName: 'Ada' }, links.square.external_id);
    const read = await hub.accord.clients.square.read(links.square.external_id as string);
    const record = { ...read, updatedAt: (tick as Date).toISOString() };
    expect(await storeObservation(hub.deps, { linkId, record, cause: 'test' })).toMatchObject({ outcome: 'changed' });
    expect((await hub.contact(contactId)).fields.givenName).toBe('Ada');
  });

  it('with an older version is stale, also with an equal timestamp', async () => {
    const { links } = await hub.everywhere();
    const linkId = links.square.id;
    const read = await hub.accord.clients.square.read(links.square.external_id as string);
    await hub.edit('square', { givenName: 'Augusta' }, links.square.external_id);
    await hub.observe({ linkId });
    const { remote_updated_at: tick } = await hub.linkById(linkId);
    const record = { ...read, updatedAt: (tick as Date).toISOString(), values: { ...read.values, givenName: 'Zoë' } };
    expect(await storeObservation(hub.deps, { linkId, record, cause: 'late' })).toMatchObject({ outcome: 'stale' });
  });

  it('without a timestamp is recognised by the recent values of the record', async () => {
    const { contactId, links } = await hub.everywhere();
    const linkId = links.square.id;
    const clockless = { ...(await hub.accord.clients.square.read(links.square.external_id as string)), updatedAt: null };
    await hub.accord.db.updateTable('link').set({ remote_updated_at: null }).where('id', '=', linkId).execute();
    const named = (givenName: string) => ({ ...clockless, values: { ...clockless.values, givenName } });
    const take = (givenName: string) => storeObservation(hub.deps, { linkId, record: named(givenName), cause: 'test' });
    expect(await take('Augusta')).toMatchObject({ outcome: 'changed' });
    hub.wait(20);
    const stale = await take('Ada');
    expect(stale).toMatchObject({ outcome: 'stale' });
    expect(stale.againAfterMs).toBeGreaterThan(30_000);
    expect(stale.againAfterMs).toBeLessThanOrEqual(40_000);
    expect(await take('Augusta')).toMatchObject({ outcome: 'unchanged' });
    expect(await take('Annabella')).toMatchObject({ outcome: 'changed' });
    hub.wait(61);
    expect(await take('Ada')).toMatchObject({ outcome: 'changed' });
    expect((await hub.contact(contactId)).fields.givenName).toBe('Ada');
  });

  it('is no edit when another provider has changed the value meanwhile', async () => {
    const { contactId, email, links } = await hub.everywhere();
    await hub.edit('square', { note: 'Likes tea' }, links.square.external_id);
    await hub.take({ linkId: links.square.id });
    await hub.edit('google', { note: 'Likes coffee' }, links.google.external_id);
    await hub.observe({ linkId: links.google.id });
    const late = await hub.accord.clients.square.read(links.square.external_id as string);
    await hub.settle(contactId, ['square']);
    expect(await storeObservation(hub.deps, { linkId: links.square.id, record: late, cause: 'late' })).toMatchObject({
      outcome: 'stale',
    });
    expect(await hub.lookUp('square', email)).toMatchObject([{ note: 'Likes coffee' }]);
    expect((await hub.contact(contactId)).fields.note).toBe('Likes coffee');
  });
});

describe('an unanswered write', () => {
  const attempts = async (linkId: string) =>
    (await hub.accord.db.selectFrom('write_attempt').selectAll().where('link_id', '=', linkId).orderBy('id').execute()).map(
      ({ outcome }) => outcome,
    );

  it('that a read shows has landed, and is recorded in the history', async () => {
    const { contactId, links } = await hub.everywhere();
    await hub.edit('google', { givenName: 'Augusta' }, links.google.external_id);
    await hub.observe({ linkId: links.google.id });
    await hub.fault('square', { method: 'PUT', path: '/v2/customers/*', dropResponse: true });
    await hub.push(contactId, 'square').catch(() => {});
    expect((await attempts(links.square.id)).at(-1)).toBeNull();
    expect(await hub.observe({ linkId: links.square.id })).toMatchObject({ outcome: 'unchanged', outOfStep: ['gohighlevel'] });
    expect((await attempts(links.square.id)).at(-1)).toBe('landed');
    expect((await hub.history(contactId)).at(-1)).toMatchObject({ kind: 'pushed', provider: 'square', after: ['givenName'] });
  });

  it('that is not visible after a minute is superseded', async () => {
    const { links } = await hub.everywhere();
    const linkId = links.square.id;
    const patch = { set: { givenName: 'Augusta' }, addTags: [], removeTags: [], addLists: [], removeLists: [] };
    const update = { linkId, patch, before: {}, baseVersion: null, cause: 'test', goLiveOf: null };
    await openUpdateAttempt(hub.accord.db, update, hub.deps.now());
    hub.wait(30);
    await hub.observe({ linkId });
    expect((await attempts(linkId)).at(-1)).toBeNull();
    hub.wait(31);
    await hub.observe({ linkId });
    expect((await attempts(linkId)).at(-1)).toBe('superseded');
  });
});

describe.each(['square', 'google'] as const)('a record of %s that was edited since its last read', (provider) => {
  const elsewhere = provider === 'square' ? 'google' : 'square';

  /** Edits the record just before each of our next writes. */
  function editedMeanwhile(names: string[], id: string | null) {
    return hub.depsWith(provider, (client) => ({
      async update(...given) {
        const note = names.shift();
        if (note !== undefined) await hub.edit(provider, { note }, id);
        return client.update(...given);
      },
    }));
  }

  it('is read and merged before the rest is written', async () => {
    const { contactId, links, email } = await hub.everywhere();
    await hub.edit('gohighlevel', { givenName: 'Augusta' }, links.gohighlevel.external_id);
    await hub.observe({ linkId: links.gohighlevel.id });
    const other = editedMeanwhile(['Likes tea'], links[provider].external_id);
    const { outcome, outOfStep } = await hub.push(contactId, provider, { with: other });
    expect(outcome).toBe('updated');
    expect(outOfStep).toContain(elsewhere);
    expect(await hub.lookUp(provider, email)).toMatchObject([{ givenName: 'Augusta', note: 'Likes tea' }]);
    expect((await hub.contact(contactId)).fields).toMatchObject({ givenName: 'Augusta', note: 'Likes tea' });
    expect((await hub.history(contactId)).filter(({ kind }) => kind === 'conflict')).toEqual([]);
  });

  it('in the field that we write is a conflict, decided by the rules', async () => {
    const { contactId, links } = await hub.everywhere();
    await hub.edit(elsewhere, { note: 'ours' }, links[elsewhere].external_id);
    await hub.observe({ linkId: links[elsewhere].id });
    const other = editedMeanwhile(['theirs'], links[provider].external_id);
    await hub.push(contactId, provider, { with: other });
    // Square is before Google in the order of authority.
    const [winner, loser] = provider === 'square' ? ['theirs', 'ours'] : ['ours', 'theirs'];
    expect((await hub.contact(contactId)).fields.note).toBe(winner);
    expect((await hub.history(contactId)).filter(({ kind }) => kind === 'conflict')).toEqual([
      expect.objectContaining({ field: 'note', after: winner, losing: loser }),
    ]);
  });

  it('in every round is left to the next attempt, and no edit is lost', async () => {
    const { contactId, links, email } = await hub.everywhere();
    await hub.edit('gohighlevel', { givenName: 'Augusta' }, links.gohighlevel.external_id);
    await hub.observe({ linkId: links.gohighlevel.id });
    const notes = Array.from({ length: 12 }, (_, index) => `note ${index}`);
    await expect(hub.push(contactId, provider, { with: editedMeanwhile(notes, links[provider].external_id) })).rejects.toThrow(
      /faster than it can be written/,
    );
    expect(await hub.push(contactId, provider)).toMatchObject({ outcome: 'updated' });
    const [record] = await hub.lookUp(provider, email);
    expect(record).toMatchObject({ givenName: 'Augusta', note: (await hub.contact(contactId)).fields.note });
  });
});

const notFound = { errors: [{ category: 'INVALID_REQUEST_ERROR', code: 'NOT_FOUND', detail: 'Customer not found.' }] };
