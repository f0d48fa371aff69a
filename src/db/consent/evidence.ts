import { randomUUIDv7 } from 'node:crypto';
import { sql } from 'kysely';
import type { Database } from '#db/database.ts';
import type { RefusalChannel, RefusalKey } from '#domain/refusal.ts';
import type { EvidenceSource } from './tables.ts';

/** The source, place, time and words of a refusal or its lift. */
export interface Evidence {
  at: Date;
  /** Null for an entry of the suppression list, which `key` is of. */
  contactId: string | null;
  key: Pick<RefusalKey, 'kind' | 'value'> | null;
  linkId: string | null;
  channel: RefusalChannel;
  decision: 'denied' | 'lifted';
  source: EvidenceSource;
  actor: string;
  reason: string | null;
  wording: string | null;
  details: Record<string, string>;
}

/** Unexecuted, for batching. `rows` must not be empty. */
export function insertEvidence(db: Database, rows: readonly Evidence[]) {
  return db.insertInto('consent_evidence').values(
    rows.map(({ contactId, linkId, key, details, ...row }) => ({
      ...{ ...row, id: randomUUIDv7(), contact_id: contactId, link_id: linkId },
      ...{ kind: key?.kind ?? null, value: key?.value ?? null, details: JSON.stringify(details) },
    })),
  );
}

export interface StoredEvidence extends Evidence {
  id: string;
  /** The account and id of the record that it came from. */
  provider: string | null;
  externalId: string | null;
}

/**
 * The evidence about a contact, the contacts merged into it, its records, and entries of the suppression list with its keys. The
 * newest first.
 */
export async function listEvidence(
  db: Database,
  contactId: string,
  { keys, limit }: { keys: readonly RefusalKey[]; limit: number },
): Promise<StoredEvidence[]> {
  const [kinds, values] = [keys.map(({ kind }) => kind), keys.map(({ value }) => value)];
  const { rows } = await sql<StoredEvidence>`
    select evidence.id, at, evidence.contact_id as "contactId", link_id as "linkId", channel, decision, source, actor, reason, wording,
      details, provider, external_id as "externalId",
      case when value is null then null else json_build_object('kind', kind, 'value', value) end as key
    from consent_evidence as evidence left join link on link.id = link_id
    where (link_id is null and evidence.contact_id in (select id from contact where id = ${contactId} or merged_into = ${contactId}))
      or link_id in (select id from link where contact_id = ${contactId})
      or (value is not null and (kind, value) in (select * from unnest(${kinds}::text[], ${values}::text[])))
    order by at desc, evidence.id desc limit ${limit}`.execute(db);
  return rows;
}
