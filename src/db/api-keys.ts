import { createHash, randomBytes, randomUUIDv7 } from 'node:crypto';
import type { Database } from './database.ts';

/** What a key may do. `admin` may do everything. */
export const apiScopes = ['sync:read', 'sync:write', 'inbox:read', 'webhooks:read', 'webhooks:write', 'admin'] as const;
export type ApiScope = (typeof apiScopes)[number];

export interface ApiKey {
  id: string;
  name: string;
  prefix: string;
  scopes: string[];
  created_at: Date;
  last_used_at: Date | null;
  revoked_at: Date | null;
}

/** Makes a key. The key itself is in the answer and nowhere else: only its hash is kept. */
export async function createApiKey(
  db: Database,
  { name, scopes }: { name: string; scopes: readonly ApiScope[] },
): Promise<{ id: string; key: string }> {
  const id = randomUUIDv7();
  const key = `accord_${randomBytes(24).toString('base64url')}`;
  await db
    .insertInto('api_key')
    .values({ id, name, prefix: key.slice(0, 12), hash: hashOf(key), scopes: [...scopes], last_used_at: null, revoked_at: null })
    .execute();
  return { id, key };
}

/** The live key that this text is, if any. A random 192-bit key needs no slow hash. */
export function findApiKey(db: Database, key: string): Promise<ApiKey | undefined> {
  return db
    .updateTable('api_key')
    .set({ last_used_at: new Date() })
    .where('hash', '=', hashOf(key))
    .where('revoked_at', 'is', null)
    .returning(['id', 'name', 'prefix', 'scopes', 'created_at', 'last_used_at', 'revoked_at'])
    .executeTakeFirst();
}

export function listApiKeys(db: Database): Promise<ApiKey[]> {
  return db
    .selectFrom('api_key')
    .select(['id', 'name', 'prefix', 'scopes', 'created_at', 'last_used_at', 'revoked_at'])
    .orderBy('created_at')
    .execute();
}

/** True when there was such a key and it was live. */
export async function revokeApiKey(db: Database, id: string): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('api_key')
    .set({ revoked_at: new Date() })
    .where('id', '=', id)
    .where('revoked_at', 'is', null)
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

function hashOf(key: string): Buffer {
  return createHash('sha256').update(key).digest();
}
