import type { Database } from '../db/database.ts';
import { insertAlias, type Link, listLinksByExternalIds, moveAliases, saveLink } from '../db/links.ts';
import type { ActivityDeps } from './deps.ts';
import { joinContacts } from './join-contacts.ts';

/**
 * A vendor merged records into this one: their ids become aliases of it, their contacts become one, and what the vendor was known
 * to hold of the first of them is what its new record is compared with.
 */
export async function followMerge(
  tx: Database,
  deps: ActivityDeps,
  { link, replaces, cause }: { link: Link; replaces: readonly string[]; cause: string },
): Promise<{ contactId: string; linkId: string }> {
  const { provider, account_id, contact_id: own } = link;
  const known = await listLinksByExternalIds(tx, provider, account_id, [...replaces]);
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
  if (!first) return { contactId: own, linkId: link.id };
  for (const otherId of new Set([own, ...merged.map(({ contact_id }) => contact_id)])) {
    await joinContacts(tx, deps, { survivorId: first.contact_id, otherId, why: `${provider} merged its records`, cause });
  }
  return { contactId: first.contact_id, linkId: link.id };
}
