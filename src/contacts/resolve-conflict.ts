import { findConflict } from '#db/contacts/history.ts';
import { isFieldName } from '#domain/contact.ts';
import { sameValue } from '#domain/equality.ts';
import { setWhole, showWhole } from '#domain/name-parts.ts';
import type { ContactTransaction } from './contact-transaction.ts';
import { openUnit } from './open-unit.ts';

export interface Resolution {
  contactId: string;
  /** The id of the conflict's history entry. */
  conflictId: string;
  /** `kept` confirms the contact's value, `lost` restores the other one. */
  value: 'kept' | 'lost';
  /** Such as `api-key:zapier`, for the history and the field's provenance. */
  actor: string;
}

/** `unknown`: the contact has no such conflict. `changed-since`: the field has a new value since the conflict. */
export type ResolutionOutcome = 'resolved' | 'unknown' | 'changed-since';

/** Decides a conflict by hand, or reverses an earlier decision. Nothing is saved unless it is resolved. */
export async function resolveConflict(
  transaction: ContactTransaction,
  { contactId, conflictId, value, actor }: Resolution,
): Promise<ResolutionOutcome> {
  const unit = await openUnit(transaction, { contactId, cause: null });
  const { fields, provenance } = unit.contact;
  const conflict = await findConflict(transaction.tx, { contactId: unit.contact.id, conflictId });
  if (!conflict || !isFieldName(conflict.field)) return 'unknown';
  const { field } = conflict;
  const before = showWhole(field, fields);
  const holding = unit.links.filter(({ held }) => field in held);
  // While a provider holds its value for the decision, the decision is open, whatever the other providers changed.
  if (holding.length === 0 && !sameValue(field, before, conflict.after)) return 'changed-since';

  const held = holding.find(({ provider }) => provider === conflict.provider)?.held[field];
  const after = value === 'kept' ? before : (held ?? conflict.losing);
  unit.changeContact({
    fields: value === 'kept' ? fields : setWhole(field, after, fields),
    provenance: { ...provenance, [field]: { provider: actor, changedAt: unit.deps.now().toISOString() } },
  });
  // The next push writes the field at these providers again.
  for (const link of holding) {
    const { [field]: _, ...others } = link.held;
    unit.changeLink(link, { held: others });
  }
  unit.addHistory({ kind: 'resolved', actor, field, before, after });
  await unit.save();
  return 'resolved';
}
