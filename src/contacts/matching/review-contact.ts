import type { ContactDeps } from '#contacts/contact-deps.ts';
import { type ContactTransaction, inTransaction } from '#contacts/contact-transaction.ts';
import { mergeContacts } from '#contacts/merging/merge-contacts.ts';
import { markAllDirty } from '#contacts/merging/run-decision.ts';
import type { DirtyLink } from '#db/contacts/dirty-links.ts';
import { withdrawCandidates } from '#db/contacts/matching/match-candidates.ts';
import { endReview } from '#db/contacts/matching/match-keys.ts';
import { explain, toStoredEvidence } from '#domain/matching/evidence.ts';
import type { Candidate } from '#domain/matching/recognise.ts';
import { recogniseContact, storeCandidate } from './recognise-record.ts';

/** How many contacts one review looks at: the others have their own. */
const maxContacts = 10;

/**
 * Compares contacts with all others again: after a merge, after an edit of the values that identify a person, and after a rejected
 * pair. Contacts that a question is about are looked at from their own side, once. The records of the contacts that this changes are
 * marked dirty in the same transaction, so that the sweeper syncs them if this process dies. `observedId`, the contact of the
 * record that is being read, is left out: if the process dies, the activity reads the record again.
 */
export async function reviewContacts(
  deps: ContactDeps,
  { contactIds, cause, observedId = null }: { contactIds: readonly string[]; cause: string | null; observedId?: string | null },
): Promise<ReviewResult> {
  const queue = [...contactIds];
  let observed = observedId;
  const dirty: DirtyLink[] = [];
  const [seen, merged, released] = [new Set<string>(), new Set<string>(), new Set<string>()];
  for (let id = queue.shift(); id !== undefined && seen.size < maxContacts; id = queue.shift()) {
    const contactId = id;
    if (seen.has(contactId)) continue;
    seen.add(contactId);
    const request = { contactId, cause, observedId: observed };
    const reviewed = await inTransaction(deps, (transaction) => review(transaction, request));
    const { survivorId, asked, withdrawn, isObserved } = reviewed;
    dirty.push(...reviewed.dirty);
    if (survivorId !== null) {
      if (isObserved) observed = survivorId;
      merged.add(survivorId);
      seen.delete(survivorId);
      queue.unshift(survivorId);
    }
    for (const each of withdrawn) released.add(each);
    queue.push(...asked);
  }
  return { merged: [...merged], released: [...released], dirty };
}

export interface ReviewResult {
  /** The contacts that others were merged into. */
  merged: string[];
  /** The contacts of withdrawn questions: their waiting writes can go on. */
  released: string[];
  /** The records that were marked, for the workflows of their contacts to read. */
  dirty: DirtyLink[];
}

interface Reviewed {
  /** The contact that both are now; null when nothing was merged. */
  survivorId: string | null;
  /** The contact of the record that is being read was one of the two. */
  isObserved: boolean;
  /** The records that were marked. */
  dirty: DirtyLink[];
  asked: string[];
  /** Both sides of the questions that were taken back. */
  withdrawn: string[];
}

const nothing: Reviewed = { survivorId: null, isObserved: false, dirty: [], asked: [], withdrawn: [] };

interface Request {
  contactId: string;
  cause: string | null;
  observedId: string | null;
}

async function review(transaction: ContactTransaction, request: Request): Promise<Reviewed> {
  const { tx, deps } = transaction;
  const { contactId, observedId } = request;
  const compared = await recogniseContact(tx, deps, contactId);
  if (compared === null) return nothing;
  const { decision, ruledOut } = compared;
  await endReview(tx, contactId);
  const withdrawn = ruledOut.length === 0 ? [] : await withdrawCandidates(tx, contactId, ruledOut);
  const marked = await markAllDirty(
    transaction,
    withdrawn.filter((id) => id !== observedId),
  );
  const asIs = { ...nothing, withdrawn, dirty: marked };
  if (decision.kind === 'new') return asIs;
  if (decision.kind === 'merge') {
    const joined = await join(transaction, request, decision);
    return { ...joined, withdrawn, dirty: [...marked, ...joined.dirty] };
  }
  for (const candidate of decision.candidates) await storeCandidate(tx, contactId, candidate.contactId, candidate.evidence);
  return { ...asIs, asked: decision.candidates.map((each) => each.contactId) };
}

async function join(
  transaction: ContactTransaction,
  { contactId, cause, observedId }: Request,
  candidate: Candidate,
): Promise<Reviewed> {
  // The oldest contact survives: people and workflows know its id. Ids are UUIDv7, which sort by age.
  const [survivorId = contactId, otherId = contactId] = [contactId, candidate.contactId].toSorted();
  const why = explain(candidate.evidence).join(', ');
  const evidence = toStoredEvidence(candidate.evidence);
  const isMerged = await mergeContacts(transaction, { survivorId, otherId, why, cause, evidence });
  if (!isMerged) return nothing;
  const isObserved = observedId === survivorId || observedId === otherId;
  return { ...nothing, survivorId, isObserved, dirty: isObserved ? [] : await markAllDirty(transaction, [survivorId]) };
}
