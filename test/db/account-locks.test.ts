import { randomUUIDv7 } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { createAccountLock } from '#db/account-locks.ts';
import { useDatabase } from './test-database.ts';

const store = useDatabase();
const newAccount = () => ({ provider: 'google', accountId: randomUUIDv7() });
const patient = { maxWaitSeconds: 30, maxHoldSeconds: 30 };
const impatient = { maxWaitSeconds: 0.01, maxHoldSeconds: 30 };

describe("an account's lock", () => {
  it('is held by one process at a time', async () => {
    const key = newAccount();
    const [one, other] = [createAccountLock(store.open(1)), createAccountLock(store.open(1))];
    const release = await one(key, patient);
    expect(await other(key, impatient)).toBeNull();
    const waiting = other(key, patient);
    await release?.();
    expect(await waiting).not.toBeNull();
    await (await waiting)?.();
  });

  it('of another account is free', async () => {
    const release = await createAccountLock(store.open(1))(newAccount(), patient);
    const other = await createAccountLock(store.open(1))(newAccount(), impatient);
    expect(other).not.toBeNull();
    await Promise.all([release?.(), other?.()]);
  });

  it('ends with the connection of a process that has died, and its release is harmless', async () => {
    const key = newAccount();
    const release = await createAccountLock(store.open(1))(key, patient);
    await sql`select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory' and granted
              and database = (select oid from pg_database where datname = current_database())`.execute(store.db);
    const next = await createAccountLock(store.open(1))(key, patient);
    expect(next).not.toBeNull();
    await Promise.all([release?.(), next?.()]);
  });

  it('ends by itself when its machine has vanished', async () => {
    const key = newAccount();
    const release = await createAccountLock(store.open(1))(key, { maxWaitSeconds: 30, maxHoldSeconds: 0.01 });
    const next = await createAccountLock(store.open(1))(key, patient);
    expect(next).not.toBeNull();
    await Promise.all([release?.(), next?.()]);
  });
});
