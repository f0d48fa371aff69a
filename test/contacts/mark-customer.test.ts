import { describe, expect, it } from '@jest/globals';
import { type ContactDeps, connectedRules } from '#contacts/contact-deps.ts';
import { markCustomer } from '#contacts/mark-customer.ts';
import { findContact, type StoredContact, updateContact } from '#db/contacts/contacts.ts';
import { listHistory } from '#db/contacts/history.ts';
import { insertIntent } from '#db/contacts/intents.ts';
import { saveLink } from '#db/contacts/links.ts';
import { emptyFields } from '#domain/contact.ts';
import { calltools } from '#providers/index.ts';
import { newContact, useDatabase } from '#test/db/test-database.ts';
import { coldLeads } from '#test/setup/accord.ts';

const store = useDatabase();

const deps = (): ContactDeps => ({
  ...{ db: store.db, providers: new Map(), audiences: [], sharing: {}, now: () => new Date() },
  conflicts: { order: [], fields: {} },
});
const contactOf = async (id: string) => (await findContact(store.db, id)) as StoredContact;
const historyOf = async (id: string) => (await listHistory(store.db, id, 10)).map(({ kind, actor }) => ({ kind, actor }));

describe('marking a customer by hand', () => {
  it('stores the actor and counts as a change of the contact', async () => {
    const { contactId } = await newContact(store.db);
    const { revision } = await contactOf(contactId);
    expect(await markCustomer(deps(), { contactId, isCustomer: true, actor: 'api-key:zapier' })).toBe(true);
    expect(await contactOf(contactId)).toMatchObject({ isCustomer: true, revision: revision + 1 });
    expect(await historyOf(contactId)).toEqual([{ kind: 'marked_customer', actor: 'api-key:zapier' }]);
  });

  it('changes nothing the second time', async () => {
    const { contactId } = await newContact(store.db);
    const mark = () => markCustomer(deps(), { contactId, isCustomer: true, actor: 'api-key:zapier' });
    expect(await Promise.all([mark(), mark(), mark()])).toEqual(expect.arrayContaining([true, false, false]));
    expect(await historyOf(contactId)).toHaveLength(1);
  });

  it('can be undone', async () => {
    const { contactId } = await newContact(store.db);
    await markCustomer(deps(), { contactId, isCustomer: true, actor: 'a' });
    expect(await markCustomer(deps(), { contactId, isCustomer: false, actor: 'b' })).toBe(true);
    expect(await historyOf(contactId)).toEqual([
      { kind: 'unmarked_customer', actor: 'b' },
      { kind: 'marked_customer', actor: 'a' },
    ]);
  });

  it('plans the targets without provider clients: a lead in the dialer is pending until it has left its bucket', async () => {
    const phones = [{ e164: '+15125550143', extension: null, raw: '+15125550143', label: null }];
    const { contactId } = await newContact(store.db);
    const contact = { ...(await contactOf(contactId)), fields: { ...emptyFields, phones, tags: ['cold lead'] } };
    await updateContact(store.db, contactId, { ...contact, syncStatus: 'synced' }).execute();
    const atDialer = { contactId, provider: 'calltools', accountId: 'silo-1', generation: 1, payload: {}, createdAt: new Date() };
    const { id } = await insertIntent(store.db, atDialer);
    const shadow = { givenName: null, familyName: null, phones, lists: ['Cold Leads'] };
    await saveLink(store.db, id, { state: 'linked', external_id: contactId, shadow });
    const providers = connectedRules([calltools], { calltools: { account: calltools.accountSchema.parse({}) } });

    const mark = (isCustomer: boolean) =>
      markCustomer({ ...deps(), audiences: [coldLeads], providers }, { contactId, isCustomer, actor: 'a' });
    await mark(false);
    expect(await contactOf(contactId)).toMatchObject({ syncStatus: 'synced' });
    await mark(true);
    expect(await contactOf(contactId)).toMatchObject({ isCustomer: true, syncStatus: 'pending' });
  });
});
