import { sql } from 'kysely';
import type { Database } from '#db/database.ts';

/** Contacts with a record whose last call failed, as `listFailureGroups` counts them, the newest first. `cursor` is the last id of the previous page. */
export async function listFailingContacts(
  db: Database,
  {
    error,
    provider,
    cursor,
    limit,
  }: { error?: string | undefined; provider?: string | undefined; cursor?: string | undefined; limit: number },
): Promise<string[]> {
  const rows = await db
    .selectFrom('link')
    .select('contact_id')
    .distinct()
    .where('last_error', 'is not', null)
    .where('state', 'in', ['intent', 'linked'])
    .$if(error !== undefined, (query) => query.where(sql<string>`last_error ->> 'type'`, '=', error ?? ''))
    .$if(provider !== undefined, (query) => query.where('provider', '=', provider ?? ''))
    .$if(cursor !== undefined, (query) => query.where('contact_id', '<', cursor ?? ''))
    .orderBy('contact_id', 'desc')
    .limit(limit)
    .execute();
  return rows.map(({ contact_id }) => contact_id);
}
