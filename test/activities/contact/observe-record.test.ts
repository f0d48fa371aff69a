import { randomUUIDv7 } from 'node:crypto';
import { afterEach, describe, expect, it } from '@jest/globals';
import { storeObservation } from '#activities/contact/observe-record.ts';
import { lockContact, updateContact } from '#db/contacts/contacts.ts';
import { markDirty } from '#db/contacts/dirty-links.ts';
import type { ContactFields } from '#domain/contact.ts';
import { control } from '#test/setup/accord.ts';
import { inDialer } from '#test/setup/people.ts';
import { type Person, useActivities } from './direct.ts';

const on = useActivities();
afterEach(async () => {
  for (const sandbox of [on.accord.sandboxes.gohighlevel, on.accord.sandboxes.calltools])
    await control(sandbox, 'DELETE', 'faults');
});

const coldLead = { tags: ['cold lead'] };

/** Changes a field as another provider would: it differs from the shadow of GHL. */
async function changeHere({ contactId }: Person, provider: string, changed: Partial<ContactFields>): Promise<void> {
  await on.accord.db.transaction().execute(async (tx) => {
    const contact = await lockContact(tx, contactId);
    const said = Object.fromEntries(
      Object.keys(changed).map((field) => [field, { provider, changedAt: '2026-01-01T00:00:00Z' }]),
    );
    const fields = { ...contact.fields, ...changed };
    await updateContact(tx, contactId, { ...contact, fields, provenance: { ...contact.provenance, ...said } }).execute();
  });
}

describe('a record that is read for the first time', () => {
  it('fills the contact, its history and the shadow, and returns the providers to push to', async () => {
    const ada = await on.unseen(coldLead);
    expect(await on.observe(ada)).toEqual({ outcome: 'changed', contactId: ada.contactId, outOfStep: ['calltools'] });
    expect(await on.contact(ada)).toMatchObject({
      fields: { givenName: 'Ada', familyName: 'Lovelace', phones: [{ e164: ada.phone }], tags: ['cold lead'] },
      provenance: { givenName: { provider: 'gohighlevel' } },
      revision: 1,
      syncStatus: 'pending',
    });
    expect(await on.link(ada, 'gohighlevel')).toMatchObject({
      state: 'linked',
      shadow: { givenName: 'Ada' },
      observed_at: expect.any(Date),
    });
    const [created, ...changed] = await on.history(ada);
    expect(created).toMatchObject({ kind: 'created', actor: 'gohighlevel', cause: 'test' });
    expect(changed).toContainEqual(
      expect.objectContaining({ kind: 'changed', field: 'givenName', before: null, after: 'Ada', losing: null }),
    );
  });

  it('changes nothing when it is read again', async () => {
    const ada = await on.unseen();
    await on.observe(ada);
    const before = { contact: await on.contact(ada), history: await on.history(ada) };
    expect(await on.observe(ada)).toMatchObject({ outcome: 'unchanged', outOfStep: [] });
    expect({ contact: await on.contact(ada), history: await on.history(ada) }).toEqual(before);
  });

  it('is merged once by two concurrent reads', async () => {
    const ada = await on.unseen();
    const outcomes = await Promise.all([on.observe(ada), on.observe(ada), on.observe(ada)]);
    expect(outcomes.map(({ outcome }) => outcome).toSorted()).toEqual(['changed', 'unchanged', 'unchanged']);
    expect((await on.history(ada)).filter(({ kind }) => kind === 'created')).toHaveLength(1);
  });
});

describe('the dirty mark', () => {
  it('is cleared before the read: an event during the read sets it again', async () => {
    const ada = await on.unseen();
    await markDirty(on.accord.db, [ada.linkId]);
    await control(on.accord.sandboxes.gohighlevel, 'POST', 'faults', {
      method: 'GET',
      path: '/contacts/*',
      status: 401,
      body: {},
      times: 1,
    });
    await expect(on.observe(ada)).rejects.toMatchObject({ name: 'AuthenticationError' });
    expect((await on.link(ada, 'gohighlevel')).changed_at).toBeNull();
  });
});

describe('a change', () => {
  it('is recorded with both values', async () => {
    const ada = await on.unseen();
    await on.observe(ada);
    await on.changeInGhl(ada.id, { firstName: 'Augusta' });
    expect(await on.observe(ada)).toMatchObject({ outcome: 'changed' });
    expect((await on.history(ada)).at(-1)).toMatchObject({
      kind: 'changed',
      field: 'givenName',
      before: 'Ada',
      after: 'Augusta',
    });
    expect(await on.contact(ada)).toMatchObject({ fields: { givenName: 'Augusta' }, revision: 2 });
  });

  it.each([
    ['one of less authority', 'calltools', { after: 'Augusta', losing: 'Grace' }],
    ['an older one of the same vendor', 'gohighlevel', { after: 'Augusta', losing: 'Grace' }],
  ])('on both sides, here by %s, records the losing value', async (_who, provider, kept) => {
    const ada = await on.unseen();
    await on.observe(ada);
    await changeHere(ada, provider, { givenName: 'Grace' });
    await on.changeInGhl(ada.id, { firstName: 'Augusta' });
    await on.observe(ada);
    expect(await on.contact(ada)).toMatchObject({ fields: { givenName: kept.after } });
    expect((await on.history(ada)).at(-1)).toMatchObject({ kind: 'conflict', field: 'givenName', before: 'Grace', ...kept });
  });

  it('in Accord survives a read of an unchanged record', async () => {
    const ada = await on.unseen();
    await on.observe(ada);
    await changeHere(ada, 'calltools', { company: 'Analytical Engines' });
    expect(await on.observe(ada)).toMatchObject({ outcome: 'unchanged' });
    expect(await on.contact(ada)).toMatchObject({ fields: { company: 'Analytical Engines' } });
  });
});

