import { sql } from 'kysely';
import type { Database } from '#db/database.ts';
import type { Link } from './links.ts';

const dirtyLink = ['id as linkId', 'contact_id as contactId', 'provider', 'changed_at as changedAt'] as const;

export interface DirtyLink {
  linkId: string;
  contactId: string;
  provider: string;
  /** Which mark this is: a link that was read and changed again bears another. */
  changedAt: Date;
}

/**
 * Tells that the workflow knows of these changes, so that the sweeper leaves them alone. A link that was read since and changed
 * again keeps its newer mark as it is: of that change nobody was told yet.
 */
export async function markSignalled(db: Database, told: Pick<DirtyLink, 'linkId' | 'changedAt'>[]): Promise<void> {
  const ids = told.map(({ linkId }) => linkId);
  const marks = told.map(({ changedAt }) => changedAt.toISOString());
  await sql`
    update link set signalled_at = now()
    from unnest(${ids}::uuid[], ${marks}::timestamptz[]) as told(id, changed_at)
    where link.id = told.id and link.changed_at = told.changed_at`.execute(db);
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
    .select(dirtyLink)
    .where('changed_at', 'is not', null)
    .$narrowType<{ changedAt: Date }>()
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

/** Marks records as changed without an event of their own: a person asked for them to be read again. Older marks stay. */
export function markDirty(db: Database, linkIds: string[]): Promise<DirtyLink[]> {
  return db
    .updateTable('link')
    .set({ changed_at: sql<Date>`coalesce(changed_at, ${new Date()})` })
    .where('id', 'in', linkIds)
    .returning(dirtyLink)
    .$narrowType<{ changedAt: Date }>()
    .execute();
}

/** Called just before a record is read: whatever is announced from now on needs another read. */
export function clearDirty(db: Database, linkId: string): Promise<Link> {
  return db
    .updateTable('link')
    .set({ changed_at: null, signalled_at: null })
    .where('id', '=', linkId)
    .returningAll()
    .executeTakeFirstOrThrow();
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
