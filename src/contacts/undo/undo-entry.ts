import type { ContactTransaction } from '#contacts/contact-transaction.ts';
import type { ContactUnit } from '#contacts/contact-unit.ts';
import { undoMerge } from '#contacts/merging/split-contact.ts';
import { openUnit } from '#contacts/open-unit.ts';
import { findEntry } from '#db/contacts/history.ts';
import { findMergeOfEntry } from '#db/contacts/matching/contact-merges.ts';
import { isFieldName } from '#domain/contact.ts';
import { isDenyWinsField } from '#domain/equality.ts';
import { undoChange } from '#domain/merge/undo-change.ts';

export type UndoOutcome =
  | { outcome: 'undone'; contactIds: string[]; changes: UndoneChange[] }
  /** The contact has no such entry. */
  | { outcome: 'unknown' }
  /** The value was changed again, or taken back, since. */
  | { outcome: 'changed-since' }
  /** `because`: a sentence with the alternative. */
  | { outcome: 'refused'; because: string };

/** A change that an undo makes. `isCustomer` is a field here. */
export interface UndoneChange {
  field: string;
  before: unknown;
  after: unknown;
}

type Entry = NonNullable<Awaited<ReturnType<typeof findEntry>>>;

/** Undoes one history entry of a contact, as far as nobody changed its values since. The next push writes it to providers. */
export async function undoEntry(
  transaction: ContactTransaction,
  { contactId, entryId, actor }: { contactId: string; entryId: string; actor: string },
): Promise<UndoOutcome> {
  const entry = await findEntry(transaction.tx, { contactId, entryId });
  if (!entry) return { outcome: 'unknown' };
  const refusal = findRefusal(entry);
  if (refusal !== null) return { outcome: 'refused', because: refusal };
  if (entry.kind === 'merged') return undoMergeOf(transaction, entry, { contactId, actor });
  const unit = await openUnit(transaction, { contactId, cause: null });
  const change = entry.kind.endsWith('marked_customer') ? undoMark(unit, entry, actor) : undoField(unit, entry, actor);
  if (!Array.isArray(change)) return change;
  await unit.save();
  return { outcome: 'undone', contactIds: [unit.contact.id], changes: change };
}

/** The reason why an entry can never be undone, with the alternative; null when it can. */
export function findRefusal({ kind, field }: Pick<Entry, 'kind' | 'field'>): string | null {
  switch (kind) {
    case 'changed':
    case 'conflict':
    case 'resolved':
      if (!isFieldName(field)) return 'This version of Accord does not know the field of the entry.';
      return isDenyWinsField(field)
        ? 'A refusal is lifted in every record that has it, or by the consent of the person, never by an undo.'
        : null;
    case 'merged':
    case 'marked_customer':
    case 'unmarked_customer':
      return null;
    case 'pushed':
      return 'A write to a provider is the effect of a change: undo the change, and the next write follows.';
    case 'created':
      return 'A contact is not removed again: delete the record at its provider.';
    case 'tombstoned':
      return 'The record was deleted at its provider: restore it there, and Accord links it again.';
    case 'restored':
      return 'The record exists again at its provider: delete it there.';
    case 'removed':
      return 'The record is created again when its account goes live.';
    case 'split':
      return 'Merge the two contacts again: accord merge.';
    case 'consent':
      return 'A consent is proof of what a person agreed to, and stays.';
  }
}

async function undoMergeOf(
  transaction: ContactTransaction,
  entry: Entry,
  { contactId, actor }: { contactId: string; actor: string },
): Promise<UndoOutcome> {
  const otherId = otherOf(entry.before);
  const mergeId = await findMergeOfEntry(transaction.tx, { contactId: entry.contact_id, entryId: entry.id, otherId });
  if (mergeId === null)
    return { outcome: 'refused', because: 'The merge was stored without what it takes to undo it: use accord split.' };
  const undone = await undoMerge(transaction, { contactId, mergeId, actor });
  if (undone.outcome !== 'split') return { outcome: 'changed-since' };
  return { outcome: 'undone', contactIds: [undone.staysId, undone.leavesId], changes: [] };
}

/** The contact that was merged; null for a record that had no contact of its own. */
function otherOf(before: object | null): string | null {
  return before !== null && 'contactId' in before && typeof before.contactId === 'string' ? before.contactId : null;
}

function undoMark(unit: ContactUnit, { id, kind }: Entry, actor: string): UndoneChange[] | UndoOutcome {
  const wasMarked = kind === 'marked_customer';
  if (unit.contact.isCustomer !== wasMarked) return { outcome: 'changed-since' };
  unit.changeContact({ isCustomer: !wasMarked });
  unit.addHistory({ kind: wasMarked ? 'unmarked_customer' : 'marked_customer', actor, cause: undoCause(id) });
  return [{ field: 'isCustomer', before: wasMarked, after: !wasMarked }];
}

function undoField(unit: ContactUnit, entry: Entry, actor: string): UndoneChange[] | UndoOutcome {
  const { field } = entry;
  const { fields, provenance } = unit.contact;
  if (!isFieldName(field)) return { outcome: 'unknown' };
  if (unit.links.some(({ held }) => field in held))
    return { outcome: 'refused', because: `A conflict about ${field} waits for a decision: decide it instead.` };
  const { before, after, losing } = entry;
  const undone = undoChange(fields, { field, before, after, ...(losing !== null && { losing }) });
  if (undone === null) return { outcome: 'changed-since' };
  unit.changeContact({
    fields: undone,
    provenance: { ...provenance, [field]: { provider: actor, changedAt: unit.deps.now().toISOString() } },
  });
  const change = { field, before: fields[field], after: undone[field] };
  unit.addHistory({ kind: 'changed', actor, ...change, cause: undoCause(entry.id) });
  return [change];
}

/** The cause of entries that an undo makes. */
const undoCause = (entryId: string): string => `history/${entryId}`;
