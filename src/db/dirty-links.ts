import { sql } from 'kysely';
import type { Database } from './database.ts';

export interface DirtyLink {
  linkId: string;
  contactId: string;
  provider: string;
}

/** Tells that the workflow knows of these changes, so that the sweeper leaves them alone. */
export async function markSignalled(db: Database, linkIds: string[]): Promise<void> {
  await db
    .updateTable('link')
    .set({ signalled_at: new Date() })
    .where('id', 'in', linkIds)
    .where('changed_at', 'is not', null)
    .execute();
}

/**
 * Links whose change was stored and reached no workflow: never signalled (a crash, Temporal down), or signalled so long ago
 * that the signal must have been lost with the Temporal server's own data. Oldest first.
 */
export async function findUnsignalledLinks(
  db: Database,
  {
    olderThanSeconds,
    signalLostAfterSeconds,
    limit,
  }: { olderThanSeconds: number; signalLostAfterSeconds: number; limit: number },
): Promise<DirtyLink[]> {
  return db
    .selectFrom('link')
    .select(['id as linkId', 'contact_id as contactId', 'provider'])
    .where('changed_at', 'is not', null)
    .where(({ or, and, eb }) =>
      or([
        and([
          eb('signalled_at', 'is', null),
          eb('changed_at', '<', sql<Date>`now() - make_interval(secs => ${olderThanSeconds})`),
        ]),
        eb('signalled_at', '<', sql<Date>`now() - make_interval(secs => ${signalLostAfterSeconds})`),
      ]),
    )
    .orderBy('changed_at')
    .limit(limit)
    .execute();
}

/** Marks a record as changed without an event of its own: a person asked for it to be read again. */
export async function markDirty(db: Database, linkIds: string[]): Promise<void> {
  await db
    .updateTable('link')
    .set({ changed_at: new Date(), signalled_at: null })
    .where('id', 'in', linkIds)
    .where('changed_at', 'is', null)
    .execute();
}

/** Called just before a record is read: whatever is announced from now on needs another read. */
export async function clearDirty(db: Database, linkId: string): Promise<void> {
  await db.updateTable('link').set({ changed_at: null, signalled_at: null }).where('id', '=', linkId).execute();
}

/** How many changes wait to be read, for the gauge: those that a workflow was told of, and those that none was told of yet. */
export async function countDirtyLinks(db: Database): Promise<{ signalled: number; unsignalled: number }> {
  const { signalled, dirty } = await db
    .selectFrom('link')
    .select(({ fn }) => [fn.count<string>('signalled_at').as('signalled'), fn.countAll<string>().as('dirty')])
    .where('changed_at', 'is not', null)
    .executeTakeFirstOrThrow();
  return { signalled: Number(signalled), unsignalled: Number(dirty) - Number(signalled) };
}
