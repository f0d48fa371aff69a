import { sql } from 'kysely';
import type { Database } from '#db/database.ts';

/** A record of a contact beside its primary one. */
export interface Double {
  /** Of the double's link. */
  id: string;
  contactId: string;
  provider: string;
  accountId: string;
  externalId: string;
  primaryId: string;
  createdAt: Date;
}

/** Linked records beside an older one of the same contact in the same account, the newest first: see `linksAt`. */
export async function listDoubles(
  db: Database,
  { provider, cursor, limit }: { provider?: string | undefined; cursor?: string | undefined; limit: number },
): Promise<Double[]> {
  const { rows } = await sql<Double>`
    select double.id, double.contact_id as "contactId", double.provider, double.account_id as "accountId",
      double.external_id as "externalId", primary_link.external_id as "primaryId", double.created_at as "createdAt"
    from link as double
    cross join lateral (
      select id, external_id from link
      where contact_id = double.contact_id and provider = double.provider and account_id = double.account_id and state = 'linked'
      order by id limit 1
    ) as primary_link
    where double.state = 'linked' and primary_link.id <> double.id
      and (${provider ?? null}::text is null or double.provider = ${provider ?? null})
      and (${cursor ?? null}::uuid is null or double.id < ${cursor ?? null})
    order by double.id desc
    limit ${limit}`.execute(db);
  return rows;
}
