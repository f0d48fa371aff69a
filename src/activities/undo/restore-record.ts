import type { SentWrite } from '#activities/contact/plan-write.ts';
import { storeWriteError, storeWriteResult } from '#activities/contact/store-write-result.ts';
import type { ActivityCall, ActivityDeps } from '#activities/deps.ts';
import { getConnected } from '#contacts/contact-deps.ts';
import { releaseLease } from '#db/contacts/leases.ts';
import { getExternalId } from '#db/contacts/links.ts';
import { saveUndo } from '#db/sync/go-live-writes.ts';
import { priorities } from '#domain/sync/priority.ts';
import type { Restoring } from './prepare-undo.ts';
import type { UndoneRecord } from './undone-record.ts';

/** Writes the former values. As the shadow gets them too, no later read takes them for somebody's edit. */
export async function restoreRecord(
  deps: ActivityDeps,
  { runIds, linkId, provider, cause, owner }: UndoneRecord,
  { link, patch, attemptId, undo }: Restoring,
  call: ActivityCall,
): Promise<void> {
  const write: SentWrite = { link, cause, attemptId, step: { kind: 'update', patch } };
  const { client } = getConnected(deps, provider);
  try {
    const { record } = await client.update(getExternalId(link), patch, { ...call, version: link.version });
    const outOfStep = await storeWriteResult(deps, write, { record });
    if (outOfStep.length > 0)
      await deps.signalContact(link.contact_id, { observe: [], push: outOfStep, priority: priorities.bulk });
  } catch (error) {
    await storeWriteError(deps, write, error).finally(() => releaseLease(deps.db, linkId, owner));
    throw error;
  }
  await saveUndo(deps.db, runIds, linkId, undo);
}
