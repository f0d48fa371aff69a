import { sql } from 'kysely';
import type { Database } from '#db/database.ts';
import type { Link } from './links.ts';

const dirtyLink = ['id as linkId', 'contact_id as contactId', 'provider', 'changed_at as changedAt', 'traceparent'] as const;

export interface DirtyLink {
  linkId: string;
  contactId: string;
  provider: string;
  /** Identifies the mark: a link that was read and changed again has a newer one. */
  changedAt: Date;
  /** The trace context of the request that announced the change. */
  traceparent?: string | null;
}

/**
 * Records that workflows were signalled about these changes, so that the sweeper skips them. A link that was read and changed again
 * meanwhile stays unsignalled: its newer mark belongs to a change that no workflow knows.
 */
export async function markSignalled(db: Database, signalled: Pick<DirtyLink, 'linkId' | 'changedAt'>[]): Promise<void> {
  const ids = signalled.map(({ linkId }) => linkId);
  const marks = signalled.map(({ changedAt }) => changedAt.toISOString());
  await sql`
    update link set signalled_at = now()
    from unnest(${ids}::uuid[], ${marks}::timestamptz[]) as mark(id, changed_at)
    where link.id = mark.id and link.changed_at = mark.changed_at`.execute(db);
}

/**
 * Dirty links whose change reached no workflow, the oldest first. Either no signal was sent (a crash, Temporal down), or it was sent so
 * long ago that it must have been lost with the Temporal server's data.
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

/** Marks records as changed without an event, for example when a person asks for another read. Older marks stay. */
export function markDirty(db: Database, linkIds: string[]): Promise<DirtyLink[]> {
  return db
    .updateTable('link')
    .set({ changed_at: sql<Date>`coalesce(changed_at, ${new Date()})`, announced_version: null })
    .where('id', 'in', linkIds)
    .returning(dirtyLink)
    .$narrowType<{ changedAt: Date }>()
    .execute();
}

/** The records are read at the next observation, whatever versions webhooks have named: their values differ all the same. */
export async function requireReads(db: Database, linkIds: readonly string[]): Promise<void> {
  if (linkIds.length === 0) return;
  await db
    .updateTable('link')
    .set({ announced_version: null })
    .where('id', 'in', linkIds)
    .where('announced_version', 'is not', null)
    .execute();
}

/**
 * Marks contacts as changed whose last call to one of these accounts was refused for its credentials, so that the sweeper makes their
 * workflows try again. A contact without a record there yet is marked by its oldest record elsewhere.
 */
export async function markRefusedDirty(db: Database, accounts: readonly string[]): Promise<void> {
  if (accounts.length === 0) return;
  await sql`
    update link set changed_at = coalesce(changed_at, now()), announced_version = null
    where id in (
      select coalesce(
        case when refused.state = 'linked' and refused.external_id is not null then refused.id end,
        (select other.id from link other
         where other.contact_id = refused.contact_id and other.state = 'linked' and other.external_id is not null
         order by other.id limit 1))
      from link refused
      where refused.provider = any(${accounts}) and refused.last_error is not null and refused.last_error ->> 'type' = 'AuthenticationError')`.execute(
    db,
  );
}

export interface AnnouncedLink extends Link {
  /** The changes since the last read are known: their webhooks named versions that were merged meanwhile, such as our own write's. */
  isKnown: boolean;
}

/**
 * Clears the mark and returns the link. Call it just before the record is read: a later change needs another read. Undefined once an
 * erasure has deleted the link.
 */
export async function clearDirty(db: Database, linkId: string): Promise<AnnouncedLink | undefined> {
  return db
    .updateTable('link')
    .from((from) =>
      from
        .selectFrom('link')
        .select([
          'id as marked_id',
          sql<boolean>`changed_at is not null and is_version_known(link, announced_version)`.as('isKnown'),
        ])
        .where('id', '=', linkId)
        .forUpdate()
        .as('mark'),
    )
    .set({ changed_at: null, signalled_at: null, announced_version: null, traceparent: null })
    .whereRef('link.id', '=', 'mark.marked_id')
    .returningAll('link')
    .returning('mark.isKnown')
    .executeTakeFirst();
}

/**
 * `known`: the version that webhooks named is merged, and the mark is cleared. `being-written`: Accord writes to the record, so that the
 * version is most likely that of its own write. `unknown`: the record must be read.
 */
export type Announcement = 'known' | 'being-written' | 'unknown';

/** Looks at a version that a webhook named a moment ago. A link that is gone, or not dirty any more, is `unknown`. */
export async function settleAnnounced(db: Database, linkId: string): Promise<Announcement> {
  const { rows } = await sql<{ isKnown: boolean; isBeingWritten: boolean }>`
    with announced as (
      select id, is_version_known(link, announced_version) as is_known, coalesce(lease_until > now(), false) as is_being_written
      from link where id = ${linkId} and changed_at is not null and announced_version is not null
    ), settled as (
      update link set changed_at = null, signalled_at = null, announced_version = null, traceparent = null
      from announced where link.id = announced.id and announced.is_known and is_version_known(link, link.announced_version)
      returning link.id
    )
    select exists (select from settled) as "isKnown", is_being_written as "isBeingWritten" from announced`.execute(db);
  const [announced] = rows;
  if (announced?.isKnown) return 'known';
  return announced?.isBeingWritten ? 'being-written' : 'unknown';
}

/** Counts the links that wait for a read, for the metrics. */
export async function countDirtyLinks(db: Database): Promise<{ signalled: number; unsignalled: number }> {
  const { signalled, dirty } = await db
    .selectFrom('link')
    .select(({ fn }) => [fn.count<string>('signalled_at').as('signalled'), fn.countAll<string>().as('dirty')])
    .where('changed_at', 'is not', null)
    .executeTakeFirstOrThrow();
  return { signalled: Number(signalled), unsignalled: Number(dirty) - Number(signalled) };
}
