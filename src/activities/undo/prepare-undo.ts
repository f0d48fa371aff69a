import { openAttempt } from '#activities/contact/plan-write.ts';
import { assertFree } from '#activities/deletes/removal.ts';
import type { ActivityDeps } from '#activities/deps.ts';
import { RecordBusyError } from '#activities/failures.ts';
import { inTransaction } from '#contacts/contact-transaction.ts';
import { openUnitOfLink } from '#contacts/open-unit.ts';
import { planRecordUndo } from '#contacts/undo/plan-record-undo.ts';
import { goneUndo, toUndo } from '#contacts/undo/preview-undo.ts';
import type { OpenLink } from '#db/contacts/links.ts';
import type { RecordUndo } from '#db/contacts/tables.ts';
import { listRunWrites, saveUndo } from '#db/sync/go-live-writes.ts';
import type { RecordPatch } from '#domain/contact.ts';
import { isEmptyPatch } from '#domain/sync/patch.ts';
import { hasRemovalBegun, type UndoneRecord } from './undone-record.ts';

export interface Restoring {
  kind: 'restore';
  link: OpenLink;
  patch: RecordPatch;
  attemptId: string;
  /** Stored once the patch has landed. */
  undo: RecordUndo;
}

/**
 * Plans the undo for a record that was read just now, and stores the intent: from here on, the vendor's webhooks about a
 * deletion are our own. Null when there is nothing to write, and the outcome is stored. Throws a `RecordBusyError` while a write to the
 * record may be under way, and when another attempt has begun to remove it since this one looked.
 */
export async function prepareUndo(deps: ActivityDeps, undone: UndoneRecord): Promise<{ kind: 'remove' } | Restoring | null> {
  const { runIds, linkId, cause } = undone;
  return inTransaction(deps, async (transaction) => {
    const unit = await openUnitOfLink(transaction, { linkId, cause });
    const link = unit.getLink(linkId);
    // Not removed yet: that attempt may be killed before it calls the vendor.
    if (hasRemovalBegun(link)) throw new RecordBusyError(`Another attempt removes the record of link ${linkId}`);
    const writes = (await listRunWrites(unit.tx, runIds, [linkId])).get(linkId) ?? [];
    const isThere = link.state === 'linked' && link.missing_since === null;
    const step = planRecordUndo(unit.deps, { link, links: unit.links, writes });
    const undo = { ...(isThere ? toUndo(step) : goneUndo(link.state)), at: deps.now().toISOString() };
    if (!isThere || step.kind === 'leave' || (step.kind === 'restore' && isEmptyPatch(step.patch))) {
      await saveUndo(unit.tx, runIds, linkId, undo);
      return null;
    }
    await assertFree(unit, link, undone.owner);
    if (step.kind === 'remove') unit.changeLink(link, { state: 'detached', removed_at: deps.now() });
    const attemptId =
      step.kind === 'restore'
        ? await openAttempt(unit.tx, { link, patch: step.patch, cause }, { goLiveOf: null, now: deps.now() })
        : null;
    await unit.save();
    return step.kind === 'restore' && attemptId !== null
      ? { kind: 'restore', link, patch: step.patch, attemptId, undo }
      : { kind: 'remove' };
  });
}
