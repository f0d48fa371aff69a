import type { ContactTransaction } from '#contacts/contact-transaction.ts';
import { lockContact, type StoredContact } from '#db/contacts/contacts.ts';
import { isLive, listLinks } from '#db/contacts/links.ts';
import { type ContactMerge, findMerge, listMerges } from '#db/contacts/matching/contact-merges.ts';
import { mergeContacts } from './merge-contacts.ts';
import { type LeftRefusal, type TakenOut, takeOutRecords, undoOne } from './take-apart.ts';

export type SplitOutcome =
  | { outcome: 'split'; staysId: string; leavesId: string; refusalsLeft: LeftRefusal[] }
  /** No record of the contact has this id. */
  | { outcome: 'unknown-record' }
  /** Every record would leave. */
  | { outcome: 'nothing-stays' }
  /** The merge is unknown, of another contact, or was undone before. */
  | { outcome: 'no-merge' };

/** Undoes a merge of a contact: the newest one that stands, or the given one, in whatever order merges were made. */
export async function undoMerge(
  transaction: ContactTransaction,
  { contactId, mergeId, actor }: { contactId: string; mergeId: string | null; actor: string },
): Promise<SplitOutcome> {
  const contact = await lockContact(transaction.tx, contactId);
  const merge = await findStanding(transaction, contact, mergeId);
  if (!merge) return { outcome: 'no-merge' };
  return toOutcome(contact, await undoOne(transaction, merge, { contact, actor }));
}

async function findStanding(
  { tx }: ContactTransaction,
  contact: StoredContact,
  mergeId: string | null,
): Promise<ContactMerge | undefined> {
  const [newest] = mergeId === null ? await listMerges(tx, contact.id, { standing: true, limit: 1 }) : [];
  const merge = mergeId === null ? newest : await findMerge(tx, mergeId);
  if (!merge || merge.undone_at !== null) return undefined;
  // The other contact may have been merged elsewhere, or be apart already.
  const [survivor, other] = [merge.survivor_id, merge.other_id ?? merge.survivor_id];
  const roots = await Promise.all([survivor, other].map(async (id) => (await lockContact(tx, id)).id));
  return roots.every((id) => id === contact.id) ? merge : undefined;
}

/**
 * Gives some records of a contact to a contact of their own: the one that they belonged to before a merge, else a new one. Merges that
 * brought in exactly such records are undone.
 */
export async function splitContact(
  transaction: ContactTransaction,
  { contactId, linkIds, actor }: { contactId: string; linkIds: readonly string[]; actor: string },
): Promise<SplitOutcome> {
  const { tx } = transaction;
  const contact = await lockContact(tx, contactId);
  const links = await listLinks(tx, contact.id);
  const isOwn = (id: string) => links.some((link) => link.id === id);
  if (linkIds.length === 0 || !linkIds.every(isOwn)) return { outcome: 'unknown-record' };
  const staying = links.filter((link) => !linkIds.includes(link.id));
  if (!staying.some(isLive)) return { outcome: 'nothing-stays' };

  const taken: TakenOut[] = [];
  let left = [...linkIds];
  for (const merge of await listMerges(tx, contact.id, { standing: true })) {
    const present = merge.links.filter(({ id }) => left.includes(id) || staying.some((link) => link.id === id));
    if (present.length === 0 || !present.every(({ id }) => left.includes(id))) continue;
    taken.push(await undoOne(transaction, merge, { contact: await lockContact(tx, contact.id), actor }));
    left = left.filter((id) => !present.some((link) => link.id === id));
  }
  if (left.length > 0) {
    const request = { contact: await lockContact(tx, contact.id), actor };
    taken.push(await takeOutRecords(transaction, left, request));
  }
  return toOutcome(contact, await joinTaken(transaction, taken, actor));
}

/** Records that leave together are one person. */
async function joinTaken(transaction: ContactTransaction, taken: readonly TakenOut[], actor: string): Promise<TakenOut> {
  const [survivorId = '', ...others] = taken.map(({ contactId }) => contactId).toSorted();
  for (const otherId of others)
    await mergeContacts(transaction, { survivorId, otherId, why: 'split off together', cause: null, actor });
  const refusalsLeft = taken.flatMap((each) =>
    each.refusalsLeft.map((left) => ({ ...left, contactId: leftTo(left, others, survivorId) })),
  );
  return { contactId: survivorId, refusalsLeft };
}

const leftTo = ({ contactId }: LeftRefusal, merged: readonly string[], survivorId: string): string =>
  merged.includes(contactId) ? survivorId : contactId;

function toOutcome({ id: staysId }: StoredContact, { contactId: leavesId, refusalsLeft }: TakenOut): SplitOutcome {
  return { outcome: 'split', staysId, leavesId, refusalsLeft };
}
