import { sql } from 'kysely';
import type { Database } from '#db/database.ts';
import { type ContactFields, emptyFields, type FieldName } from '#domain/contact.ts';

/** A value that a record keeps until a person decides, and the contact that has another one. */
export interface ListedConflict {
  /** Of the history entry of kind `conflict`. */
  id: string;
  contactId: string;
  fields: ContactFields;
  provider: string;
  field: FieldName;
  theirs: unknown;
  since: Date;
}

/** Conflicts that wait for a person, the newest first. `cursor` is the last id of the previous page. */
export async function listConflicts(
  db: Database,
  { cursor, limit }: { cursor: string | undefined; limit: number },
): Promise<ListedConflict[]> {
  const { rows } = await sql<ListedConflict>`
    select entry.id, contact.id as "contactId", contact.fields, link.provider, held.key as field, held.value as theirs, entry.at as since
    from link join contact on contact.id = link.contact_id cross join lateral jsonb_each(link.held) as held
    cross join lateral (
      select id, at from contact_history
      where contact_id = link.contact_id and kind = 'conflict' and field = held.key and provider = link.provider
      order by id desc limit 1
    ) as entry
    where link.held <> '{}' and entry.id < coalesce(${cursor ?? null}::bigint, 9223372036854775807)
    order by entry.id desc limit ${limit}`.execute(db);
  return rows.map((row) => ({ ...row, fields: { ...emptyFields, ...row.fields } }));
}
