import type { LinkChange, OpenLink } from '#db/contacts/links.ts';
import type { Database } from '#db/database.ts';
import { type DeleteRequest, listRequestsOf, updateDeleteRequests } from '#db/deletes/delete-requests.ts';

/** The part of a `ContactUnit` that this needs. */
interface Unit {
  tx: Database;
  contact: { id: string };
  deps: { now(): Date };
  links: readonly OpenLink[];
  changeLink(link: OpenLink, change: LinkChange): void;
}

/**
 * Ends the requests of a contact whose lost record is back: under its id, or as another record of the person in that account. A record
 * that was archived for it takes its places again.
 */
export async function withdrawDeletes(unit: Unit): Promise<void> {
  const { tx, contact, deps } = unit;
  const requests = await listRequestsOf(tx, contact.id, ['open', 'approved', 'archived']);
  const over = requests.filter((request) => isBack(unit, request) && !isBegun(unit, request));
  for (const { id, link_id, state } of over) {
    const link = unit.links.find((each) => each.id === link_id);
    if (link && state === 'archived') unit.changeLink(link, { archived_at: null });
    else if (link?.removal_id === id) unit.changeLink(link, { removal_id: null });
  }
  const ids = over.map(({ id }) => id);
  await updateDeleteRequests(tx, ids, { state: 'withdrawn', ended_at: deps.now() });
}

function isBack({ links }: Unit, { source }: DeleteRequest): boolean {
  return links.some(({ provider, state }) => provider === source && state === 'linked');
}

/** The call that deletes may be under way: its outcome is stored first. */
function isBegun({ links }: Unit, { id, link_id }: DeleteRequest): boolean {
  return links.some((link) => link.id === link_id && link.removal_id === id && link.removed_at !== null);
}
