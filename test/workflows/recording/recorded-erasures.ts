import { startErasureWorkflow } from '#api/dispatch/start-erasures.ts';
import { inTransaction } from '#contacts/contact-transaction.ts';
import { beginErasure } from '#contacts/erasure/begin-erasure.ts';
import { type Accord, control } from '#test/setup/accord.ts';
import { eventually } from '#test/setup/eventually.ts';
import { erasureWorkflowId } from '#workflows/ids.ts';
import { recordedPeople } from './recorded-people.ts';
import { lastRun, type Recording, type Run } from './recording.ts';

/** The erasures that `record-histories.ts` records. */
export const erasureRecordings: Recording[] = [
  { name: 'erased', record: async (accord) => [await lastRun(accord, await erase(accord))] },
  { name: 'erased-after-a-wait', record: async (accord) => [await afterAWait(accord)] },
];

/** A lead whom both vendors have. Returns the id of the workflow that erases it. */
async function erase(accord: Accord): Promise<string> {
  const { db, deps, sandboxes, temporal, taskQueuePrefix } = accord;
  const contact = { ...recordedPeople[0], tags: ['cold lead'] };
  const { contacts } = await control<{ contacts: string[] }>(sandboxes.gohighlevel, 'POST', 'records', { contacts: [contact] });
  const contactId = await eventually(async () => {
    const id = await accord.contactIdOf(contacts[0] as string);
    const links = await db.selectFrom('link').select('state').where('contact_id', '=', id).execute();
    if (links.filter(({ state }) => state === 'linked').length < 2) throw new Error('Not both have the lead yet');
    return id;
  });
  await accord.workflowOf(contactId).result();
  const request = { contactId, reason: 'recording', actor: 'recording' };
  const erasureId = await inTransaction(deps, (transaction) => beginErasure(transaction, request));
  await startErasureWorkflow({ db, temporal, taskQueuePrefix }, erasureId);
  return erasureWorkflowId(erasureId);
}

/** The dialer answers with an error at first: the record stays open, and is tried again. */
async function afterAWait(accord: Accord): Promise<Run> {
  const fault = { method: 'DELETE', path: '/api/contacts/**', status: 500, times: 2 };
  await control(accord.sandboxes.calltools, 'POST', 'faults', fault);
  return lastRun(accord, await erase(accord));
}
