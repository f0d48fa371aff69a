import { createHash, randomUUIDv7 } from 'node:crypto';
import { z } from 'zod';
import type { Database } from '#db/database.ts';
import { type SealingKey, seal, unseal } from '#db/seal.ts';
import type { AuthorizationState } from './tables.ts';

export interface AuthorizationRequest {
  id: string;
  provider: string;
  state: AuthorizationState;
  message: string | null;
  keyId: string;
  actor: string;
  createdAt: Date;
  expiresAt: Date;
  usedAt: Date | null;
}

const secretsSchema = z.object({
  /** PKCE; null for a vendor without it. */
  codeVerifier: z.string().nullable(),
  redirectUri: z.string(),
  replace: z.boolean(),
  /** A grant of another account than the one whose records are linked, until a person decides. */
  held: z
    .object({
      variables: z.record(z.string(), z.string()),
      tokens: z.object({
        accessToken: z.string(),
        refreshToken: z.string(),
        expiresAt: z.string(),
        issuedAt: z.string().exactOptional(),
      }),
      scopes: z.array(z.string()).nullable(),
    })
    .exactOptional(),
});
export type AuthorizationSecrets = z.output<typeof secretsSchema>;

export interface NewAuthorizationRequest {
  provider: string;
  /** The `state` parameter. Only its hash is stored. */
  state: string;
  secrets: AuthorizationSecrets;
  keyId: string;
  actor: string;
  expiresAt: Date;
}

export async function insertAuthorizationRequest(
  db: Database,
  key: SealingKey,
  { provider, state, secrets, keyId, actor, expiresAt }: NewAuthorizationRequest,
): Promise<string> {
  const id = randomUUIDv7();
  await db
    .deleteFrom('authorization_request')
    .where('expires_at', '<', new Date(Date.now() - keepMs))
    .execute();
  await db
    .insertInto('authorization_request')
    .values({
      ...{ id, provider, state_hash: hashState(state), key_id: keyId, actor, expires_at: expiresAt },
      ...{ secrets: sealSecrets(secrets, id, key), used_at: null, message: null },
    })
    .execute();
  return id;
}

/** Finished and expired requests keep their outcome for a day. */
const keepMs = 86_400_000;

/** Null for a state that nobody began with, or that was removed since. */
export function findByState(db: Database, state: string): Promise<AuthorizationRequest | null> {
  return findOne(db, 'state_hash', hashState(state));
}

export function findAuthorizationRequest(db: Database, id: string): Promise<AuthorizationRequest | null> {
  return findOne(db, 'id', id);
}

/** Marks the request as used and returns its secrets; null when it was used before or has expired. */
export async function takeAuthorizationRequest(db: Database, key: SealingKey, id: string): Promise<AuthorizationSecrets | null> {
  const now = new Date();
  const row = await db
    .updateTable('authorization_request')
    .set({ used_at: now })
    .where('id', '=', id)
    .where('used_at', 'is', null)
    .where('expires_at', '>', now)
    .returning('secrets')
    .executeTakeFirst();
  return row?.secrets ? openSecrets(row.secrets, id, key) : null;
}

/** The secrets of a request that waits for a decision about another account; null when it does not, or not any more. */
export async function takeHeldRequest(db: Database, key: SealingKey, id: string): Promise<AuthorizationSecrets | null> {
  const row = await db
    .selectFrom('authorization_request')
    .select('secrets')
    .where('id', '=', id)
    .where('state', '=', 'other-account')
    .where('expires_at', '>', new Date())
    .executeTakeFirst();
  return row?.secrets ? openSecrets(row.secrets, id, key) : null;
}

export async function finishAuthorizationRequest(
  db: Database,
  id: string,
  { state, message = null }: { state: AuthorizationState; message?: string | null },
  held?: { key: SealingKey; secrets: AuthorizationSecrets },
): Promise<void> {
  const secrets = held ? sealSecrets(held.secrets, id, held.key) : null;
  await db.updateTable('authorization_request').set({ state, message, secrets }).where('id', '=', id).execute();
}

export const authorizationOf = (id: string): string => `authorization/${id}`;

async function findOne(db: Database, column: 'id' | 'state_hash', value: string | Buffer): Promise<AuthorizationRequest | null> {
  const row = await db
    .selectFrom('authorization_request')
    .select(['id', 'provider', 'state', 'message', 'key_id', 'actor', 'created_at', 'expires_at', 'used_at'])
    .where(column, '=', value)
    .executeTakeFirst();
  if (!row) return null;
  const { id, provider, state, message, actor } = row;
  const times = { createdAt: row.created_at, expiresAt: row.expires_at, usedAt: row.used_at };
  return { ...{ id, provider, state, message, actor, keyId: row.key_id }, ...times };
}

function hashState(state: string): Buffer {
  return createHash('sha256').update(state).digest();
}

function sealSecrets(secrets: AuthorizationSecrets, id: string, key: SealingKey): Buffer {
  return seal(JSON.stringify(secrets), { key, boundTo: authorizationOf(id) });
}

function openSecrets(sealed: Buffer, id: string, key: SealingKey): AuthorizationSecrets {
  return secretsSchema.parse(JSON.parse(unseal(sealed, { key, boundTo: authorizationOf(id) })));
}
