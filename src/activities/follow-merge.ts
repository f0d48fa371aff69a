import type { Database } from '../db/database.ts';
import { insertAlias, type Link, listLinksByExternalIds, moveAliases, saveLink } from '../db/links.ts';
import type { ProviderRecord } from '../providers/provider.ts';
import type { ActivityDeps } from './deps.ts';
import { joinContacts } from './join-contacts.ts';

/**
 * A vendor merged records into this one, or gave it another id: their ids become aliases of it, their contacts become one, and
 * what the vendor was known to hold of the first of them is what its new record is compared with. Null when there is nothing to
 * follow.
 */
export async function followMerge(
  tx: Database,
  deps: ActivityDeps,
  { link, record, cause }: { link: Link; record: ProviderRecord; cause: string },
): Promise<{ contactId: string; linkId: string } | null> {
  const { provider, account_id, contact_id: own } = link;
  const replaces = [...new Set([...(link.replaces ?? []), ...(record.replaces ?? [])])].filter((id) => id !== link.external_id);
  if (replaces.length === 0) return null;
  const known = await listLinksByExternalIds(tx, provider, account_id, replaces);
  // Some vendors name the ids of before in every answer.
  if (known.length === 0 && link.replaces === null) return null;
  // The oldest contact is the one that people and workflows know.
  const merged = known.filter(({ id }) => id !== link.id).toSorted((a, b) => (a.contact_id < b.contact_id ? -1 : 1));
  for (const { id } of merged) await saveLink(tx, id, { state: 'detached', external_id: null });
  await moveAliases(
    tx,
    merged.map(({ id }) => id),
    link.id,
  );
  for (const externalId of replaces) await insertAlias(tx, link, externalId);
  const [first] = merged;
  await saveLink(tx, link.id, { replaces: null, ...(first && link.shadow === null && { shadow: first.shadow }) });
  if (!first) return null;
  for (const otherId of new Set([own, ...merged.map(({ contact_id }) => contact_id)])) {
    await joinContacts(tx, deps, { survivorId: first.contact_id, otherId, why: `${provider} merged its records`, cause });
  }
  return { contactId: first.contact_id, linkId: link.id };
}
