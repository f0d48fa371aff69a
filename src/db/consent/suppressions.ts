import { randomUUIDv7 } from 'node:crypto';
import { type SqlBool, sql } from 'kysely';
import { unnestKeys } from '#db/contacts/refused-keys.ts';
import type { Database } from '#db/database.ts';
import type { RefusalChannel, RefusalKey } from '#domain/refusal.ts';
import type { SuppressionTable } from './tables.ts';

export interface Suppression extends RefusalKey {
  id: string;
  source: SuppressionTable['source'];
  /** `api-key:<name>`. */
  actor: string;
  reason: string | null;
  createdAt: Date;
}

const columns = ['id', 'channel', 'kind', 'value', 'source', 'actor', 'reason', 'created_at as createdAt'] as const;

export type NewSuppression = RefusalKey & Pick<Suppression, 'source' | 'actor' | 'reason'> & { at: Date };

/** Adds entries, and returns those that were not on the list. Each key may occur once. */
export async function insertSuppressions(db: Database, entries: readonly NewSuppression[]): Promise<Suppression[]> {
  if (entries.length === 0) return [];
  return db
    .insertInto('suppression')
    .values(entries.map(({ at, ...entry }) => ({ ...entry, id: randomUUIDv7(), created_at: at })))
    .onConflict((conflict) => conflict.doNothing())
    .returning(columns)
    .execute();
}

export async function listByKeys(db: Database, keys: readonly RefusalKey[]): Promise<Suppression[]> {
  if (keys.length === 0) return [];
  const { rows } = await sql<Suppression>`
    select id, channel, kind, value, source, actor, reason, created_at as "createdAt"
    from suppression join ${unnestKeys(keys)} using (channel, kind, value) order by kind, value, channel`.execute(db);
  return rows;
}

export async function findSuppression(db: Database, id: string): Promise<Suppression | null> {
  return (await db.selectFrom('suppression').select(columns).where('id', '=', id).executeTakeFirst()) ?? null;
}

/** Takes entries off the list, and returns those that were on it. */
export function deleteSuppressions(db: Database, ids: readonly string[]): Promise<Suppression[]> {
  if (ids.length === 0) return Promise.resolve([]);
  return db.deleteFrom('suppression').where('id', 'in', ids).returning(columns).execute();
}

export interface SuppressionFilter {
  /** Part of a number or address. */
  q?: string | undefined;
  channel?: RefusalChannel | undefined;
  kind?: RefusalKey['kind'] | undefined;
}

/** The newest first. `cursor` is the last id of the previous page. */
export function listSuppressions(
  db: Database,
  { filter: { q, channel, kind }, cursor, limit }: { filter: SuppressionFilter; cursor?: string | undefined; limit: number },
): Promise<Suppression[]> {
  let query = db.selectFrom('suppression').select(columns);
  if (channel !== undefined) query = query.where('channel', '=', channel);
  if (kind !== undefined) query = query.where('kind', '=', kind);
  if (q !== undefined) query = query.where(sql<SqlBool>`strpos(value, ${q.toLowerCase()}) > 0`);
  if (cursor !== undefined) query = query.where('id', '<', cursor);
  return query.orderBy('id', 'desc').limit(limit).execute();
}
