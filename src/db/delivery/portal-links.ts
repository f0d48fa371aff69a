import { createHash, randomBytes, randomUUIDv7 } from 'node:crypto';
import { type Selectable, type SqlBool, sql } from 'kysely';
import type { Database } from '#db/database.ts';
import type { PortalLinkTable } from './tables.ts';

export type PortalLink = Omit<Selectable<PortalLinkTable>, 'token_hash'>;

export interface NewPortalLink {
  endpointIds: readonly string[];
  /** The creator. */
  createdBy: string;
  expiresAt: Date;
}

const facts = ['id', 'created_by', 'created_at', 'expires_at', 'last_used_at'] as const;
const columns = [...facts, 'endpoint_ids'] as const;

/** Creates a link, and removes those that have expired. Returns its token, of which only the hash is stored. */
export async function createPortalLink(
  db: Database,
  { endpointIds, createdBy, expiresAt }: NewPortalLink,
): Promise<PortalLink & { token: string }> {
  await db.deleteFrom('portal_link').where('expires_at', '<', sql<Date>`now()`).execute();
  const token = randomBytes(32).toString('base64url');
  const link = await db
    .insertInto('portal_link')
    .values({
      ...{ id: randomUUIDv7(), token_hash: hashOf(token), endpoint_ids: [...endpointIds] },
      ...{ created_by: createdBy, expires_at: expiresAt, last_used_at: null },
    })
    .returning(columns)
    .executeTakeFirstOrThrow();
  return { ...link, token };
}

/** Finds a link that has not expired, with those of its endpoints that still exist. Records once a minute that it was used. */
export async function findPortalLink(db: Database, token: string): Promise<PortalLink | undefined> {
  const link = await db
    .selectFrom('portal_link')
    .select(facts)
    .select(
      sql<string[]>`array(select id from webhook_endpoint where id = any(endpoint_ids) and deleted_at is null)`.as(
        'endpoint_ids',
      ),
    )
    .where('token_hash', '=', hashOf(token))
    .where('expires_at', '>', sql<Date>`now()`)
    .executeTakeFirst();
  if (link) await recordUse(db, link);
  return link;
}

/** The links to an endpoint that have not expired, newest first. */
export function listPortalLinks(db: Database, endpointId: string): Promise<PortalLink[]> {
  return db
    .selectFrom('portal_link')
    .select(columns)
    .where(opens(endpointId))
    .where('expires_at', '>', sql<Date>`now()`)
    .orderBy('id', 'desc')
    .execute();
}

/** Ends a link and its sessions. False when the endpoint has no such link. */
export async function revokePortalLink(db: Database, { id, endpointId }: { id: string; endpointId: string }): Promise<boolean> {
  const { numDeletedRows } = await db.deleteFrom('portal_link').where('id', '=', id).where(opens(endpointId)).executeTakeFirst();
  return numDeletedRows > 0n;
}

const opens = (endpointId: string) => sql<SqlBool>`endpoint_ids @> array[${endpointId}::uuid]`;

const usePrecisionMs = 60_000;

async function recordUse(db: Database, { id, last_used_at: lastUsed }: PortalLink): Promise<void> {
  const now = new Date();
  if (lastUsed !== null && now.getTime() - lastUsed.getTime() < usePrecisionMs) return;
  await db.updateTable('portal_link').set({ last_used_at: now }).where('id', '=', id).execute();
}

/** A random 256-bit token needs no slow hash. */
const hashOf = (token: string): Buffer => createHash('sha256').update(token).digest();
