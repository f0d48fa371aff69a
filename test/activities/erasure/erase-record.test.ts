import { describe, expect, it } from '@jest/globals';
import { eraseRecords } from '#activities/erasure/erase-records.ts';
import { finishErasure } from '#activities/erasure/finish-erasure.ts';
import { planErasure } from '#activities/erasure/plan-erasure.ts';
import { inTransaction } from '#contacts/contact-transaction.ts';
import { beginErasure } from '#contacts/erasure/begin-erasure.ts';
import { findContact } from '#db/contacts/contacts.ts';
import { getErasure, listErasureRecords } from '#db/erasure/erasures.ts';
import { setAccountMode } from '#db/sync/account-modes.ts';
import { AuthenticationError, UnavailableError } from '#providers/errors.ts';
import type { ProviderClient } from '#providers/provider.ts';
import { useHub } from '#test/activities/contact/hub.ts';
import { nextFamilyName, nextPhone } from '#test/setup/people.ts';

const hub = useHub();

const begin = (contactId: string): Promise<string> =>
  inTransaction(hub.deps, (transaction) => beginErasure(transaction, { contactId, reason: 'request 17', actor: 'tester' }));

/** One round of the workflow. True when the erasure is done. */
async function round(erasureId: string, deps = hub.deps): Promise<boolean> {
  const { providers } = await planErasure(deps, { erasureId });
  for (const provider of providers) await eraseRecords(deps, { erasureId, provider }, {});
  return (await finishErasure(deps, { erasureId })).isDone;
}

async function proofs(erasureId: string) {
  const records = await listErasureRecords(hub.accord.db, [erasureId]);
  return Object.fromEntries(records.map((record) => [record.provider, record]));
}

const unavailable = (operation: string) =>
  new UnavailableError({ provider: 'square', operation, message: 'Square did not answer.' });

/** A person of GHL whose create at Square has yet to be made. */
async function unpushed() {
  const email = `${nextPhone().slice(1)}@example.com`;
  const { contactId, phone } = await hub.read('gohighlevel', { familyName: nextFamilyName(), email });
  return { contactId, phone, email };
}

describe('an erasure while a create is under way', () => {
  it('waits for its answer, and deletes the record that it made', async () => {
    const { contactId, email } = await unpushed();
    let erasureId = '';
    const deps = hub.depsWith('square', (client: ProviderClient) => ({
      async create(patch, call) {
        const result = await client.create(patch, call);
        erasureId = await begin(contactId);
        expect(await round(erasureId)).toBe(false);
        expect((await proofs(erasureId)).square).toMatchObject({ state: 'open', error: expect.stringContaining('under way') });
        return result;
      },
    }));
    await hub.push(contactId, 'square', { with: deps });
    expect(await hub.lookUp('square', email)).toHaveLength(1);
    expect(await round(erasureId)).toBe(true);
    expect(await hub.lookUp('square', email)).toEqual([]);
    expect((await proofs(erasureId)).square).toMatchObject({ state: 'verified', answer: 'accepted', verified_status: 404 });
    expect(await hub.contact(contactId)).toMatchObject({ isDeleted: true, fields: { emails: [], phones: [], familyName: null } });
  });

  it('finds the record of one whose answer was lost', async () => {
    const { contactId, email } = await unpushed();
    const deps = hub.depsWith('square', (client: ProviderClient) => ({
      async create(patch, call) {
        await client.create(patch, call);
        throw unavailable('create contact');
      },
    }));
    await expect(hub.push(contactId, 'square', { with: deps })).rejects.toThrow('Square');
    await hub.accord.db
      .updateTable('link')
      .set({ lease_until: new Date(0) })
      .where('contact_id', '=', contactId)
      .execute();
    const erasureId = await begin(contactId);
    expect(await round(erasureId)).toBe(true);
    expect(await hub.lookUp('square', email)).toEqual([]);
  });

  it('sends no create that was planned before', async () => {
    const { contactId, email } = await unpushed();
    const deps = hub.depsWith('square', (client: ProviderClient) => ({
      async find(lookup, call) {
        const found = await client.find(lookup, call);
        await begin(contactId);
        return found;
      },
    }));
    await hub.push(contactId, 'square', { with: deps }).catch(() => {});
    expect(await hub.lookUp('square', email)).toEqual([]);
    expect(await hub.push(contactId, 'square')).toMatchObject({ outOfStep: [] });
    expect(await hub.lookUp('square', email)).toEqual([]);
  });
});

