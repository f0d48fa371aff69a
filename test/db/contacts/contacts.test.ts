import { randomUUIDv7 } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import {
  findContact,
  findContactIdByExternalId,
  lockContact,
  type StoredContact,
  setSyncStatus,
  updateContact,
} from '#db/contacts/contacts.ts';
import { readSyncStats } from '#db/sync/sync-stats.ts';
import { emptyFields } from '#domain/contact.ts';
import { newContact, useDatabase } from '#test/db/test-database.ts';
import { eventually } from '#test/setup/eventually.ts';

const store = useDatabase();

const contactOf = async (id: string) => (await findContact(store.db, id)) as StoredContact;
const countWaiting = async () => {
  const { rows } = await sql<{ count: string }>`
    select count(*) from pg_locks l join pg_stat_activity a using (pid)
    where not granted and a.datname = current_database()`.execute(store.db);
  return Number(rows[0]?.count);
};
describe('a stored contact', () => {
  it('reads a field that its row lacks as empty', async () => {
    const { contactId } = await newContact(store.db);
    const { company: _, tags: __, ...fields } = { ...emptyFields, givenName: 'Ada' };
    await store.db
      .updateTable('contact')
      .set({ fields: JSON.stringify(fields) })
      .where('id', '=', contactId)
      .execute();
    expect((await contactOf(contactId)).fields).toEqual({ ...emptyFields, givenName: 'Ada' });
  });

  it('gains one revision with each save, and keeps the time of its first deletion', async () => {
    const { contactId } = await newContact(store.db);
    const save = (isDeleted: boolean) =>
      updateContact(store.db, contactId, {
        fields: { ...emptyFields, givenName: 'Ada' },
        provenance: {},
        isCustomer: false,
        isDeleted,
        heldRefusals: [],
        syncStatus: 'pending',
      }).execute();
    const deletedAt = async () =>
      (await store.db.selectFrom('contact').select('deleted_at').where('id', '=', contactId).executeTakeFirstOrThrow())
        .deleted_at;
    await save(true);
    const first = await deletedAt();
    await save(true);
    expect(await deletedAt()).toEqual(first);
    expect(await contactOf(contactId)).toMatchObject({ isDeleted: true, revision: 2, fields: { givenName: 'Ada' } });
    await save(false);
    expect(await contactOf(contactId)).toMatchObject({ isDeleted: false, revision: 3 });
  });

  it('is locked for one writer until the transaction ends', async () => {
    const { contactId } = await newContact(store.db);
    const other = store.open();
    const order: string[] = [];
    let second: Promise<unknown> = Promise.resolve();
    await store.db.transaction().execute(async (tx) => {
      await lockContact(tx, contactId);
      second = other.transaction().execute(async (otherTx) => {
        await lockContact(otherTx, contactId);
        order.push('second');
      });
      // The other transaction waits in PostgreSQL's lock queue before this one goes on.
      await eventually(async () => expect(await countWaiting()).toBeGreaterThan(0));
      order.push('first');
    });
    await second;
    expect(order).toEqual(['first', 'second']);
  });

  it('is found by the external id of a record', async () => {
    const externalId = randomUUIDv7();
    const { contactId } = await newContact(store.db, { externalId });
    expect(await findContactIdByExternalId(store.db, 'gohighlevel', externalId)).toBe(contactId);
    expect(await findContactIdByExternalId(store.db, 'square', externalId)).toBeNull();
    expect(await findContact(store.db, randomUUIDv7())).toBeNull();
  });
});

it('counts contacts by status, without deleted and merged ones', async () => {
  const before = await readSyncStats(store.db);
  const ids = await Promise.all(Array.from({ length: 6 }, async () => (await newContact(store.db)).contactId));
  const statuses = ['synced', 'synced', 'failed', 'excluded_customer', 'not_eligible', 'synced'] as const;
  await Promise.all(ids.map((id, index) => setSyncStatus(store.db, id, statuses[index] as 'synced')));
  await store.db
    .updateTable('contact')
    .set({ merged_into: ids[0] as string })
    .where('id', '=', ids[1] as string)
    .execute();
  await store.db
    .updateTable('contact')
    .set({ deleted_at: new Date() })
    .where('id', '=', ids[5] as string)
    .execute();
  expect(await readSyncStats(store.db)).toEqual({
    ...before,
    total_contacts: before.total_contacts + 4,
    synced: before.synced + 1,
    failed: before.failed + 1,
    excluded_customers: before.excluded_customers + 1,
    not_eligible: before.not_eligible + 1,
  });
});
