import { expect, it } from '@jest/globals';
import { lockKeys, saveKeys } from '#db/contacts/matching/identity-keys.ts';
import type { IdentityKey } from '#domain/matching/identity-keys.ts';
import { newContact, useDatabase } from '#test/db/test-database.ts';

const on = useDatabase();
const phone: IdentityKey = { kind: 'phone', value: '+12125551234' };
const email: IdentityKey = { kind: 'email', value: 'ada@example.com' };

const keysOf = async (contactId: string) =>
  (await on.db.selectFrom('identity_key').selectAll().where('contact_id', '=', contactId).execute()).map(({ kind }) => kind);

it('a contact has exactly the keys that were saved last', async () => {
  const { contactId } = await newContact(on.db);
  await saveKeys(on.db, contactId, [phone, email]);
  expect((await keysOf(contactId)).toSorted()).toEqual(['email', 'phone']);
  await saveKeys(on.db, contactId, [phone]);
  expect(await keysOf(contactId)).toEqual(['phone']);
  await saveKeys(on.db, contactId, []);
  expect(await keysOf(contactId)).toEqual([]);
});

it('locks nothing without a key', async () => {
  await expect(lockKeys(on.db, [])).resolves.toBeUndefined();
});

it('a transaction waits for a locked key, and two that lock the same keys in another order do not deadlock', async () => {
  const elsewhere = on.open(2);
  const seen: string[] = [];
  const hold = (db: typeof elsewhere, keys: IdentityKey[], name: string) =>
    db.transaction().execute(async (tx) => {
      await lockKeys(tx, keys);
      seen.push(`${name} in`);
      await tx.selectNoFrom(({ lit }) => lit(1).as('one')).execute();
      seen.push(`${name} out`);
    });
  for (let round = 0; round < 20; round += 1)
    await Promise.all([hold(on.db, [phone, email], 'one'), hold(elsewhere, [email, phone], 'other')]);
  expect(seen).toHaveLength(80);
  const pairs = Array.from({ length: 40 }, (_, at) => seen.slice(2 * at, 2 * at + 2).map((entry) => entry.split(' ')[0]));
  expect(pairs.filter(([first, second]) => first !== second)).toEqual([]);
});
