import { sql } from 'kysely';
import type { Database } from '#db/database.ts';
import { type ContactFields, emptyFields } from '#domain/contact.ts';

export interface FoundContact {
  id: string;
  fields: ContactFields;
}

/** Contacts by id, or by the id of one that was merged into them. Unknown and deleted ones are left out. */
export async function listLivingContacts(db: Database, ids: readonly string[]): Promise<Map<string, FoundContact>> {
  if (ids.length === 0) return new Map();
  const { rows } = await sql<{ asked: string; id: string; fields: Partial<ContactFields> }>`
    with recursive found (asked, id) as (
      select id, id from unnest(${ids}::uuid[]) as id
      union all
      select found.asked, contact.merged_into from found join contact on contact.id = found.id where contact.merged_into is not null
    )
    select found.asked, contact.id, contact.fields from found join contact on contact.id = found.id
    where contact.merged_into is null and contact.deleted_at is null and contact.revision > 0`.execute(db);
  return new Map(rows.map(({ asked, id, fields }) => [asked, { id, fields: { ...emptyFields, ...fields } }]));
}
