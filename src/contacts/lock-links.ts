import { lockContacts } from '#db/contacts/contacts.ts';
import { type Link, listLinksByIds } from '#db/contacts/links.ts';
import type { Database } from '#db/database.ts';
import { LostRaceError } from './contact-transaction.ts';

/**
 * Locks the contacts of links before a record moves from one link to another. Throws a `LostRaceError` unless the links still are as
 * they were read: a transaction that waited for the lock would otherwise overwrite the record that the other one stored.
 */
export async function lockLinksAsRead(tx: Database, links: readonly Link[]): Promise<void> {
  const ids = new Set(links.map(({ contact_id }) => contact_id));
  await lockContacts(tx, [...ids]);
  const current = await listLinksByIds(
    tx,
    links.map(({ id }) => id),
  );
  const isSame = (read: Link) => current.some((link) => link.id === read.id && hasSameRecord(link, read));
  if (!links.every(isSame)) throw new LostRaceError('Another transaction has moved a record to or from these links');
}

function hasSameRecord(one: Link, other: Link): boolean {
  return one.external_id === other.external_id && one.state === other.state && one.contact_id === other.contact_id;
}
