import type { ContactDeps } from '#contacts/contact-deps.ts';
import { mergeContacts } from '#contacts/merge-contacts.ts';
import { runDecision } from '#contacts/run-decision.ts';
import { undoMerge } from '#contacts/split-contact.ts';

export interface Decision {
  work: 'merge' | 'undo';
  contactId: string;
  /** For `merge`. */
  otherId: string;
}

/** What the api runs for a person's decision, before it signals workflows. */
export async function runWork(deps: ContactDeps, { work, contactId, otherId }: Decision): Promise<void> {
  const actor = 'tester';
  await runDecision(deps, { isPreview: false }, async (transaction) => {
    if (work === 'merge') {
      await mergeContacts(transaction, { survivorId: contactId, otherId, why: 'a person decided', cause: null, actor });
      return { result: null, effect: { contactIds: [contactId] } };
    }
    const result = await undoMerge(transaction, { contactId, mergeId: null, actor });
    return { result, effect: result.outcome === 'split' ? { contactIds: [result.staysId, result.leavesId] } : null };
  });
}
