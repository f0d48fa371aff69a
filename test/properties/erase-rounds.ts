import type { ActivityDeps } from '#activities/deps.ts';
import { eraseRecords } from '#activities/erasure/erase-records.ts';
import { finishErasure } from '#activities/erasure/finish-erasure.ts';
import { planErasure } from '#activities/erasure/plan-erasure.ts';
import { inTransaction } from '#contacts/contact-transaction.ts';
import { beginErasure } from '#contacts/erasure/begin-erasure.ts';

/** One round of the workflow `eraseContact`. True when the erasure is done. */
export async function eraseRound(deps: ActivityDeps, erasureId: string): Promise<boolean> {
  const { providers } = await planErasure(deps, { erasureId });
  for (const provider of providers) await eraseRecords(deps, { erasureId, provider }, {});
  return (await finishErasure(deps, { erasureId })).isDone;
}

/** What the api and the workflow do to erase a person. Resolves to the id of the erasure. */
export async function eraseWhole(deps: ActivityDeps, contactId: string): Promise<string> {
  const request = { contactId, reason: 'request 17', actor: 'tester' };
  const erasureId = await inTransaction(deps, (transaction) => beginErasure(transaction, request));
  if (!(await eraseRound(deps, erasureId))) throw new Error('The erasure is not done after one round');
  return erasureId;
}
