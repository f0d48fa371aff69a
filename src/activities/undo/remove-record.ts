import { applyRecord } from '#activities/contact/apply-record.ts';
import { releasedLease } from '#activities/contact/plan-write.ts';
import { linkAgain, resumeRemoval, sendRemoval } from '#activities/deletes/removal.ts';
import type { ActivityCall, ActivityDeps } from '#activities/deps.ts';
import { withLink } from '#contacts/open-unit.ts';
import { getLink } from '#db/contacts/links.ts';
import { saveUndo } from '#db/sync/go-live-writes.ts';
import { hasRemovalBegun, type UndoneRecord } from './undone-record.ts';

/** Deletes a record that `prepareUndo` has detached. */
export async function removeRecord(deps: ActivityDeps, undone: UndoneRecord, call: ActivityCall): Promise<void> {
  await sendRemoval(deps, undone, await getLink(deps.db, undone.linkId), call);
  await saveRemoved(deps, undone);
}

/** False where no removal was begun, and where somebody has edited the record since: then it is linked again. */
export async function resumeUndo(deps: ActivityDeps, undone: UndoneRecord, call: ActivityCall): Promise<boolean> {
  const link = await getLink(deps.db, undone.linkId);
  if (!hasRemovalBegun(link)) return false;
  const edited = await resumeRemoval(deps, undone, link, call);
  if (edited === null) {
    await saveRemoved(deps, undone);
    return true;
  }
  await withLink(deps, undone, (unit, open) => {
    linkAgain(unit, open);
    applyRecord(unit, open, edited);
  });
  return false;
}

function saveRemoved(deps: ActivityDeps, undone: UndoneRecord): Promise<void> {
  const { linkId, provider, runIds } = undone;
  const at = deps.now().toISOString();
  return withLink(deps, undone, async (unit, link) => {
    // The time of the deletion: a copy that lags is not taken for a record that somebody restored.
    unit.changeLink(link, { ...releasedLease, removed_at: deps.now(), last_error: null });
    unit.addHistory({ kind: 'removed', actor: 'accord', provider, linkId });
    await saveUndo(unit.tx, runIds, linkId, { outcome: 'removed', reason: null, error: null, fields: [], at });
  });
}
