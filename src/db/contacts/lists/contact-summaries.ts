import { sql } from 'kysely';
import type { LinkState } from '#db/contacts/tables.ts';
import type { Database } from '#db/database.ts';
import { type ContactFields, emptyFields } from '#domain/contact.ts';
import type { RefusalChannel } from '#domain/refusal.ts';
import type { SyncStatus } from '#domain/sync/plan.ts';
import { isAsked } from './asked-contacts.ts';

/** The columns of a contact list. */
export interface ContactSummary {
  id: string;
  fields: ContactFields;
  syncStatus: SyncStatus;
  isCustomer: boolean;
  isDeleted: boolean;
  /** A question about it waits for a person. */
  isAsked: boolean;
  heldRefusals: RefusalChannel[];
  records: SummaryRecord[];
  createdAt: Date;
  updatedAt: Date;
}

interface SummaryRecord {
  provider: string;
  externalId: string | null;
  state: LinkState;
  /** One sentence; null unless the last call failed. */
  error: string | null;
}

interface SummaryRow extends Omit<ContactSummary, 'fields'> {
  fields: Partial<ContactFields>;
}

/** In the order of the ids given. */
export async function readSummaries(db: Database, ids: readonly string[]): Promise<ContactSummary[]> {
  if (ids.length === 0) return [];
  const { rows } = await sql<SummaryRow>`
    select contact.id, contact.fields, contact.sync_status as "syncStatus", contact.is_customer as "isCustomer",
      contact.deleted_at is not null as "isDeleted", contact.held_refusals as "heldRefusals",
      ${isAsked} as "isAsked", contact.created_at as "createdAt", contact.updated_at as "updatedAt",
      (select coalesce(json_agg(json_build_object('provider', provider, 'externalId', external_id, 'state', state,
          'error', last_error ->> 'message') order by created_at), '[]')
        from link where contact_id = contact.id and state <> 'detached') as records
    from unnest(${ids}::uuid[]) with ordinality as wanted(id, place) join contact on contact.id = wanted.id
    order by wanted.place`.execute(db);
  return rows.map((row) => ({ ...row, fields: { ...emptyFields, ...row.fields } }));
}
