import { randomUUIDv7 } from 'node:crypto';
import { type Selectable, sql } from 'kysely';
import type { Database } from '#db/database.ts';
import type { AskReason } from '#domain/deletes/plan-deletes.ts';
import type { DeleteRequestTable, DeleteState } from './tables.ts';

export type DeleteRequest = Selectable<DeleteRequestTable>;

export interface NewDeleteRequest {
  source: string;
  sourceLinkId: string;
  provider: string;
  linkId: string;
  state: 'open' | 'approved' | 'archived';
  because: AskReason;
  event: string | null;
  missingSince: Date;
  seen: string | null;
}

/** Stores a request and returns its id. Null when the record has one that is pending: another account has lost the person, too. */
export async function insertDeleteRequest(tx: Database, request: NewDeleteRequest, now: Date): Promise<string | null> {
  const { sourceLinkId, linkId, missingSince, state, ...rest } = request;
  const isDecided = state !== 'open';
  const row = await tx
    .insertInto('delete_request')
    .values({
      ...rest,
      ...{ id: randomUUIDv7(), state, source_link_id: sourceLinkId, link_id: linkId, missing_since: missingSince },
      decided_by: isDecided ? 'accord' : null,
      decided_at: isDecided ? now : null,
      ended_at: state === 'archived' ? now : null,
    })
    .onConflict((conflict) => conflict.column('link_id').where('state', 'in', ['open', 'approved']).doNothing())
    .returning('id')
    .executeTakeFirst();
  return row?.id ?? null;
}

/** Locks a request until the transaction ends. Undefined when there is none. */
export function lockDeleteRequest(tx: Database, id: string): Promise<DeleteRequest | undefined> {
  return tx.selectFrom('delete_request').selectAll().where('id', '=', id).forUpdate().executeTakeFirst();
}

export function findDeleteRequest(db: Database, id: string): Promise<DeleteRequest | undefined> {
  return db.selectFrom('delete_request').selectAll().where('id', '=', id).executeTakeFirst();
}

export type DeleteRequestChange = Partial<
  Pick<DeleteRequest, 'state' | 'because' | 'seen' | 'decided_by' | 'decided_at' | 'ended_at'>
>;

export async function updateDeleteRequests(tx: Database, ids: readonly string[], change: DeleteRequestChange): Promise<void> {
  if (ids.length > 0) await tx.updateTable('delete_request').set(change).where('id', 'in', ids).execute();
}

/** The requests for records of a contact in some states, the oldest first. */
export function listRequestsOf(tx: Database, contactId: string, states: readonly DeleteState[]): Promise<DeleteRequest[]> {
  return tx
    .selectFrom('delete_request as request')
    .innerJoin('link', 'link.id', 'request.link_id')
    .selectAll('request')
    .where('link.contact_id', '=', contactId)
    .where('request.state', 'in', states)
    .orderBy('request.id')
    .execute();
}

export interface DeleteFilter {
  state: DeleteState;
  source?: string | undefined;
  provider?: string | undefined;
  contactId?: string | undefined;
}

/** A request with the contact and the record that it is about. */
export type ListedDelete = DeleteRequest & { contact_id: string };

/** A page of requests, the newest first. */
export function listDeleteRequests(
  db: Database,
  { filter, cursor, limit }: { filter: DeleteFilter; cursor?: string | undefined; limit: number },
): Promise<ListedDelete[]> {
  const { state, source, provider, contactId } = filter;
  return db
    .selectFrom('delete_request as request')
    .innerJoin('link', 'link.id', 'request.link_id')
    .selectAll('request')
    .select('link.contact_id')
    .where('request.state', '=', state)
    .$if(source !== undefined, (query) => query.where('request.source', '=', source ?? ''))
    .$if(provider !== undefined, (query) => query.where('request.provider', '=', provider ?? ''))
    .$if(contactId !== undefined, (query) => query.where('link.contact_id', '=', contactId ?? ''))
    .$if(cursor !== undefined, (query) => query.where('request.id', '<', cursor ?? ''))
    .orderBy('request.id', 'desc')
    .limit(limit)
    .execute();
}

/** The number of requests by the account of the record. */
export async function countDeleteRequests(db: Database, filter: DeleteFilter): Promise<Record<string, number>> {
  const { state, source, provider, contactId } = filter;
  const rows = await db
    .selectFrom('delete_request as request')
    .innerJoin('link', 'link.id', 'request.link_id')
    .select(['request.provider', sql<number>`count(*)::int`.as('count')])
    .where('request.state', '=', state)
    .$if(source !== undefined, (query) => query.where('request.source', '=', source ?? ''))
    .$if(provider !== undefined, (query) => query.where('request.provider', '=', provider ?? ''))
    .$if(contactId !== undefined, (query) => query.where('link.contact_id', '=', contactId ?? ''))
    .groupBy('request.provider')
    .execute();
  return Object.fromEntries(rows.map((row) => [row.provider, row.count]));
}

export async function countPendingDeletes(db: Database): Promise<{ open: number; approved: number }> {
  const rows = await db
    .selectFrom('delete_request')
    .select(['state', sql<number>`count(*)::int`.as('count')])
    .where('state', 'in', ['open', 'approved'])
    .groupBy('state')
    .execute();
  const countOf = (state: DeleteState) => rows.find((row) => row.state === state)?.count ?? 0;
  return { open: countOf('open'), approved: countOf('approved') };
}

/** Deleted records of an account that were followed within the last hour. */
export async function countRecentDeletes(tx: Database, source: string, now: Date): Promise<number> {
  const { count } = await tx
    .selectFrom('delete_request')
    .select(sql<number>`count(distinct source_link_id)::int`.as('count'))
    .where('source', '=', source)
    .where('created_at', '>', new Date(now.getTime() - 3_600_000))
    .executeTakeFirstOrThrow();
  return count;
}

/** Whether somebody has been asked within the last hour because an account lost so many records. */
export async function wasAskedForMany(tx: Database, source: string, now: Date): Promise<boolean> {
  const row = await tx
    .selectFrom('delete_request')
    .select('id')
    .where('source', '=', source)
    .where('because', '=', 'many')
    .where('created_at', '>', new Date(now.getTime() - 3_600_000))
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}

/** The type of the newest event since a time that tells of the deletion of a record; null when none did. */
export async function findDeleteEvent(tx: Database, linkId: string, since: Date): Promise<string | null> {
  const row = await tx
    .selectFrom('inbox_event')
    .select('type')
    .where('link_id', '=', linkId)
    .where('type', 'ilike', '%delete%')
    // There is an index of times, and none of links.
    .where('received_at', '>', since)
    .orderBy('received_at', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row?.type ?? null;
}
