import type { Database } from '#db/database.ts';

export interface UnplacedQuery {
  provider: string;
  accountId: string;
  /** The last id of the page before. */
  after: string | null;
  limit: number;
}

/** Contacts that have no record at a provider, and never had: it was connected later, or a push was lost with its workflow. */
export async function listUnplaced(db: Database, { provider, accountId, after, limit }: UnplacedQuery): Promise<string[]> {
  const rows = await db
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
    .$if(after !== null, (query) => query.where('id', '>', after as string))
    .orderBy('id')
    .limit(limit)
    .execute();
  return rows.map(({ id }) => id);
}
