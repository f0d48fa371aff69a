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
 * pair. Contacts that a question is about are looked at from their own side, once. Returns the contacts that others were merged into.
 */
export async function reviewContacts(
  deps: ContactDeps,
  { contactIds, cause }: { contactIds: readonly string[]; cause: string | null },
): Promise<string[]> {
  const queue = [...contactIds];
  const [seen, merged] = [new Set<string>(), new Set<string>()];
  for (let id = queue.shift(); id !== undefined && seen.size < maxContacts; id = queue.shift()) {
    const contactId = id;
    if (seen.has(contactId)) continue;
    seen.add(contactId);
    const { survivorId, asked } = await inTransaction(deps, (transaction) => review(transaction, { contactId, cause }));
    if (survivorId !== null) {
      merged.add(survivorId);
      seen.delete(survivorId);
      queue.unshift(survivorId);
    }
    queue.push(...asked);
  }
  return [...merged];
}

interface Reviewed {
  /** The contact that both are now; null when nothing was merged. */
  survivorId: string | null;
  asked: string[];
}

async function review(
  transaction: ContactTransaction,
  { contactId, cause }: { contactId: string; cause: string | null },
): Promise<Reviewed> {
  const { tx, deps } = transaction;
  const decision = await recogniseContact(tx, deps, contactId);
  if (decision === null) return { survivorId: null, asked: [] };
  await endReview(tx, contactId);
  if (decision.kind === 'new') return { survivorId: null, asked: [] };
  if (decision.kind === 'merge') return join(transaction, { contactId, candidate: decision, cause });
  for (const candidate of decision.candidates) await storeCandidate(tx, contactId, candidate.contactId, candidate.evidence);
  return { survivorId: null, asked: decision.candidates.map((each) => each.contactId) };
}

async function join(
  transaction: ContactTransaction,
  { contactId, candidate, cause }: { contactId: string; candidate: Candidate; cause: string | null },
): Promise<Reviewed> {
  // The oldest contact survives: people and workflows know its id. Ids are UUIDv7, which sort by age.
  const [survivorId = contactId, otherId = contactId] = [contactId, candidate.contactId].toSorted();
  const why = explain(candidate.evidence).join(', ');
  const evidence = toStoredEvidence(candidate.evidence);
  const isMerged = await mergeContacts(transaction, { survivorId, otherId, why, cause, evidence });
  return { survivorId: isMerged ? survivorId : null, asked: [] };
}
