import { applyRecord } from '#activities/contact/apply-record.ts';
import { releasedLease } from '#activities/contact/plan-write.ts';
import { readAtVendor, removeAtVendor } from '#activities/deletes/record-at-vendor.ts';
import type { ActivityCall, ActivityDeps } from '#activities/deps.ts';
import { didNotLand } from '#activities/failures.ts';
import { inTransaction } from '#contacts/contact-transaction.ts';
import { type ContactUnit, openUnitOfLink } from '#contacts/contact-unit.ts';
import { getLink } from '#db/contacts/links.ts';
import { saveUndo } from '#db/sync/go-live-writes.ts';
import { sameValues } from '#domain/equality.ts';
import type { UndoneRecord } from './undone-record.ts';

/** Deletes a record that `prepareUndo` has detached. A record that the vendor certainly has not deleted is linked again. */
export async function removeRecord(deps: ActivityDeps, undone: UndoneRecord, call: ActivityCall): Promise<void> {
  const link = await getLink(deps.db, undone.linkId);
  try {
    await removeAtVendor(deps, link, call);
  } catch (error) {
    if (didNotLand(error)) await inUnit(deps, undone, (unit) => linkAgain(unit, undone.linkId));
    throw error;
  }
  await saveRemoved(deps, undone);
}

/**
 * Goes on with a removal that an earlier attempt began. Somebody may have edited the record since: then it is linked again, and
 * false is returned, as it is where no removal was begun.
 */
export async function resumeRemoval(deps: ActivityDeps, undone: UndoneRecord, call: ActivityCall): Promise<boolean> {
  const link = await getLink(deps.db, undone.linkId);
  if (link.state !== 'detached' || link.removed_at === null) return false;
  const record = await readAtVendor(deps, link, call);
  if (record !== null && !sameValues({ ...link.shadow, ...record.values }, link.shadow ?? {})) {
    await inUnit(deps, undone, (unit) => {
      linkAgain(unit, undone.linkId);
      applyRecord(unit, unit.getLink(undone.linkId), record);
    });
    return false;
  }
  if (record !== null) await removeAtVendor(deps, { ...link, version: record.version }, call);
  await saveRemoved(deps, undone);
  return true;
}

function linkAgain(unit: ContactUnit, linkId: string): void {
  unit.changeLink(unit.getLink(linkId), { ...releasedLease, state: 'linked', removed_at: null });
}

function saveRemoved(deps: ActivityDeps, undone: UndoneRecord): Promise<void> {
  const { linkId, provider, runIds } = undone;
  const at = deps.now().toISOString();
  return inUnit(deps, undone, async (unit) => {
    // The time of the deletion: a copy that lags is not taken for a record that somebody restored.
    unit.changeLink(unit.getLink(linkId), { ...releasedLease, removed_at: deps.now(), last_error: null });
    unit.addHistory({ kind: 'removed', actor: 'accord', provider, linkId });
    await saveUndo(unit.tx, runIds, linkId, { outcome: 'removed', reason: null, error: null, fields: [], at });
  });
}

function inUnit(
  deps: ActivityDeps,
  { linkId, cause }: UndoneRecord,
  work: (unit: ContactUnit) => void | Promise<void>,
): Promise<void> {
  return inTransaction(deps, async (transaction) => {
    const { contact_id: contactId } = await getLink(transaction.tx, linkId);
    const unit = await openUnitOfLink(transaction, { linkId, contactId, cause });
    await work(unit);
    await unit.save();
  });
}
