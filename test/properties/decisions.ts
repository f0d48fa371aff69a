import { signalReviewed } from '#activities/contact/observe-record.ts';
import type { ActivityDeps } from '#activities/deps.ts';
import { decideConsent } from '#contacts/consent/decide-consent.ts';
import { refreshHolders, suppress } from '#contacts/consent/suppress.ts';
import { decideCandidate } from '#contacts/matching/decide-candidate.ts';
import { reviewContacts } from '#contacts/matching/review-contact.ts';
import { mergeContacts } from '#contacts/merging/merge-contacts.ts';
import { type Effect, runDecision } from '#contacts/merging/run-decision.ts';
import { type SplitOutcome, splitContact, undoMerge } from '#contacts/merging/split-contact.ts';
import { getContact } from '#db/contacts/contacts.ts';
import type { Database } from '#db/database.ts';
import { emptyFields } from '#domain/contact.ts';
import { type RefusalKey, toRefusalKeys } from '#domain/refusal.ts';
import { priorities } from '#domain/sync/priority.ts';

export interface Decision {
  /** `accept` decides the candidate of the two contacts, `review` is Accord's own decision. `suppress`: the contact's numbers. */
  work: 'merge' | 'undo' | 'split' | 'accept' | 'review' | 'deny' | 'suppress';
  contactId: string;
  /** For decisions about two contacts, but `undo`. */
  otherId: string;
  /** The record of the other contact, for `split`. */
  otherLinkId: string;
}

/** What the api runs for a person's decision before it signals workflows, and what the nightly review runs for one contact. */
export async function runWork(deps: ActivityDeps, { work, contactId, otherId, otherLinkId }: Decision): Promise<void> {
  const actor = 'tester';
  if (work === 'review') {
    const review = await reviewContacts(deps, { contactIds: [otherId], cause: null });
    for (const id of review.merged) await signalReviewed(deps, id, review, priorities.bulk);
    return;
  }
  await runDecision<unknown>(deps, { isPreview: false }, async (transaction) => {
    if (work === 'accept') {
      const { id } = await transaction.tx
        .selectFrom('match_candidate')
        .select('id')
        .where('contact_id', '=', contactId)
        .where('other_contact_id', '=', otherId)
        .executeTakeFirstOrThrow();
      const result = await decideCandidate(transaction, { id, decision: 'accept', actor });
      return { result, effect: result.outcome === 'decided' ? { contactIds: result.contactIds } : null };
    }
    if (work === 'deny') {
      await decideConsent(transaction, { contactId, decision: 'deny', channels: ['call'], reason: null, wording: null, actor });
      return { result: null, effect: { contactIds: [contactId] } };
    }
    if (work === 'suppress') {
      const keys = await listCallKeys(transaction.tx, contactId);
      await suppress(transaction, { keys, source: 'operator', actor, reason: null });
      return { result: null, effect: { contactIds: await refreshHolders(transaction, keys) } };
    }
    if (work === 'split') return ofSplit(await splitContact(transaction, { contactId, linkIds: [otherLinkId], actor }));
    if (work === 'undo') return ofSplit(await undoMerge(transaction, { contactId, mergeId: null, actor }));
    await mergeContacts(transaction, { survivorId: contactId, otherId, why: 'a person decided', cause: null, actor });
    return { result: null, effect: { contactIds: [contactId] } };
  });
}

async function listCallKeys(db: Database, contactId: string): Promise<RefusalKey[]> {
  const { fields } = await getContact(db, contactId);
  return toRefusalKeys({ ...emptyFields, ...fields }).filter(({ channel, kind }) => channel === 'call' && kind === 'phone');
}

function ofSplit(result: SplitOutcome): { result: SplitOutcome; effect: Effect | null } {
  return { result, effect: result.outcome === 'split' ? { contactIds: [result.staysId, result.leavesId] } : null };
}
