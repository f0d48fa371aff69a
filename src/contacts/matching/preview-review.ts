import type { Database } from '#db/database.ts';
import { explain } from '#domain/matching/evidence.ts';
import { type MatchingDeps, recogniseContact } from './recognise-record.ts';

/** A pair of contacts that a review would merge or ask about. */
export interface ReviewedPair {
  decision: 'merge' | 'ask';
  contactIds: [older: string, newer: string];
  score: number;
  /** The parts of the score and the rules, in words. */
  why: string[];
}

/** The decisions about one contact that a review would make. Changes nothing. */
export async function previewReview(db: Database, deps: MatchingDeps, contactId: string): Promise<ReviewedPair[]> {
  return db.transaction().execute(async (tx) => {
    const decision = (await recogniseContact(tx, deps, contactId))?.decision;
    if (decision === undefined || decision.kind === 'new') return [];
    const { kind } = decision;
    const candidates = kind === 'merge' ? [decision] : decision.candidates;
    return candidates.map(({ contactId: otherId, evidence }) => {
      const [older = contactId, newer = contactId] = [contactId, otherId].toSorted();
      return { decision: kind, contactIds: [older, newer], score: evidence.score, why: explain(evidence) };
    });
  });
}
