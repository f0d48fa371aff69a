import type { Database } from '#db/database.ts';

/** More are not listed: Temporal's search attributes have limits. */
const maxIds = 20;

/** The records that a contact has, with their providers, such as `square:ABC`, the oldest first. */
export async function listRecordIds(db: Database, contactId: string): Promise<string[]> {
  const links = await db
    .selectFrom('link')
    .select(['provider', 'external_id'])
    .where('contact_id', '=', contactId)
    .where('state', '=', 'linked')
    .where('external_id', 'is not', null)
    .orderBy('created_at')
    .limit(maxIds)
    .execute();
  return links.map(({ provider, external_id }) => `${provider}:${external_id}`);
}
