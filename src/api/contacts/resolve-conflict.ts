import { lockContact, saveContact } from '#db/contacts/contacts.ts';
import { recordHistory } from '#db/contacts/history.ts';
import { saveKeys } from '#db/contacts/identity-keys.ts';
import { type Link, listLinks, saveLink } from '#db/contacts/links.ts';
import type { Database } from '#db/database.ts';
import { publishLeadEvent } from '#db/delivery/outbox-events.ts';
import type { ContactFields, FieldName } from '#domain/contact.ts';
import { leadEvent } from '#domain/delivery/lead-event.ts';
import { sameValue } from '#domain/equality.ts';
import { identityKeys } from '#domain/match.ts';

export interface Resolution {
  contactId: string;
  /** Id of the history entry of the conflict. */
  conflictId: string;
  /** `kept`: what the contact says stays. `lost`: the other value comes back. */
  value: 'kept' | 'lost';
  actor: string;
}

export type Resolved = 'resolved' | 'unknown' | 'changed-since';

/** Decides a conflict by hand, or undoes how it was decided. `changed-since` when the field says something else by now. */
export function resolveConflict(db: Database, { contactId, conflictId, value, actor }: Resolution): Promise<Resolved> {
  return db.transaction().execute(async (tx) => {
    const contact = await lockContact(tx, contactId);
    const conflict = await tx
      .selectFrom('contact_history')
      .selectAll()
      .where('id', '=', conflictId)
      .where('contact_id', '=', contact.id)
      .where('kind', '=', 'conflict')
      .executeTakeFirst();
    if (!conflict) return 'unknown';
    const field = conflict.field as FieldName;
    const holding = (await listLinks(tx, contact.id)).filter(({ held }) => field in held);
    const now = contact.fields[field];
    // While a side waits for the decision it can be made, whatever the others have come to say.
    if (holding.length === 0 && !sameValue(field, now, conflict.after)) return 'changed-since';

    const held = holding.find(({ provider }) => provider === conflict.provider)?.held[field];
    const after = value === 'kept' ? now : (held ?? conflict.losing);
    const fields = { ...contact.fields, [field]: after } as ContactFields;
    const provenance = { ...contact.provenance, [field]: { provider: actor, changedAt: new Date().toISOString() } };
    await saveContact(tx, contact.id, { ...contact, fields, provenance, syncStatus: 'pending' });
    await saveKeys(tx, contact.id, identityKeys(fields));
    await letGo(tx, holding, field);
    await recordHistory(tx, [{ contactId: contact.id, kind: 'resolved', actor, field, before: now, after }]);
    const event = leadEvent({
      ...{ contactId: contact.id, revision: contact.revision + 1, at: new Date() },
      ...{ before: contact, after: { ...contact, fields } },
    });
    if (event) await publishLeadEvent(tx, event);
    return 'resolved';
  });
}

/** A field that a provider was allowed to keep for the time being is written again like any other. */
async function letGo(tx: Database, holding: Link[], field: FieldName): Promise<void> {
  for (const { id, held } of holding) {
    const { [field]: _, ...rest } = held;
    await saveLink(tx, id, { held: rest });
  }
}
