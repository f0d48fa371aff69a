import type { Database } from '#db/database.ts';
import type { Link } from './links.ts';

/** Makes an external id that a merge at the vendor replaced resolve to `link`. */
export async function insertAlias(db: Database, link: Link, externalId: string): Promise<void> {
  const { provider, account_id, id: link_id } = link;
  await db
    .insertInto('link_alias')
    .values({ provider, account_id, external_id: externalId, link_id })
    .onConflict((conflict) => conflict.columns(['provider', 'account_id', 'external_id']).doUpdateSet({ link_id }))
    .execute();
}

/** Makes all aliases of merged links resolve to their successor. */
export async function moveAliases(db: Database, fromLinkIds: readonly string[], toLinkId: string): Promise<void> {
  if (fromLinkIds.length === 0) return;
  await db.updateTable('link_alias').set({ link_id: toLinkId }).where('link_id', 'in', fromLinkIds).execute();
}

interface AliasQuery {
  provider: string;
  accountId: string;
  externalIds: readonly string[];
}

/** Those of the ids that lead to the record of another id. */
export async function listAliased(db: Database, { provider, accountId, externalIds }: AliasQuery): Promise<string[]> {
  if (externalIds.length === 0) return [];
  const aliases = await db
    .selectFrom('link_alias')
    .select('external_id')
    .where('provider', '=', provider)
    .where('account_id', '=', accountId)
    .where('external_id', 'in', externalIds)
    .execute();
  return aliases.map(({ external_id }) => external_id);
}

export async function removeAliases(db: Database, { provider, accountId, externalIds }: AliasQuery): Promise<void> {
  if (externalIds.length === 0) return;
  await db
    .deleteFrom('link_alias')
    .where('provider', '=', provider)
    .where('account_id', '=', accountId)
    .where('external_id', 'in', externalIds)
    .execute();
}
