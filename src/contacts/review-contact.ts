import { withdrawCandidates } from '#db/contacts/match-candidates.ts';
import { endReview } from '#db/contacts/match-keys.ts';
import { explain, toStoredEvidence } from '#domain/matching/evidence.ts';
import type { Candidate } from '#domain/matching/recognise.ts';
import type { ContactDeps } from './contact-deps.ts';
import { type ContactTransaction, inTransaction } from './contact-transaction.ts';
import { mergeContacts } from './merge-contacts.ts';
import { recogniseContact, storeCandidate } from './recognise-record.ts';

/** How many contacts one review looks at: the others have their own. */
const maxContacts = 10;

/**
 * Compares contacts with all others again: after a merge, after an edit of the values that identify a person, and after a rejected
 * pair. Contacts that a question is about are looked at from their own side, once.
 */
export async function reviewContacts(
  deps: ContactDeps,
  { contactIds, cause }: { contactIds: readonly string[]; cause: string | null },
): Promise<ReviewResult> {
  const queue = [...contactIds];
  const [seen, merged, released] = [new Set<string>(), new Set<string>(), new Set<string>()];
  for (let id = queue.shift(); id !== undefined && seen.size < maxContacts; id = queue.shift()) {
    const contactId = id;
    if (seen.has(contactId)) continue;
    seen.add(contactId);
    const { survivorId, asked, withdrawn } = await inTransaction(deps, (transaction) =>
      review(transaction, { contactId, cause }),
    );
    if (survivorId !== null) {
      merged.add(survivorId);
      seen.delete(survivorId);
      queue.unshift(survivorId);
    }
    for (const each of withdrawn) released.add(each);
    queue.push(...asked);
  }
  return { merged: [...merged], released: [...released] };
}

export interface ReviewResult {
  /** The contacts that others were merged into. */
  merged: string[];
  /** The contacts of questions that were taken back: what waited for an answer can go on. */
  released: string[];
}

interface Reviewed {
  /** The contact that both are now; null when nothing was merged. */
  survivorId: string | null;
  asked: string[];
  /** Both sides of the questions that were taken back. */
  withdrawn: string[];
}

async function review(
  transaction: ContactTransaction,
  { contactId, cause }: { contactId: string; cause: string | null },
): Promise<Reviewed> {
  const { tx, deps } = transaction;
  const compared = await recogniseContact(tx, deps, contactId);
  if (compared === null) return { survivorId: null, asked: [], withdrawn: [] };
  const { decision, ruledOut } = compared;
  await endReview(tx, contactId);
  const withdrawn = ruledOut.length === 0 ? [] : await withdrawCandidates(tx, contactId, ruledOut);
  if (decision.kind === 'new') return { survivorId: null, asked: [], withdrawn };
  if (decision.kind === 'merge') return { ...(await join(transaction, { contactId, candidate: decision, cause })), withdrawn };
  for (const candidate of decision.candidates) await storeCandidate(tx, contactId, candidate.contactId, candidate.evidence);
  return { survivorId: null, asked: decision.candidates.map((each) => each.contactId), withdrawn };
}

async function join(
  transaction: ContactTransaction,
  { contactId, candidate, cause }: { contactId: string; candidate: Candidate; cause: string | null },
): Promise<Omit<Reviewed, 'withdrawn'>> {
  // The oldest contact survives: people and workflows know its id. Ids are UUIDv7, which sort by age.
  const [survivorId = contactId, otherId = contactId] = [contactId, candidate.contactId].toSorted();
  const why = explain(candidate.evidence).join(', ');
  const evidence = toStoredEvidence(candidate.evidence);
  const isMerged = await mergeContacts(transaction, { survivorId, otherId, why, cause, evidence });
  return { survivorId: isMerged ? survivorId : null, asked: [] };
}
