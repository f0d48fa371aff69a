import { type SqlBool, sql } from 'kysely';
import type { Database } from '#db/database.ts';
import type { FieldName } from '#domain/contact.ts';
import type { HistoryKind } from './tables.ts';

export interface HistoryEntry {
  contactId: string;
  kind: HistoryKind;
  /** A provider's id, `accord`, or `api-key:<name>`. */
  actor: string;
  provider?: string;
  field?: string;
  before?: unknown;
  after?: unknown;
  /** The value that lost a conflict. */
  losing?: unknown;
  /** The event or run that caused it. */
  cause?: string;
  /** The record that the entry is about. */
  linkId?: string;
}

/** Appends to the history: each entry holds the old and the new value, the actor and the cause. */
export async function recordHistory(db: Database, entries: HistoryEntry[]): Promise<void> {
  if (entries.length > 0) await insertHistory(db, entries).execute();
}

/** Unexecuted `recordHistory`, for batching. `entries` must not be empty. */
export function insertHistory(db: Database, entries: readonly HistoryEntry[]) {
  return db.insertInto('contact_history').values(
    entries.map((entry) => ({
      contact_id: entry.contactId,
      kind: entry.kind,
      actor: entry.actor,
      provider: entry.provider ?? null,
      field: entry.field ?? null,
      before: toJson(entry.before),
      after: toJson(entry.after),
      losing: toJson(entry.losing),
      cause: entry.cause ?? null,
      link_id: entry.linkId ?? null,
    })),
  );
}

/** The newest entries first. `before` is the last id of the previous page. */
export function listHistory(db: Database, contactId: string, limit: number, before?: string) {
  return db
    .selectFrom('contact_history')
    .selectAll()
    .where('contact_id', '=', contactId)
    .$if(before !== undefined, (query) => query.where('id', '<', before ?? ''))
    .orderBy('id', 'desc')
    .limit(limit)
    .execute();
}

/** The history entry of a contact's conflict; undefined when the contact has no conflict with this id. */
export function findConflict(db: Database, { contactId, conflictId }: { contactId: string; conflictId: string }) {
  return db
    .selectFrom('contact_history')
    .selectAll()
    .where('id', '=', conflictId)
    .where('contact_id', '=', contactId)
    .where('kind', '=', 'conflict')
    .executeTakeFirst();
}

/** One entry of a contact's history, or of that of a contact merged into it; undefined when there is none with this id. */
export function findEntry(db: Database, { contactId, entryId }: { contactId: string; entryId: string }) {
  return db.selectFrom('contact_history').selectAll().where('id', '=', entryId).where(ofContact(contactId)).executeTakeFirst();
}

export interface EntryWithEffects {
  id: string;
  contact_id: string;
  at: Date;
  kind: HistoryKind;
  actor: string;
  provider: string | null;
  field: string | null;
  before: unknown;
  after: unknown;
  losing: unknown;
  cause: string | null;
  link_id: string | null;
  /** The writes of the field to providers that followed, before it changed again. */
  effects: { provider: string; at: string; linkId: string | null }[];
}

/**
 * The newest entries of a contact, and of the contacts merged into it, with the writes that followed from each. `cursor` is the last id of
 * the previous page.
 */
export async function listEntries(
  db: Database,
  contactId: string,
  { cursor, field, limit }: { cursor?: string | undefined; field?: string | undefined; limit: number },
): Promise<EntryWithEffects[]> {
  const { rows } = await sql<EntryWithEffects>`
    with own as materialized (
      select contact_history.* from contact_history where ${ofContact(contactId)}
    ), page as (
      select * from own
      where (${cursor ?? null}::bigint is null or id < ${cursor ?? null}::bigint)
        and (${field ?? null}::text is null or field = ${field ?? null}
          or (kind = 'pushed' and after @> jsonb_build_array(${field ?? null}::text)))
      order by id desc limit ${limit}
    )
    select page.*, (
      select coalesce(json_agg(json_build_object('provider', write.provider, 'at', write.at, 'linkId', write.link_id) order by write.id), '[]')
      from own as write
      where page.kind in ('changed', 'conflict', 'resolved') and write.kind = 'pushed' and write.id > page.id
        and write.after @> jsonb_build_array(page.field)
        and not exists (
          select from own as next where next.field = page.field and next.kind in ('changed', 'conflict', 'resolved')
            and next.id > page.id and next.id < write.id and next.before is distinct from next.after
        )
    ) as effects
    from page order by id desc`.execute(db);
  return rows;
}

/** The history of a contact and of the contacts merged into it. */
function ofContact(contactId: string) {
  return sql<SqlBool>`contact_id in (select id from contact where id = ${contactId} or merged_into = ${contactId})`;
}

export interface RecordChange {
  id: string;
  kind: HistoryKind;
  field: string | null;
  before: unknown;
  after: unknown;
  losing: unknown;
  provider: string | null;
  actor: string;
  at: Date;
  link_id: string | null;
}

/** The changes of fields that some records of a contact have made since an entry, the oldest first. */
export async function listRecordChanges(
  db: Database,
  { contactId, linkIds, after }: { contactId: string; linkIds: readonly string[]; after: string },
): Promise<RecordChange[]> {
  if (linkIds.length === 0) return [];
  return db
    .selectFrom('contact_history')
    .select(['id', 'kind', 'field', 'before', 'after', 'losing', 'provider', 'actor', 'at', 'link_id'])
    .where(ofContact(contactId))
    .where('link_id', 'in', linkIds)
    .where('id', '>', after)
    .where('kind', 'in', ['changed', 'conflict'])
    .orderBy('id')
    .execute();
}

/** The records of a contact to which a field was pushed since an entry. */
export async function listPushedLinks(
  db: Database,
  { contactId, field, after }: { contactId: string; field: FieldName; after: string },
): Promise<string[]> {
  const rows = await db
    .selectFrom('contact_history')
    .select('link_id')
    .distinct()
    .where(ofContact(contactId))
    .where('id', '>', after)
    .where('kind', '=', 'pushed')
    .where(sql<SqlBool>`after @> ${JSON.stringify([field])}::jsonb`)
    .execute();
  return rows.flatMap(({ link_id }) => link_id ?? []);
}

/** Gives the entries about some records of a contact to the contact that gets the records. */
export async function moveRecordHistory(
  db: Database,
  { linkIds, from, to }: { linkIds: readonly string[]; from: string; to: string },
): Promise<void> {
  if (linkIds.length === 0) return;
  await db
    .updateTable('contact_history')
    .set({ contact_id: to })
    .where(ofContact(from))
    .where('link_id', 'in', linkIds)
    .execute();
}

/** Encodes the value here, because pg sends a bare string as it is, which is no valid JSON. */
function toJson(value: unknown): string | null {
  return value === undefined ? null : JSON.stringify(value);
}
