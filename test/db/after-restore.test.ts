import { randomUUID } from 'node:crypto';
import { expect, it } from '@jest/globals';
import { isWorkerAlive, settleAfterRestore } from '#db/after-restore.ts';
import { addAccounts, addCanaryContacts, listAccounts, listUnreadAccounts } from '#db/sync/account-modes.ts';
import { newContact, useDatabase } from './test-database.ts';

const on = useDatabase();

it('observes every account until its records were read again, and lets the sequence of contacts jump', async () => {
  const { db } = on;
  await addAccounts(db, ['gohighlevel-west'], 'paused');
  const [read, unread] = [await newContact(db), await newContact(db)];
  await db.updateTable('contact').set({ revision: 7 }).where('id', '=', read.contactId).execute();
  await db.updateTable('link').set({ signalled_at: new Date() }).where('id', '=', read.linkId).execute();
  await addCanaryContacts(db, 'square', [read.contactId]);

  expect(await settleAfterRestore(db)).toEqual({
    observed: ['calltools', 'gohighlevel', 'gohighlevel-west', 'google', 'square'],
    contacts: 1,
  });
  const accounts = await listAccounts(db);
  expect(new Set(accounts.map(({ mode }) => mode))).toEqual(new Set(['observe']));
  // Each is read before it may go live.
  expect(await listUnreadAccounts(db)).toEqual(accounts.map(({ provider }) => provider));
  const revisions = await db.selectFrom('contact').select(['id', 'revision']).execute();
  expect(new Map(revisions.map(({ id, revision }) => [id, revision]))).toEqual(
    new Map([
      [read.contactId, 1_000_007],
      // Zero means that no record was read yet.
      [unread.contactId, 0],
    ]),
  );
  expect(await db.selectFrom('canary_contact').selectAll().execute()).toEqual([]);
  expect(await db.selectFrom('link').select('signalled_at').where('id', '=', read.linkId).executeTakeFirstOrThrow()).toEqual({
    signalled_at: null,
  });
});

it('knows a worker by its lease', async () => {
  expect(await isWorkerAlive(on.db)).toBe(false);
  const until = new Date(Date.now() + 5_000);
  const lease = { provider: 'square', worker_id: randomUUID(), renewed_at: new Date(), until };
  await on.db.insertInto('worker_lease').values(lease).execute();
  expect(await isWorkerAlive(on.db)).toBe(true);
  await on.db
    .updateTable('worker_lease')
    .set({ until: new Date(0) })
    .execute();
  expect(await isWorkerAlive(on.db)).toBe(false);
});