it('a late answer does not overwrite newer values', async () => {
  const ada = await on.unseen();
  const late = await on.accord.clients.gohighlevel.read(ada.id);
  await on.changeInGhl(ada.id, { firstName: 'Augusta' });
  await on.observe(ada);
  const before = { contact: await on.contact(ada), link: await on.link(ada, 'gohighlevel'), history: await on.history(ada) };
  expect(await storeObservation(on.accord.deps, { linkId: ada.linkId, record: late, cause: 'late' })).toMatchObject({
    outcome: 'stale',
    outOfStep: [],
  });
  expect({ contact: await on.contact(ada), link: await on.link(ada, 'gohighlevel'), history: await on.history(ada) }).toEqual(
    before,
  );
});

describe('a record that is gone', () => {
  it('tombstones its link and deletes its contact', async () => {
    const ada = await on.unseen(coldLead);
    await on.observe(ada);
    await on.push(ada);
    await on.deleteInGhl(ada.id);
    expect(await on.observe(ada)).toMatchObject({ outcome: 'gone', outOfStep: ['calltools'] });
    expect(await on.link(ada, 'gohighlevel')).toMatchObject({ state: 'tombstoned', shadow: { givenName: 'Ada' } });
    expect(await on.contact(ada)).toMatchObject({ isDeleted: true, fields: { givenName: 'Ada' } });
    expect((await on.history(ada)).at(-1)).toMatchObject({ kind: 'tombstoned', actor: 'gohighlevel', cause: 'test' });
  });

  it('is tombstoned once', async () => {
    const ada = await on.unseen();
    await on.observe(ada);
    await on.deleteInGhl(ada.id);
    await Promise.all([on.observe(ada), on.observe(ada)]);
    expect(await on.observe(ada)).toMatchObject({ outcome: 'gone' });
    expect((await on.history(ada)).filter(({ kind }) => kind === 'tombstoned')).toHaveLength(1);
  });

  it('does not delete the contact while another source has a record', async () => {
    const ada = await on.unseen(coldLead);
    await on.observe(ada);
    const elsewhere = { contact_id: ada.contactId, provider: 'square', account_id: 'merchant', external_id: ada.id };
    const link = { id: randomUUIDv7(), reference: ada.linkId.toUpperCase(), state: 'linked' as const, ...elsewhere };
    await on.accord.db.insertInto('link').values(link).execute();
    await on.deleteInGhl(ada.id);
    expect(await on.observe(ada)).toMatchObject({ outcome: 'gone' });
    expect(await on.contact(ada)).toMatchObject({ isDeleted: false });
  });

  it('comes back when a person restores it', async () => {
    const ada = await on.unseen(coldLead);
    await on.observe(ada);
    await on.deleteInGhl(ada.id);
    await on.observe(ada);
    await on.changeInGhl(ada.id, { firstName: 'Ada', lastName: 'Lovelace', phone: ada.phone, ...coldLead });
    expect(await on.observe(ada)).toMatchObject({ outcome: 'changed', outOfStep: ['calltools'] });
    expect(await on.contact(ada)).toMatchObject({ isDeleted: false });
    expect(await on.link(ada, 'gohighlevel')).toMatchObject({ state: 'linked' });
    expect((await on.history(ada)).map(({ kind }) => kind)).toEqual(expect.arrayContaining(['tombstoned', 'restored']));
  });
});

describe('a record of the dialer', () => {
  it('gives its fields to the contact and the members, and keeps the lists and tags that Accord assigns', async () => {
    const ada = await on.unseen(coldLead);
    await on.observe(ada);
    await on.push(ada);
    const [record] = await inDialer(on.accord, ada.phone);
    await control(on.accord.sandboxes.calltools, 'POST', 'records', {
      update: [{ id: record?.id, first_name: 'Addie', buckets: [] }],
    });
    const link = await on.link(ada, 'calltools');
    expect(await on.observe({ linkId: link.id })).toEqual({
      outcome: 'changed',
      contactId: ada.contactId,
      outOfStep: ['gohighlevel', 'calltools'],
    });
    expect(await on.contact(ada)).toMatchObject({
      fields: { givenName: 'Addie', tags: ['cold lead'] },
      provenance: { givenName: { provider: 'calltools' } },
    });
  });

  it('that an agent deleted is not created again', async () => {
    const ada = await on.unseen(coldLead);
    await on.observe(ada);
    await on.push(ada);
    const [record] = await inDialer(on.accord, ada.phone);
    await control(on.accord.sandboxes.calltools, 'POST', 'records', { delete: [record?.id] });
    const link = await on.link(ada, 'calltools');
    expect(await on.observe({ linkId: link.id })).toMatchObject({ outcome: 'gone', outOfStep: [] });
    expect(await on.contact(ada)).toMatchObject({ isDeleted: false });
  });
});
