import { createHash, randomBytes } from 'node:crypto';
import { sql } from 'kysely';
import type { ApiKey } from './api-keys.ts';
import type { Database } from './database.ts';

export interface AdminSession {
  expiresAt: Date;
  /** The key that the session came from. */
  key: Pick<ApiKey, 'id' | 'name' | 'scopes'>;
}

/** Long enough for a working day. A key that ends earlier ends its sessions. */
const sessionHours = 12;

/** The time in which a sign-in link works, once. */
const linkHours = 24;

/** Starts a session of a key, and removes those that have ended. Returns its token, of which only the hash is stored. */
export async function createSession(db: Database, keyId: string): Promise<{ token: string; expiresAt: Date }> {
  await db.deleteFrom('admin_session').where('expires_at', '<', sql<Date>`now()`).execute();
  const token = newToken();
  const expiresAt = inHours(sessionHours);
  await db
    .insertInto('admin_session')
    .values({ token_hash: hashOf(token), key_id: keyId, expires_at: expiresAt })
    .execute();
  return { token, expiresAt };
}

/** Finds a session that has not ended, of a key that is live. */
export async function findSession(db: Database, token: string): Promise<AdminSession | undefined> {
  const row = await db
    .selectFrom('admin_session as session')
    .innerJoin('api_key as key', 'key.id', 'session.key_id')
    .select(['session.expires_at', 'key.id', 'key.name', 'key.scopes'])
    .where('session.token_hash', '=', hashOf(token))
    .where('session.expires_at', '>', sql<Date>`now()`)
    .where('key.revoked_at', 'is', null)
    .where((eb) => eb.or([eb('key.expires_at', 'is', null), eb('key.expires_at', '>', sql<Date>`now()`)]))
    .executeTakeFirst();
  if (!row) return undefined;
  const { expires_at: expiresAt, ...key } = row;
  return { expiresAt, key };
}

/** Ends a session; does nothing when there is none. */
export async function endSession(db: Database, token: string): Promise<void> {
  await db.deleteFrom('admin_session').where('token_hash', '=', hashOf(token)).execute();
}

/** Creates a token that starts one session of the key. */
export async function createSignInLink(db: Database, keyId: string): Promise<{ token: string; expiresAt: Date }> {
  await db.deleteFrom('sign_in_link').where('expires_at', '<', sql<Date>`now()`).execute();
  const token = newToken();
  const expiresAt = inHours(linkHours);
  await db
    .insertInto('sign_in_link')
    .values({ token_hash: hashOf(token), key_id: keyId, expires_at: expiresAt })
    .execute();
  return { token, expiresAt };
}

/** Uses a link up. Returns its live key; undefined for a link that is unknown, was used or has expired. */
export function takeSignInLink(db: Database, token: string): Promise<Pick<ApiKey, 'id' | 'name'> | undefined> {
  return db
    .deleteFrom('sign_in_link')
    .using('api_key')
    .whereRef('api_key.id', '=', 'sign_in_link.key_id')
    .where('sign_in_link.token_hash', '=', hashOf(token))
    .where('sign_in_link.expires_at', '>', sql<Date>`now()`)
    .where('api_key.revoked_at', 'is', null)
    .where((eb) => eb.or([eb('api_key.expires_at', 'is', null), eb('api_key.expires_at', '>', sql<Date>`now()`)]))
    .returning(['api_key.id', 'api_key.name'])
    .executeTakeFirst();
}

const newToken = () => randomBytes(32).toString('base64url');

/** A random 256-bit token needs no slow hash. */
const hashOf = (token: string): Buffer => createHash('sha256').update(token).digest();

const inHours = (hours: number): Date => new Date(Date.now() + hours * 3_600_000);
