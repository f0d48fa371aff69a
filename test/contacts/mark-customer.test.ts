import { describe, expect, it } from '@jest/globals';
import type { ContactDeps } from '#contacts/contact-deps.ts';
import { markCustomer } from '#contacts/mark-customer.ts';
import { findContact, type StoredContact } from '#db/contacts/contacts.ts';
import { listHistory } from '#db/contacts/history.ts';
import { newContact, useDatabase } from '#test/db/test-database.ts';

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
});
