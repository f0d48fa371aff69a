import type { ContactDeps } from '#contacts/contact-deps.ts';
import { listLinksByIds, listOpenLinksOfMany } from '#db/contacts/links.ts';
import type { RecordUndo } from '#db/contacts/tables.ts';
import { listLinksToUndo, listRunWrites, type UndoCounts } from '#db/sync/go-live-writes.ts';
import type { UndoStep } from '#domain/sync/undo-plan.ts';
import { planRecordUndo } from './plan-record-undo.ts';

export interface UndoPreview {
  counts: UndoCounts;
  /** The first records that would stay, as a whole or in part. */
  left: { linkId: string; contactId: string; externalId: string | null; undo: Omit<RecordUndo, 'at'> }[];
}

const pageSize = 500;
const maxShown = 50;

/** The effect of an undo, judged by the last known values of the records. It does not see edits that were not read yet. */
export async function previewUndo(deps: ContactDeps, runIds: readonly string[]): Promise<UndoPreview> {
  const preview: UndoPreview = { counts: { removed: 0, restored: 0, left: 0 }, left: [] };
  for (let after: string | null = null; ; ) {
    const linkIds = await listLinksToUndo(deps.db, runIds, { after, limit: pageSize });
    if (linkIds.length > 0) await addPage(deps, { runIds, linkIds }, preview);
    if (linkIds.length < pageSize) return preview;
    after = linkIds.at(-1) ?? null;
  }
}

async function addPage(
  deps: ContactDeps,
  { runIds, linkIds }: { runIds: readonly string[]; linkIds: string[] },
  preview: UndoPreview,
): Promise<void> {
  const contactIds = [...new Set((await listLinksByIds(deps.db, linkIds)).map(({ contact_id }) => contact_id))];
  const [links, writes] = [await listOpenLinksOfMany(deps.db, contactIds), await listRunWrites(deps.db, runIds, linkIds)];
  const linksOf = Map.groupBy(links, ({ contact_id }) => contact_id);
  for (const link of links.filter(({ id }) => linkIds.includes(id))) {
    const { id: linkId, contact_id: contactId, external_id: externalId } = link;
    const isThere = link.state === 'linked' && link.missing_since === null;
    const step = planRecordUndo(deps, { link, links: linksOf.get(contactId) ?? [], writes: writes.get(linkId) ?? [] });
    const undo = isThere ? toUndo(step) : goneUndo(link.state);
    preview.counts[undo.outcome] += 1;
    if (undo.reason !== null && preview.left.length < maxShown) preview.left.push({ linkId, contactId, externalId, undo });
  }
}

/** The outcome of a step that succeeds. */
export function toUndo(step: UndoStep): Omit<RecordUndo, 'at'> {
  if (step.kind === 'remove') return { outcome: 'removed', reason: null, fields: [], error: null };
  if (step.kind === 'leave') return { outcome: 'left', reason: step.reason, fields: step.fields, error: null };
  const fields = step.left.map(({ field }) => field);
  return { outcome: 'restored', reason: step.left[0]?.reason ?? null, fields, error: null };
}

/** The outcome for a link without a record: an undo removed it, its create never landed, or somebody deleted it. */
export function goneUndo(state: string): Omit<RecordUndo, 'at'> {
  const isRemoved = state === 'detached' || state === 'intent';
  return { outcome: isRemoved ? 'removed' : 'left', reason: isRemoved ? null : 'gone', fields: [], error: null };
}
