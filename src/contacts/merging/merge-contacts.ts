import type { ContactDeps } from '#contacts/contact-deps.ts';
import type { ContactTransaction } from '#contacts/contact-transaction.ts';
import { openUnit } from '#contacts/open-unit.ts';
import { lockContact, lockContacts, type StoredContact, setMergedInto } from '#db/contacts/contacts.ts';
import { isLive, type Link, listOpenLinks, lockLinks, type OpenLink, saveLink } from '#db/contacts/links.ts';
import { listAbsorbed, readKeys, toSnapshot } from '#db/contacts/matching/contact-merges.ts';
import { closePair, isRejectedPair } from '#db/contacts/matching/decided-pairs.ts';
import { saveKeys } from '#db/contacts/matching/identity-keys.ts';
import { saveMatchKeys } from '#db/contacts/matching/match-keys.ts';
import { moveRefusedKeys } from '#db/contacts/refused-keys.ts';
import type { LinkSnapshot } from '#db/contacts/tables.ts';
import { resolveAttempts } from '#db/contacts/write-attempts.ts';
import type { Database } from '#db/database.ts';
import type { FieldName } from '#domain/contact.ts';
import { sameValue } from '#domain/equality.ts';
import { joinConsent } from '#domain/merge/consent.ts';
import { mergeRecord } from '#domain/merge/merge-record.ts';

export interface Merging {
  survivorId: string;
  otherId: string;
  why: string;
  cause: string | null;
  /** `accord`, a provider's id, or `api-key:<name>`. Default: `accord`. */
  actor?: string;
  /** The evidence for the merge; null where the vendor or a person decided. */
  evidence?: object | null;
}

/**
 * Merges two contacts that are one person: the survivor takes over the other's links and the values that it lacks. Where both have a
 * record at one provider, the survivor has two links there, which both stay in step. Stores the undo data. False when
 * the two are one contact already, or when Accord itself would merge two that a person decided are different.
 */
export async function mergeContacts(transaction: ContactTransaction, merging: Merging): Promise<boolean> {
  const { survivorId, otherId, why, cause, actor = 'accord', evidence = null } = merging;
  if (survivorId === otherId) return false;
  const { tx, deps } = transaction;
  await lockContacts(tx, [survivorId, otherId]);
  const survivor = await lockContact(tx, survivorId);
  const other = await lockContact(tx, otherId);
  assertNotErased(survivor, other);
  if (other.id === survivor.id || (actor === 'accord' && (await isRejectedPair(tx, survivor.id, other.id)))) return false;
  const [keys, absorbed] = [await readKeys(tx, [survivor.id, other.id]), await listAbsorbed(tx, other.id)];
  const toSide = (contact: StoredContact) => toSnapshot(contact, keys.get(contact.id) ?? { keys: [], refused: [] });
  const links = await moveLinks(tx, other.id, survivor.id);
  await saveKeys(tx, other.id, []);
  await saveMatchKeys(tx, other.id, []);
  await moveRefusedKeys(tx, other.id, survivor.id);
  await setMergedInto(tx, other.id, survivor.id);
  await closePair(tx, { one: survivor.id, other: other.id, by: actor, at: deps.now() });
  const unit = await openUnit(transaction, { contactId: survivor.id, cause });
  if (unit.links.some(({ state }) => state === 'tombstoned')) unit.checkDeletes();
  // Subscribers have never heard of a contact without values, and there is nothing to take apart.
  if (Object.keys(other.provenance).length > 0) {
    unit.addMergedLead(other.id);
    const sides = { survivorBefore: toSide(unit.contact), otherBefore: toSide(other) };
    unit.addMerge({ otherId: other.id, ...sides, links: links.map(toLinkSnapshot), absorbed, why, evidence, actor });
  }
  const { fields, provenance, changes } = mergeFields(unit.contact, other, deps);
  unit.addHistory({ kind: 'merged', actor, before: { contactId: other.id, fields: other.fields }, after: { why } });
  for (const change of changes) unit.addHistory({ kind: 'losing' in change ? 'conflict' : 'changed', actor, ...change });
  const isCustomer = unit.contact.isCustomer || other.isCustomer;
  // A contact without values was claimed for a record that Accord created: it does not tell that the person is back.
  const isBack = !other.isDeleted && other.revision > 0;
  unit.changeContact({ fields, provenance, isCustomer, isDeleted: unit.contact.isDeleted && !isBack });
  await unit.save();
  return true;
}

