import { expect, it } from '@jest/globals';
import { lockContact, setMergedInto, updateContact } from '#db/contacts/contacts.ts';
import { insertIntent } from '#db/contacts/intents.ts';
import { type LinkChange, saveLink } from '#db/contacts/links.ts';
import { listUnlinkedContacts } from '#db/contacts/unlinked-contacts.ts';
import { newContact, useDatabase } from '#test/db/test-database.ts';

const on = useDatabase();
const square = { provider: 'square', accountId: 'merchant-1' };

/** A contact that was read, and its link at Square, if it has one. */
async function someone({ isDeleted = false, at }: { isDeleted?: boolean; at?: { accountId?: string } & LinkChange } = {}) {
  const { contactId } = await newContact(on.db);
  await updateContact(on.db, contactId, { ...(await lockContact(on.db, contactId)), isDeleted }).execute();
  if (at) {
    const { accountId = square.accountId, ...change } = at;
    const link = await insertIntent(on.db, {
      contactId,
      ...square,
      accountId,
      generation: 1,
      payload: {},
      createdAt: new Date(),
    });
    await saveLink(on.db, link.id, { external_id: change.state === 'intent' ? null : contactId, ...change });
  }
  return contactId;
}

const unplaced = (after: string | null = null, limit = 100) => listUnlinkedContacts(on.db, { ...square, after, limit });

it('lists contacts that never had a record in the account', async () => {
  const expected = [
    await someone(),
    await someone({ at: { state: 'detached' } }),
    await someone({ at: { accountId: 'merchant-2', state: 'linked' } }),
  ];
  const placed = [
    await someone({ at: { state: 'linked' } }),
    await someone({ at: { state: 'intent' } }),
    await someone({ at: { state: 'tombstoned' } }),
  ];
  const nobody = [(await newContact(on.db)).contactId, await someone({ isDeleted: true }), await someone()];
  await setMergedInto(on.db, nobody.at(-1) as string, placed[0] as string);
  expect((await unplaced()).toSorted()).toEqual(expected.toSorted());
});

it('lists each contact once, page by page', async () => {
  for (let people = 0; people < 5; people += 1) await someone();
  const all = await unplaced();
  const pages: string[] = [];
  for (let page = await unplaced(null, 2); page.length > 0; page = await unplaced(page.at(-1), 2)) pages.push(...page);
  expect(pages).toEqual(all);
});