describe('a vendor that cannot delete now', () => {
  it('keeps the erasure open with the reason, and finds the record gone when the lost answer had worked', async () => {
    const { contactId, email } = await hub.everywhere();
    const erasureId = await begin(contactId);
    const deps = hub.depsWith('square', (client: ProviderClient) => ({
      async remove(externalId, call) {
        await client.remove?.(externalId, call);
        throw unavailable('delete contact');
      },
    }));
    expect(await round(erasureId, deps)).toBe(false);
    expect((await proofs(erasureId)).square).toMatchObject({
      state: 'open',
      attempts: 1,
      error: expect.stringContaining('Square'),
    });
    expect(await round(erasureId)).toBe(true);
    expect((await proofs(erasureId)).square).toMatchObject({ state: 'verified', answer: 'not-found' });
    expect(await hub.lookUp('square', email)).toEqual([]);
  });

  it('says that the key may not delete', async () => {
    const { contactId } = await hub.everywhere();
    const erasureId = await begin(contactId);
    const refusing = hub.depsWith('square', () => ({
      remove: () =>
        Promise.reject(
          new AuthenticationError({
            provider: 'square',
            operation: 'delete contact',
            message: 'The key may only read',
            status: 403,
          }),
        ),
    }));
    expect(await round(erasureId, refusing)).toBe(false);
    expect((await proofs(erasureId)).square).toMatchObject({ error: expect.stringMatching(/may only read.*accord connect/) });
    expect(await round(erasureId)).toBe(true);
  });

  it('is not asked while its account is paused or not connected', async () => {
    const { contactId } = await hub.everywhere();
    const erasureId = await begin(contactId);
    await setAccountMode(hub.accord.db, 'square', 'paused');
    const disconnected = { ...hub.deps, providers: new Map([...hub.deps.providers].filter(([id]) => id !== 'google')) };
    expect(await round(erasureId, disconnected)).toBe(false);
    const { square, google } = await proofs(erasureId);
    expect(square).toMatchObject({ state: 'open', error: expect.stringContaining('paused') });
    expect(google).toMatchObject({ state: 'open', error: expect.stringContaining('not connected') });
    await setAccountMode(hub.accord.db, 'square', 'live');
    expect(await round(erasureId)).toBe(true);
  });
});

describe('an erased contact', () => {
  it('takes nothing in: neither a read that was under way, nor a webhook that comes late', async () => {
    const { contactId, links } = await hub.everywhere();
    const { square } = links;
    const erasureId = await begin(contactId);
    expect(await hub.observe({ linkId: square.id })).toMatchObject({ outcome: 'unchanged', outOfStep: [] });
    expect(await hub.contact(contactId)).toMatchObject({ fields: { emails: [] }, erasureId });
    expect(await round(erasureId)).toBe(true);
    expect(await hub.observe({ linkId: square.id })).toMatchObject({ outcome: 'gone' });
    const late = await hub.claim('square', square.external_id as string);
    expect(late.contactId).not.toBe(contactId);
    expect(await hub.observe(late)).toMatchObject({ outcome: 'gone' });
    expect(await findContact(hub.accord.db, late.contactId)).toBeNull();
    expect(await getErasure(hub.accord.db, erasureId)).toMatchObject({ state: 'completed', blocked: 1 });
    // A second request for the same person changes nothing.
    expect(await begin(contactId)).toBe(erasureId);
  });

  it('does not keep out others who share a phone number with it', async () => {
    const phone = nextPhone();
    const one = await hub.read('google', { givenName: 'Ada', familyName: nextFamilyName(), phone });
    const two = await hub.read('google', { givenName: 'Byron', familyName: nextFamilyName(), phone });
    expect(two.contactId).not.toBe(one.contactId);
    await round(await begin(one.contactId));
    const three = await hub.read('google', { givenName: 'Charlotte', familyName: nextFamilyName(), phone });
    expect((await hub.contact(three.contactId)).fields.givenName).toBe('Charlotte');
    expect((await hub.contact(two.contactId)).fields.givenName).toBe('Byron');
  });
});
