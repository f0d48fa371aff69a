import { randomUUIDv7 } from 'node:crypto';
import { type Selectable, type SqlBool, sql } from 'kysely';
import type { StoredContact } from '#db/contacts/contacts.ts';
import type { ContactMergeTable, ContactSnapshot, LinkSnapshot } from '#db/contacts/tables.ts';
import type { Database } from '#db/database.ts';
import { emptyFields } from '#domain/contact.ts';

export type ContactMerge = Selectable<ContactMergeTable>;

export interface NewMerge {
  survivorId: string;
  /** Null for a record that had no contact of its own. */
  otherId: string | null;
  survivorBefore: ContactSnapshot;
  otherBefore: ContactSnapshot;
  survivorAfter: ContactSnapshot;
  /** The links of the other side, as they were before. */
  links: LinkSnapshot[];
  /** Contacts that had been merged into the other one before. */
  absorbed: string[];
  why: string;
  evidence: object | null;
  /** `accord`, a provider's id, or `api-key:<name>`. */
  actor: string;
  cause: string | null;
}

/** Stores a merge after everything else that it writes: later entries of the survivor's history are edits. */
export async function insertMerge(db: Database, merge: NewMerge): Promise<string> {
  const id = randomUUIDv7();
  await db
    .insertInto('contact_merge')
    .values({
      ...{ id, survivor_id: merge.survivorId, other_id: merge.otherId, absorbed: merge.absorbed },
      ...{ why: merge.why, actor: merge.actor, cause: merge.cause },
      survivor_before: JSON.stringify(merge.survivorBefore),
      other_before: JSON.stringify(merge.otherBefore),
      survivor_after: JSON.stringify(merge.survivorAfter),
      links: JSON.stringify(merge.links),
      evidence: merge.evidence === null ? null : JSON.stringify(merge.evidence),
      last_history_id: sql<string>`(select coalesce(max(id), 0) from contact_history where contact_id = ${merge.survivorId})`,
    })
    .execute();
  return id;
}

type Keys = Pick<ContactSnapshot, 'keys' | 'refused'>;

/** The identity keys and the refused keys of some contacts, by contact id. */
export async function readKeys(db: Database, contactIds: readonly string[]): Promise<Map<string, Keys>> {
  const { rows } = await sql<Keys & { id: string }>`
    select contact.id,
      coalesce((select jsonb_agg(jsonb_build_object('kind', kind, 'value', value, 'isProven', is_proven) order by kind, value)
        from identity_key where contact_id = contact.id), '[]') as keys,
      coalesce((select jsonb_agg(jsonb_build_object('channel', channel, 'kind', kind, 'value', value) order by channel, kind, value)
        from refused_key where contact_id = contact.id), '[]') as refused
    from contact where id = any(${contactIds}::uuid[])`.execute(db);
  return new Map(rows.map(({ id, keys, refused }) => [id, { keys, refused }]));
}

export function toSnapshot({ fields, provenance, isCustomer, isDeleted }: StoredContact, keys: Keys): ContactSnapshot {
  return { fields, provenance, isCustomer, isDeleted, ...keys };
}

/** The ids of contacts that were merged into this one. */
export async function listAbsorbed(db: Database, contactId: string): Promise<string[]> {
  const rows = await db.selectFrom('contact').select('id').where('merged_into', '=', contactId).execute();
  return rows.map(({ id }) => id);
}

/** The merges of a contact and of those merged into it, the newest first. `standing` leaves out those that were undone. */
export async function listMerges(
  db: Database,
  contactId: string,
  { standing = false, limit = 200 }: { standing?: boolean; limit?: number } = {},
): Promise<ContactMerge[]> {
  const all = db
    .selectFrom('contact_merge')
    .selectAll()
    .where(
      sql<SqlBool>`survivor_id in (select id from contact where id = ${contactId} or merged_into = ${contactId})
        or other_id = ${contactId}`,
    )
    .orderBy('id', 'desc')
    .limit(limit);
  const rows = await (standing ? all.where('undone_at', 'is', null) : all).execute();
  return rows.map(toMerge);
}

/** Undefined when there is no such merge. */
export async function findMerge(db: Database, id: string): Promise<ContactMerge | undefined> {
  const row = await db.selectFrom('contact_merge').selectAll().where('id', '=', id).executeTakeFirst();
  return row && toMerge(row);
}

/** The merge that made an entry of its survivor's history; null for one from before merges could be undone. */
export async function findMergeOfEntry(
  db: Database,
  { contactId, entryId, otherId }: { contactId: string; entryId: string; otherId: string | null },
): Promise<string | null> {
  const row = await db
    .selectFrom('contact_merge')
    .select(['id', 'other_id'])
    .where('survivor_id', '=', contactId)
    .where('last_history_id', '>=', entryId)
    .orderBy('last_history_id')
    .limit(1)
    .executeTakeFirst();
  return row?.other_id === otherId ? row.id : null;
}

export async function markUndone(db: Database, id: string, { by, at }: { by: string; at: Date }): Promise<void> {
  await db.updateTable('contact_merge').set({ undone_at: at, undone_by: by }).where('id', '=', id).execute();
}

type Snapshots = Partial<Record<'survivorBefore' | 'otherBefore' | 'survivorAfter', ContactSnapshot>>;

/** Corrects the snapshots of a merge that stands, when an earlier merge is undone beneath it. */
export async function saveSnapshots(
  db: Database,
  id: string,
  { survivorBefore, otherBefore, survivorAfter }: Snapshots,
): Promise<void> {
  await db
    .updateTable('contact_merge')
    .set({
      ...(survivorBefore && { survivor_before: JSON.stringify(survivorBefore) }),
      ...(otherBefore && { other_before: JSON.stringify(otherBefore) }),
      ...(survivorAfter && { survivor_after: JSON.stringify(survivorAfter) }),
    })
    .where('id', '=', id)
    .execute();
}

/** Snapshots from before a field existed lack it. */
function toMerge(row: ContactMerge): ContactMerge {
  const whole = (side: ContactSnapshot): ContactSnapshot => ({
    ...side,
    fields: { ...emptyFields, ...side.fields },
    // Refusals of calls were the only ones.
    refused: side.refused.map((key) => ({ ...key, channel: key.channel ?? 'call' })),
  });
  const { survivor_before, other_before, survivor_after } = row;
  return {
    ...row,
    survivor_before: whole(survivor_before),
    other_before: whole(other_before),
    survivor_after: whole(survivor_after),
  };
}

/** Whether Accord has merged this many contacts by itself within the last hour. */
export async function hasMergedWithinHour(db: Database, { count }: { count: number }): Promise<boolean> {
  const { rows } = await sql<{ merged: number }>`
    select count(*)::int as merged from (
      select from contact_merge where actor = 'accord' and at > now() - interval '1 hour' limit ${count}
    ) as recent`.execute(db);
  return (rows[0]?.merged ?? 0) >= count;
}