/** A contact that was claimed for a record of ours has no values, and joins the contact that is being erased. */
function assertNotErased(survivor: StoredContact, other: StoredContact): void {
  const isErased = other.erasureId !== null || (survivor.erasureId !== null && other.revision > 0);
  if (isErased) throw new ErasedContactError(`Contact ${survivor.id} or ${other.id} is being erased, and cannot be merged`);
}

/** The person was erased since the merge was decided. */
export class ErasedContactError extends Error {}

/** A link as it is before a merge moves it. */
export function toLinkSnapshot({ id, provider, external_id: externalId, state, shadow }: Link): LinkSnapshot {
  return { id, provider, externalId, state, shadow };
}

/**
 * Moves the links of a merged contact to its survivor, and returns them as they were. An intent ends where the other side has a record
 * or an intent, unless it may have made a record.
 */
async function moveLinks(tx: Database, fromId: string, toId: string): Promise<OpenLink[]> {
  // Locked before the attempts are read: a create that is about to be sent stores its attempt first.
  await lockLinks(tx, [fromId, toId]);
  const [own, moved] = [await listOpenLinks(tx, toId), await listOpenLinks(tx, fromId)];
  for (const link of own.filter((each) => isSuperfluous(each, moved))) await endIntent(tx, link);
  const kept = own.filter((each) => !isSuperfluous(each, moved));
  for (const link of moved) {
    const intent = kept.find((each) => each.state === 'intent' && isSameAccount(each, link));
    const ends = isSuperfluous(link, own) || (link.state === 'intent' && intent !== undefined);
    if (ends) await endIntent(tx, link);
    await saveLink(tx, link.id, { contact_id: toId });
  }
  return moved;
}

/** Whether a link is an intent that no create was sent for, beside a record or another intent of the person. */
function isSuperfluous(link: OpenLink, others: readonly OpenLink[]): boolean {
  return (
    link.state === 'intent' && link.attempts.length === 0 && others.some((other) => isLive(other) && isSameAccount(other, link))
  );
}

function isSameAccount(one: OpenLink, other: OpenLink): boolean {
  return one.provider === other.provider && one.account_id === other.account_id;
}

async function endIntent(tx: Database, { id, attempts }: OpenLink): Promise<void> {
  await resolveAttempts(
    tx,
    attempts.map((attempt) => attempt.id),
    'superseded',
  );
  await saveLink(tx, id, { state: 'detached', last_error: null });
}

/**
 * Lists are united, blank values filled, and where two values differ the fuller one wins, else the survivor's. Provenance follows the
 * values, and every refusal stays with the provider that it came from.
 */
function mergeFields(survivor: StoredContact, other: StoredContact, { conflicts, now }: ContactDeps) {
  const { doNotContact: _, ...theirs } = other.fields;
  const at = now().toISOString();
  const merged = mergeRecord({
    ...{ fields: survivor.fields, provenance: survivor.provenance, base: null, theirs, provider: 'accord', at, updatedAt: null },
    ...{ fitValues: (values) => values, echoPairs: {}, attempts: [], conflicts: { order: conflicts.order, fields: {} } },
  });
  const { doNotContact, by } = joinConsent(survivor, other);
  const provenance = { ...merged.provenance };
  const isTheirs = (field: FieldName) => sameValue(field, merged.fields[field], other.fields[field]);
  for (const { field } of merged.changes.filter((change) => !('losing' in change) || isTheirs(change.field))) {
    Object.assign(provenance, { [field]: other.provenance[field] ?? provenance[field] });
  }
  if (Object.keys(by).length > 0) {
    const { provider, changedAt } = survivor.provenance.doNotContact ??
      other.provenance.doNotContact ?? { provider: 'accord', changedAt: at };
    provenance.doNotContact = { provider, changedAt, by };
  }
  return { fields: { ...merged.fields, doNotContact }, provenance, changes: merged.changes };
}
