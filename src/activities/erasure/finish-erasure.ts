import type { ActivityDeps } from '#activities/deps.ts';
import { listLinksOf } from '#contacts/erasure/begin-erasure.ts';
import { recordKey } from '#contacts/erasure/kept-out.ts';
import { lockContact } from '#db/contacts/contacts.ts';
import { lockLinks } from '#db/contacts/links.ts';
import { hashKey, insertErasedKeys } from '#db/erasure/erased-keys.ts';
import { addRemoved, completeErasure, getErasure, listOpenRecords } from '#db/erasure/erasures.ts';
import { eraseRows } from '#db/personal-data/erase-rows.ts';
import { findPerson } from '#db/personal-data/find-person.ts';
import { findExportFiles } from './find-export-files.ts';
import { addNewRecords } from './plan-erasure.ts';

/**
 * Deletes the rest, once every record is proved to be gone: the links, and rows that arrived meanwhile. False when a record appeared in the
 * last moment. May be repeated.
 */
export async function finishErasure(deps: ActivityDeps, { erasureId }: { erasureId: string }): Promise<{ isDone: boolean }> {
  const { contact_id: contactId, merged_ids: mergedIds, state } = await getErasure(deps.db, erasureId);
  if (state === 'completed') return { isDone: true };
  const exportFiles = await findExportFiles(deps.exportDirectory ?? null, [contactId, ...mergedIds]);
  return deps.db.transaction().execute(async (tx) => {
    await lockContact(tx, contactId);
    const person = await findPerson(tx, contactId);
    await lockLinks(tx, person.contactIds);
    await addNewRecords(tx, deps, await getErasure(tx, erasureId));
    if ((await listOpenRecords(tx, erasureId)).length > 0) return { isDone: false };
    const secret = await deps.erasureSecret?.get();
    const links = (await listLinksOf(tx, person)).filter((link) => link.external_id !== null);
    if (secret)
      await insertErasedKeys(
        tx,
        erasureId,
        links.map((link) => hashKey(secret, recordKey(link, link.external_id ?? ''))),
      );
    await addRemoved(tx, erasureId, await eraseRows(tx, person, 'last'));
    await completeErasure(tx, erasureId, { exportFiles, at: deps.now() });
    return { isDone: true };
  });
}
