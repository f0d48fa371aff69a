import { randomUUIDv7 } from 'node:crypto';
import { expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { createApiKey, findApiKey, listApiKeys, revokeApiKey } from '#db/api-keys.ts';
import { useDatabase } from './test-database.ts';

const store = useDatabase();

it('finds a key by its exact text, with its scopes', async () => {
  const { id, key } = await createApiKey(store.db, { name: 'zapier', scopes: ['sync:read', 'sync:write'] });
  expect(await findApiKey(store.db, key)).toMatchObject({ id, name: 'zapier', scopes: ['sync:read', 'sync:write'] });
  for (const wrong of [`${key}x`, key.slice(0, -1), key.toUpperCase(), '']) {
    expect(await findApiKey(store.db, wrong)).toBeUndefined();
  }
});

it('stores nothing from which the key could be restored', async () => {
  const { id, key } = await createApiKey(store.db, { name: 'kept', scopes: ['admin'] });
  const row = await store.db.selectFrom('api_key').selectAll().where('id', '=', id).executeTakeFirstOrThrow();
  expect(row.hash).toHaveLength(32);
  const secret = key.slice(row.prefix.length);
  const stored = [JSON.stringify(row), row.hash.toString('latin1'), row.hash.toString('base64url')].join();
  expect(stored).not.toContain(secret);
});

it('lists keys with their prefix and without their hash', async () => {
  const { id, key } = await createApiKey(store.db, { name: 'listed', scopes: ['sync:read'] });
  const listed = (await listApiKeys(store.db)).find((each) => each.id === id);
  expect(listed).toMatchObject({ name: 'listed', prefix: key.slice(0, 12), revoked_at: null });
  expect(listed).not.toHaveProperty('hash');
});

it('does not find a revoked key, and revokes a key once', async () => {
  const { id, key } = await createApiKey(store.db, { name: 'gone', scopes: ['admin'] });
  expect(await revokeApiKey(store.db, id)).toBe(true);
  expect(await findApiKey(store.db, key)).toBeUndefined();
  expect(await revokeApiKey(store.db, id)).toBe(false);
  expect(await revokeApiKey(store.db, randomUUIDv7())).toBe(false);
});

it('records the last use of a key', async () => {
  const { id, key } = await createApiKey(store.db, { name: 'used', scopes: ['admin'] });
  const usedAt = async () => (await listApiKeys(store.db)).find((each) => each.id === id)?.last_used_at;
  expect(await usedAt()).toBeNull();
  await findApiKey(store.db, key);
  expect(await usedAt()).toBeInstanceOf(Date);
});

it('writes no row for a key that was used within the last minute', async () => {
  const { key } = await createApiKey(store.db, { name: 'busy', scopes: ['admin'] });
  await findApiKey(store.db, key);
  const version = () =>
    store.db.selectFrom('api_key').select(sql<string>`xmin::text`.as('version')).where('name', '=', 'busy').executeTakeFirst();
  const before = await version();
  await findApiKey(store.db, key);
  expect(await version()).toEqual(before);
});

it('does not find a key that has expired', async () => {
  const inAMinute = await createApiKey(store.db, { name: 'short', scopes: ['admin'], expiresAt: new Date(Date.now() + 60_000) });
  const expired = await createApiKey(store.db, { name: 'late', scopes: ['admin'], expiresAt: new Date(Date.now() - 1) });
  expect(await findApiKey(store.db, inAMinute.key)).toMatchObject({ name: 'short' });
  expect(await findApiKey(store.db, expired.key)).toBeUndefined();
});

it('writes the creation and the revocation of a key into the audit log, without the key', async () => {
  const { id, key } = await createApiKey(store.db, { name: 'audited', scopes: ['sync:read'] });
  await revokeApiKey(store.db, id);
  await revokeApiKey(store.db, id);
  const entries = await store.db.selectFrom('audit_log').selectAll().where('target', '=', id).orderBy('id').execute();
  expect(entries.map(({ actor, action }) => [actor, action])).toEqual([
    ['command-line', 'api-key.create'],
    ['command-line', 'api-key.revoke'],
  ]);
  expect(entries[0]?.details).toEqual({ name: 'audited', scopes: ['sync:read'], expiresAt: null });
  expect(JSON.stringify(entries)).not.toContain(key.slice(12));
});
