import { expect, it } from '@jest/globals';
import { setMergedInto } from '#db/contacts/contacts.ts';
import { listKeyHolders, lockKeys, saveKeys } from '#db/contacts/identity-keys.ts';
import type { IdentityKey } from '#domain/matching/match.ts';
import { newContact, useDatabase } from '#test/db/test-database.ts';

const on = useDatabase();
const phone: IdentityKey = { kind: 'phone', value: '+12125551234' };
const email: IdentityKey = { kind: 'email', value: 'ada@example.com' };

const holders = async (...keys: IdentityKey[]) =>
  (await listKeyHolders(on.db, keys)).map(({ contactId, key }) => [contactId, key.kind]);

it('a key lists all its contacts, and a contact is found by each of its keys', async () => {
  const [one, other] = [await newContact(on.db), await newContact(on.db)];
  await saveKeys(on.db, one.contactId, [phone, email]);
  await saveKeys(on.db, other.contactId, [phone]);
  const expected = [
    [one.contactId, 'phone'],
    [one.contactId, 'email'],
    [other.contactId, 'phone'],
  ];
  expect((await holders(phone, email)).toSorted()).toEqual(expected.toSorted());
  expect(await holders({ ...phone, kind: 'email' }, { kind: 'email', value: 'nobody@example.com' })).toEqual([]);
});

it('removed keys and the keys of a merged contact find nothing', async () => {
  const [one, other] = [await newContact(on.db), await newContact(on.db)];
  const moved: IdentityKey = { kind: 'phone', value: '+12125551235' };
  await saveKeys(on.db, one.contactId, [moved]);
  await saveKeys(on.db, one.contactId, []);
  await saveKeys(on.db, other.contactId, [moved]);
  expect(await holders(moved)).toEqual([[other.contactId, 'phone']]);
  await setMergedInto(on.db, other.contactId, one.contactId);
  expect(await holders(moved)).toEqual([]);
});

it('finds nothing without a key', async () => {
  expect(await listKeyHolders(on.db, [])).toEqual([]);
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
