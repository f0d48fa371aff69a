import type { ContactTransaction } from '#contacts/contact-transaction.ts';
import { mergeContacts } from '#contacts/merging/merge-contacts.ts';
import { lockContact } from '#db/contacts/contacts.ts';
import { lockCandidate, saveDecision } from '#db/contacts/matching/candidates.ts';
import { markReviewDue } from '#db/contacts/matching/match-keys.ts';

export type CandidateDecision = 'accept' | 'reject' | 'later';

export type DecisionOutcome =
  | { outcome: 'decided'; contactIds: string[]; mergedId: string | null }
  | { outcome: 'unknown' }
  /** Somebody decided it before, or the two contacts are one by now. */
  | { outcome: 'decided-before' };

/** Stores a person's decision on two contacts that may be one person. Of several decisions at once, the first counts. */
export async function decideCandidate(
  transaction: ContactTransaction,
  { id, decision, actor }: { id: string; decision: CandidateDecision; actor: string },
): Promise<DecisionOutcome> {
  const { tx, deps } = transaction;
  const candidate = await lockCandidate(tx, id);
  if (!candidate) return { outcome: 'unknown' };
  if (candidate.state === 'same' || candidate.state === 'different') return { outcome: 'decided-before' };
  const roots: string[] = [];
  for (const each of [candidate.contact_id, candidate.other_contact_id]) roots.push((await lockContact(tx, each)).id);
  // The oldest contact survives: people and workflows know its id. Ids are UUIDv7, which sort by age.
  const [survivorId = '', otherId = ''] = roots.toSorted();
  if (survivorId === otherId) return { outcome: 'decided-before' };
  const state = ({ accept: 'same', reject: 'different', later: 'later' } as const)[decision];
  await saveDecision(tx, id, { state, by: actor, at: deps.now() });
  // Somebody else may be the person of one of them: their next read compares them again.
  if (decision === 'reject') await markReviewDue(tx, [survivorId, otherId]);
  if (decision !== 'accept') return { outcome: 'decided', contactIds: [survivorId, otherId], mergedId: null };
  await mergeContacts(transaction, {
    ...{ survivorId, otherId, why: 'a person decided', cause: null, actor, evidence: candidate.evidence },
  });
  return { outcome: 'decided', contactIds: [survivorId], mergedId: otherId };
}
