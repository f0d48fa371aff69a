import { randomBytes, randomUUIDv7 } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { createTokenStore } from '#db/oauth-tokens.ts';
import { useDatabase } from './test-database.ts';

const store = useDatabase();

const encryptionKey = randomBytes(32);
const tokens = { accessToken: 'access-secret', refreshToken: 'refresh-secret', expiresAt: '2026-01-01T00:00:00.000Z' };
const newAccount = () => ({ provider: 'gohighlevel', accountId: randomUUIDv7() });

const ciphertextOf = async (accountId: string): Promise<Buffer> => {
  const row = await store.db
    .selectFrom('oauth_token')
    .select('ciphertext')
    .where('account_id', '=', accountId)
    .executeTakeFirstOrThrow();
  return row.ciphertext as Buffer;
};

describe('tokens at rest', () => {
  it('are returned as they were stored', async () => {
    const key = newAccount();
    const kept = createTokenStore(store.db, encryptionKey);
    expect(await kept.find(key)).toBeNull();
    await kept.refreshExclusively(key, async () => tokens);
    expect(await createTokenStore(store.open(), encryptionKey).find(key)).toEqual(tokens);
  });

  it('are encrypted, with a new ciphertext each time', async () => {
    const key = newAccount();
    const kept = createTokenStore(store.db, encryptionKey);
    await kept.refreshExclusively(key, async () => tokens);
    const first = await ciphertextOf(key.accountId);
    for (const secret of [tokens.accessToken, tokens.refreshToken]) expect(first.includes(secret)).toBe(false);
    await kept.refreshExclusively(key, async () => tokens);
    expect((await ciphertextOf(key.accountId)).equals(first)).toBe(false);
  });

  it('decrypt only with their own key', async () => {
    const key = newAccount();
    await createTokenStore(store.db, encryptionKey).refreshExclusively(key, async () => tokens);
    await expect(createTokenStore(store.db, randomBytes(32)).find(key)).rejects.toThrow();
  });

  it('do not decrypt in the row of another account', async () => {
    const [mine, theirs] = [newAccount(), newAccount()];
    const kept = createTokenStore(store.db, encryptionKey);
    for (const key of [mine, theirs]) await kept.refreshExclusively(key, async () => tokens);
    await store.db
      .updateTable('oauth_token')
      .set({ ciphertext: await ciphertextOf(theirs.accountId) })
      .where('account_id', '=', mine.accountId)
      .execute();
    await expect(kept.find(mine)).rejects.toThrow();
    expect(await kept.find(theirs)).toEqual(tokens);
  });

  it('do not decrypt after a byte changed', async () => {
    const key = newAccount();
    const kept = createTokenStore(store.db, encryptionKey);
    await kept.refreshExclusively(key, async () => tokens);
    const damaged = await ciphertextOf(key.accountId);
    damaged.writeUInt8((damaged.at(-1) as number) ^ 1, damaged.length - 1);
    await store.db.updateTable('oauth_token').set({ ciphertext: damaged }).where('account_id', '=', key.accountId).execute();
    await expect(kept.find(key)).rejects.toThrow();
  });

  it('are not stored without a key', async () => {
    const kept = createTokenStore(store.db, null);
    expect(() => kept.refreshExclusively(newAccount(), async () => tokens)).toThrow(/Set ACCORD_ENCRYPTION_KEY/);
  });
});

describe('a refresh', () => {
  it('runs in one process at a time, and the next one sees the new tokens', async () => {
    const key = newAccount();
    const stores = [createTokenStore(store.open(2), encryptionKey), createTokenStore(store.open(2), encryptionKey)];
    let running = 0;
    let most = 0;
    const seen: (string | undefined)[] = [];
    await Promise.all(
      Array.from({ length: 6 }, (_, index) =>
        stores[index % 2]?.refreshExclusively(key, async (current) => {
          most = Math.max(most, ++running);
          seen.push(current?.accessToken);
          // A round trip on another connection gives an unlocked refresh time to start.
          await createTokenStore(store.db, encryptionKey).find(key);
          running -= 1;
          return { ...tokens, accessToken: `access-${seen.length}` };
        }),
      ),
    );
    expect(most).toBe(1);
    expect(seen).toEqual([undefined, 'access-1', 'access-2', 'access-3', 'access-4', 'access-5']);
  });

  it('that fails keeps the old tokens and unlocks the row', async () => {
    const key = newAccount();
    const kept = createTokenStore(store.db, encryptionKey);
    await kept.refreshExclusively(key, async () => tokens);
    await expect(kept.refreshExclusively(key, () => Promise.reject(new Error('invalid_grant')))).rejects.toThrow('invalid_grant');
    expect(await kept.refreshExclusively(key, async (current) => current as typeof tokens)).toEqual(tokens);
  });

  it('of one account does not wait for another account', async () => {
    const kept = createTokenStore(store.db, encryptionKey);
    await kept.refreshExclusively(newAccount(), async () => {
      await kept.refreshExclusively(newAccount(), async () => tokens);
      return tokens;
    });
  });
});
