import { createRecord } from '#activities/contact/create-record.ts';
import { leaseSeconds, type PlannedWrite } from '#activities/contact/plan-write.ts';
import { storeWriteError } from '#activities/contact/store-write-result.ts';
import type { ActivityCall, ActivityDeps } from '#activities/deps.ts';
import { RecordBusyError } from '#activities/failures.ts';
import { getConnected } from '#contacts/contact-deps.ts';
import { inTransaction } from '#contacts/contact-transaction.ts';
import { openUnitOfLink } from '#contacts/open-unit.ts';
import { releaseLease, takeLease } from '#db/contacts/leases.ts';
import { getLink } from '#db/contacts/links.ts';
import { intendedStep } from '#domain/sync/plan.ts';
import type { UndoneRecord } from './undone-record.ts';

/** Finds out whether a create that was never answered has made a record, which then is linked. Else its intent ends. */
export async function settleCreate(deps: ActivityDeps, undone: UndoneRecord, call: ActivityCall): Promise<void> {
  const write = await planSettling(deps, undone);
  if (write === null) return;
  try {
    await createRecord(deps, write, call);
  } catch (error) {
    await storeWriteError(deps, write, error);
    throw error;
  } finally {
    await releaseLease(deps.db, write.link.id, write.owner);
  }
}

/** A create of a record that nobody wants: it is only looked for. Null when there is nothing to settle. */
async function planSettling(deps: ActivityDeps, { linkId, provider, cause, owner }: UndoneRecord): Promise<PlannedWrite | null> {
  const { state, contact_id: contactId } = await getLink(deps.db, linkId);
  if (state !== 'intent') return null;
  return inTransaction(deps, async (transaction) => {
    const unit = await openUnitOfLink(transaction, { linkId, contactId, cause });
    const target = unit.targetsAt(provider).find(({ link }) => link?.id === linkId);
    const step = target ? intendedStep(target.step) : null;
    if (target?.link?.state !== 'intent' || step?.kind !== 'create') return null;
    if (!(await takeLease(unit.tx, linkId, owner, leaseSeconds)))
      throw new RecordBusyError(`Another writer holds the lease of link ${linkId}`);
    return {
      ...{ contactId: unit.contact.id, connected: getConnected(deps, provider), link: target.link, isNew: false },
      step: { ...step, projection: { ...step.projection, wanted: false } },
      ...{ dialled: null, attemptId: null, cause, owner },
    };
  });
}
