import { createHash, randomBytes, randomUUIDv7 } from 'node:crypto';
import { sql } from 'kysely';
import { recordAudit } from './audit-log.ts';
import type { Database } from './database.ts';

/** Permissions of a key. `admin` includes all others; `viewer` includes the reading ones, with personal data masked in the answers. */
export const apiScopes = [
  'viewer',
  'sync:read',
  'sync:write',
  'imports:write',
  'exports:read',
  'inbox:read',
  'connections:read',
  'connections:write',
  'webhooks:read',
  'webhooks:write',
  'metrics:read',
  'admin',
] as const;
export type ApiScope = (typeof apiScopes)[number];

export interface ApiKey {
  id: string;
  name: string;
  prefix: string;
  scopes: string[];
  created_at: Date;
  /** To the minute. */
  last_used_at: Date | null;
  revoked_at: Date | null;
  /** Null for a key that never expires. */
  expires_at: Date | null;
}

export interface NewApiKey {
  name: string;
  scopes: readonly ApiScope[];
  expiresAt?: Date | null;
  /** For the audit log. */
  actor?: string;
}

/** Creates a key and returns it. Only its hash is stored, so it cannot be shown again. */
export async function createApiKey(
  db: Database,
  { name, scopes, expiresAt = null, actor = commandLine }: NewApiKey,
): Promise<{ id: string; key: string }> {
  const id = randomUUIDv7();
  const key = `accord_${randomBytes(24).toString('base64url')}`;
  await db
    .insertInto('api_key')
    .values({
      id,
      name,
      prefix: key.slice(0, 12),
      hash: hashApiKey(key),
      scopes: [...scopes],
      expires_at: expiresAt,
      last_used_at: null,
      revoked_at: null,
    })
    .execute();
  await recordAudit(db, { actor, action: 'api-key.create', target: id, details: { name, scopes, expiresAt } });
  return { id, key };
}

/** Finds a live key, and records once a minute that it was used. */
export async function findApiKey(db: Database, presented: string): Promise<ApiKey | undefined> {
  const key = await db
    .selectFrom('api_key')
    .select(columns)
    .where('hash', '=', hashApiKey(presented))
    .where('revoked_at', 'is', null)
    .where((eb) => eb.or([eb('expires_at', 'is', null), eb('expires_at', '>', sql<Date>`now()`)]))
    .executeTakeFirst();
  if (key) await recordUse(db, key);
  return key;
}

/** A random 192-bit key needs no slow hash. */
export function hashApiKey(key: string): Buffer {
  return createHash('sha256').update(key).digest();
}

const commandLine = 'command-line';

const usePrecisionMs = 60_000;

async function recordUse(db: Database, { id, last_used_at: lastUsed }: ApiKey): Promise<void> {
  const now = new Date();
  if (lastUsed !== null && now.getTime() - lastUsed.getTime() < usePrecisionMs) return;
  await db.updateTable('api_key').set({ last_used_at: now }).where('id', '=', id).execute();
}

const columns = ['id', 'name', 'prefix', 'scopes', 'created_at', 'last_used_at', 'revoked_at', 'expires_at'] as const;

/** All keys, revoked ones included, the oldest first. */
export function listApiKeys(db: Database): Promise<ApiKey[]> {
  return db.selectFrom('api_key').select(columns).orderBy('created_at').execute();
}

/** Returns false when there is no such key or it was revoked before. */
export async function revokeApiKey(db: Database, id: string, actor = commandLine): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('api_key')
    .set({ revoked_at: new Date() })
    .where('id', '=', id)
    .where('revoked_at', 'is', null)
    .executeTakeFirst();
  if (numUpdatedRows === 0n) return false;
  await recordAudit(db, { actor, action: 'api-key.revoke', target: id });
  return true;
}
