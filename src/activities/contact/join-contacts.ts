import type { ActivityDeps } from '#activities/deps.ts';
import { openUnit } from '#contacts/contact-unit.ts';
import { lockContact, type StoredContact, setMergedInto } from '#db/contacts/contacts.ts';
import { saveKeys } from '#db/contacts/identity-keys.ts';
import { isLive, listLinks, saveLink } from '#db/contacts/links.ts';
import type { Database } from '#db/database.ts';
import { joinConsent } from '#domain/consent.ts';
import { mergeRecord } from '#domain/merge.ts';

/**
 * Makes two contacts one that are known to be one person: the survivor takes the other's records and what it says besides. A record at
 * a provider where the survivor has one itself is let go of: the vendor has merged the two, or a person will.
 */
export async function joinContacts(
  tx: Database,
  deps: ActivityDeps,
  { survivorId, otherId, why, cause }: { survivorId: string; otherId: string; why: string; cause: string },
): Promise<void> {
  if (survivorId === otherId) return;
  for (const id of [survivorId, otherId].toSorted()) await lockContact(tx, id);
  const unit = await openUnit(tx, deps, { contactId: survivorId, cause });
  const other = await lockContact(tx, otherId);
  if (other.id === unit.contact.id) return;
  const taken = new Set(unit.links.filter(isLive).map(({ provider, account_id }) => `${provider}/${account_id}`));
  for (const link of await listLinks(tx, other.id)) {
    const isDouble = isLive(link) && taken.has(`${link.provider}/${link.account_id}`);
    await saveLink(tx, link.id, { contact_id: unit.contact.id, ...(isDouble && { state: 'detached' as const }) });
  }
  await saveKeys(tx, other.id, []);
  await setMergedInto(tx, other.id, unit.contact.id);
  const { fields, provenance, changes } = union(unit.contact, other, deps);
  unit.note({ kind: 'merged', actor: 'accord', before: { contactId: other.id, fields: other.fields }, after: { why } });
  unit.note(
    ...changes.map((change) => ({
      kind: 'losing' in change ? ('conflict' as const) : ('changed' as const),
      actor: 'accord',
      ...change,
    })),
  );
  unit.changeContact({ fields, provenance, isDeleted: unit.contact.isDeleted && other.isDeleted });
  // Of a contact that nobody had said anything about, nobody was told.
  if (Object.keys(other.provenance).length > 0) unit.absorb(other.id);
  await unit.save();
}

/**
 * Lists of both, what only one of them says, and the survivor's word where they differ. Who said it stays who said it, and who
 * refused stays who refused.
 */
function union(survivor: StoredContact, other: StoredContact, { conflicts, now }: ActivityDeps) {
  const { doNotContact: _, ...theirs } = other.fields;
  const at = now().toISOString();
  const merged = mergeRecord({
    ...{ fields: survivor.fields, provenance: survivor.provenance, base: null, theirs, provider: 'accord', at, updatedAt: null },
    ...{ fitValues: (values) => values, echoPairs: {}, attempts: [], conflicts: { order: conflicts.order, fields: {} } },
  });
  const { doNotContact, by } = joinConsent(survivor, other);
  const provenance = { ...merged.provenance };
  for (const { field } of merged.changes.filter((change) => !('losing' in change))) {
    Object.assign(provenance, { [field]: other.provenance[field] ?? provenance[field] });
  }
  if (Object.keys(by).length > 0) {
    const { provider, changedAt } = survivor.provenance.doNotContact ??
      other.provenance.doNotContact ?? { provider: 'accord', changedAt: at };
    provenance.doNotContact = { provider, changedAt, by };
  }
  return { fields: { ...merged.fields, doNotContact }, provenance, changes: merged.changes };
}
