import { describe, expect, it } from '@jest/globals';
import { getContact, updateSyncStatus } from '#db/contacts/contacts.ts';
import { insertHistory, listHistory } from '#db/contacts/history.ts';
import { getLink, updateLink } from '#db/contacts/links.ts';
import { executeTogether } from '#db/execute-together.ts';
import { newContact, useDatabase } from './test-database.ts';

const store = useDatabase();

describe('writes that are sent together', () => {
  it('are all executed', async () => {
    const { contactId, linkId } = await newContact(store.db);
    await executeTogether(store.db, [
      updateLink(store.db, linkId, { shadow: { givenName: 'Ada' }, version: '7' }),
      updateSyncStatus(store.db, contactId, 'synced'),
      insertHistory(store.db, [{ contactId, kind: 'changed', actor: 'square', after: 'Ada' }]),
    ]);
    expect(await getLink(store.db, linkId)).toMatchObject({ shadow: { givenName: 'Ada' }, version: '7' });
    expect(await getContact(store.db, contactId)).toMatchObject({ syncStatus: 'synced' });
    expect(await listHistory(store.db, contactId, 1)).toMatchObject([{ actor: 'square', after: 'Ada' }]);
  });

  it('have no effect if one of them fails', async () => {
    const { contactId, linkId } = await newContact(store.db);
    const writes = [
      updateLink(store.db, linkId, { version: '7' }),
      insertHistory(store.db, [{ contactId, kind: 'no such kind' as never, actor: 'square' }]),
    ];
    await expect(executeTogether(store.db, writes)).rejects.toThrow(/contact_history_kind_check/);
    expect(await getLink(store.db, linkId)).toMatchObject({ version: null });
  });

  it('may be an empty list', async () => {
    await expect(executeTogether(store.db, [])).resolves.toBeUndefined();
  });
});
