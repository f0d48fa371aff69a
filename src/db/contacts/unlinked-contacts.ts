import type { Database } from '#db/database.ts';

export interface UnlinkedQuery {
  provider: string;
  accountId: string;
  /** The last id of the previous page; null for the first page. */
  after: string | null;
  limit: number;
}

/**
 * Ids of contacts that never had a record in an account: it was connected later, or a push was lost with its workflow. Pages are sorted
 * by id.
 */
export async function listUnlinkedContacts(
  db: Database,
  { provider, accountId, after, limit }: UnlinkedQuery,
): Promise<string[]> {
  const unlinked = db
    .selectFrom('contact')
    .select('id')
    .where('revision', '>', 0)
    .where('deleted_at', 'is', null)
    .where('merged_into', 'is', null)
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('link')
            .select('link.id')
            .whereRef('link.contact_id', '=', 'contact.id')
            .where('link.provider', '=', provider)
            .where('link.account_id', '=', accountId)
            .where('link.state', '!=', 'detached'),
        ),
      ),
    )
    .orderBy('id')
    .limit(limit);
  const rows = await (after === null ? unlinked : unlinked.where('id', '>', after)).execute();
  return rows.map(({ id }) => id);
}
