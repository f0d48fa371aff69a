import { findContact } from '#db/contacts/contacts.ts';
import { listLinks } from '#db/contacts/links.ts';
import type { Database } from '#db/database.ts';
import { explain } from '#domain/matching/evidence.ts';
import { type MatchingDeps, recogniseParty } from './recognise-record.ts';

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
    const contact = await findContact(tx, contactId);
    if (!contact || contact.mergedInto !== null) return [];
    const shadows = (await listLinks(tx, contactId)).flatMap(({ shadow }) => shadow ?? []);
    const decision = await recogniseParty(tx, deps, { records: [contact.fields, ...shadows], contactId });
    if (decision.kind === 'new') return [];
    const { kind } = decision;
    const candidates = kind === 'merge' ? [decision] : decision.candidates;
    return candidates.map(({ contactId: otherId, evidence }) => {
      const [older = contactId, newer = contactId] = [contactId, otherId].toSorted();
      return { decision: kind, contactIds: [older, newer], score: evidence.score, why: explain(evidence) };
    });
  });
}
