import type { Database } from '#db/database.ts';

export interface CursorKey {
  provider: string;
  accountId: string;
  /** The feed that the cursor is a position in, such as `changes`. */
  name: string;
}

/** The position where the last poll ended, in the vendor's own format. Null before the first poll. */
export async function findCursor(db: Database, { provider, accountId, name }: CursorKey): Promise<string | null> {
  const row = await db
    .selectFrom('sync_cursor')
    .select('cursor')
    .where('provider', '=', provider)
    .where('account_id', '=', accountId)
    .where('name', '=', name)
    .executeTakeFirst();
  return row?.cursor.since ?? null;
}

/** Replaces the position of a feed. */
export async function saveCursor(db: Database, { provider, accountId, name }: CursorKey, since: string): Promise<void> {
  const row = { cursor: JSON.stringify({ since }), updated_at: new Date() };
  await db
    .insertInto('sync_cursor')
    .values({ provider, account_id: accountId, name, ...row })
    .onConflict((conflict) => conflict.columns(['provider', 'account_id', 'name']).doUpdateSet(row))
    .execute();
}
