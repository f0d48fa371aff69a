import { RecordBusyError } from '#activities/failures.ts';
import type { ContactDeps } from '#contacts/contact-deps.ts';
import { linksAt } from '#contacts/links-at.ts';
import { lockLinksAsRead } from '#contacts/lock-links.ts';
import { recogniseParty, storeCandidate } from '#contacts/matching/recognise-record.ts';
import { findContact, lockContacts, setMergedInto } from '#db/contacts/contacts.ts';
import { recordHistory } from '#db/contacts/history.ts';
import { listCreatesInFlight } from '#db/contacts/intents.ts';
import { findLinkByReference, type Link, listOpenLinks, type OpenLink, saveLink } from '#db/contacts/links.ts';
import { resolveAttempts } from '#db/contacts/write-attempts.ts';
import type { Database } from '#db/database.ts';
import type { ProviderValues } from '#domain/contact.ts';
import { sameValue } from '#domain/equality.ts';
import { explain, toStoredEvidence } from '#domain/matching/evidence.ts';
import type { ProviderRecord } from '#providers/provider.ts';
import { isLanded } from './find-existing-record.ts';
import type { RecordOwner } from './follow-merge.ts';

interface NewRecord {
  /** The link that was claimed for the record, and with it a contact without values. */
  link: Link;
  record: ProviderRecord;
  cause: string;
  deps: Pick<ContactDeps, 'matching' | 'ownAddresses'>;
}

/**
 * Decides which contact a record belongs to when it is read for the first time. A record with our reference belongs to the intent
 * that it names; one that is recognised belongs to that contact; every other one keeps the contact that was claimed with it.
 */
export async function matchNewRecord(tx: Database, found: NewRecord): Promise<RecordOwner> {
  const { link, record, deps } = found;
  const own = await findOwnCreate(tx, link, record);
  // Made by our own create: no merge, and nothing to take apart. The intent may have ended: by a merge of ours, beside that of the
  // survivor, or because its record seemed to be deleted.
  const isOurs = own !== null && (own.state === 'intent' || (await findLiving(tx, own.contact_id)) !== null);
  if (isOurs) return { ...(await adoptInto(tx, found, own, { by: 'reference', base: own.intent_payload })), isOurs };
  const namedId = record.contactId === undefined ? null : await findLiving(tx, record.contactId);
  if (namedId !== null) return moveLink(tx, found, namedId, 'contact id');
  const decision = await recogniseParty(tx, deps, { records: [record.values], contactId: link.contact_id });
  if (decision.kind === 'merge') {
    const evidence = toStoredEvidence(decision.evidence);
    const by = evidence.keys.join(' and ');
    const recognised = { claimedId: link.contact_id, why: explain(decision.evidence).join(', '), evidence };
    // Locked first: a create that is planned at this moment would stay beside the record, and make a double.
    await lockContacts(tx, [decision.contactId, link.contact_id]);
    const intent = await findOnlyIntent(tx, decision.contactId, link);
    // Where the contact has a record already, the link becomes a double.
    const owner = await (intent ? adoptRecognised(tx, found, intent, by) : moveLink(tx, found, decision.contactId, by));
    return { ...owner, recognised };
  }
  const asked = decision.kind === 'ask' ? decision.candidates : [];
  for (const { contactId, evidence } of asked) await storeCandidate(tx, link.contact_id, contactId, evidence);
  await assertNoEqualCreate(tx, found);
  return { contactId: link.contact_id, linkId: link.id, compared: { asked: asked.map(({ contactId }) => contactId) } };
}

/** The contact, or the one that it was merged into; null for an unknown or deleted one. */
async function findLiving(tx: Database, contactId: string): Promise<string | null> {
  const contact = await findContact(tx, contactId);
  if (contact?.mergedInto) return findLiving(tx, contact.mergedInto);
  return contact && !contact.isDeleted ? contact.id : null;
}

/** The link whose create made the record, as its reference tells. Null when that link has a record already. */
async function findOwnCreate(tx: Database, link: Link, record: ProviderRecord): Promise<Link | null> {
  if (record.reference === null) return null;
  const own = await findLinkByReference(tx, link.provider, link.account_id, record.reference);
  return own && own.id !== link.id && own.external_id === null ? own : null;
}

/** The contact's create at the provider that is under way, unless the contact has a record there. */
async function findOnlyIntent(tx: Database, contactId: string, { provider, account_id }: Link): Promise<OpenLink | null> {
  const links = (await listOpenLinks(tx, contactId)).filter((link) => link.account_id === account_id);
  const { primary } = linksAt(links, provider);
  return primary?.state === 'intent' ? primary : null;
}

/** Moves the record to the link of our create. `base`: what the record held when it was made; null where that is unknown. */
async function adoptInto(
  tx: Database,
  { link, cause }: NewRecord,
  own: Link,
  { by, base }: { by: string; base: ProviderValues | null },
): Promise<RecordOwner> {
  await lockLinksAsRead(tx, [own, link]);
  const { external_id } = link;
  await saveLink(tx, link.id, { state: 'detached', external_id: null });
  // What seemed to be deleted is restored with all its consequences when the record is applied.
  const state = own.state === 'tombstoned' ? own.state : 'linked';
  await saveLink(tx, own.id, { state, external_id, shadow: base, intent_payload: null });
  await mergeClaimed(tx, link, own.contact_id, { by, cause });
  return { contactId: own.contact_id, linkId: own.id };
}

/**
 * Moves a recognised record to the link of an open create. Unless that create made it, there is no base: a value that the record does not
 * have was never there, and nobody removed it.
 */
async function adoptRecognised(tx: Database, found: NewRecord, own: OpenLink, by: string): Promise<RecordOwner> {
  const isOurs = isLanded(own, found.record);
  const owner = await adoptInto(tx, found, own, { by, base: isOurs ? own.intent_payload : null });
  if (isOurs) return owner;
  const attemptIds = own.attempts.map(({ id }) => id);
  await resolveAttempts(tx, attemptIds, 'superseded');
  await saveLink(tx, own.id, { origin: 'provider' });
  return owner;
}

async function moveLink(tx: Database, { link, cause }: NewRecord, contactId: string, by: string): Promise<RecordOwner> {
  await lockContacts(tx, [contactId, link.contact_id]);
  await lockLinksAsRead(tx, [link]);
  await saveLink(tx, link.id, { contact_id: contactId });
  await mergeClaimed(tx, link, contactId, { by, cause });
  return { contactId, linkId: link.id };
}

/** The contact that was claimed with the link has no values: it only points to the survivor. */
async function mergeClaimed(tx: Database, link: Link, survivorId: string, { by, cause }: { by: string; cause: string }) {
  await setMergedInto(tx, link.contact_id, survivorId);
  await recordHistory(tx, [
    { contactId: survivorId, kind: 'merged', actor: link.provider, provider: link.provider, after: { matchedBy: by }, cause },
  ]);
}

/** Throws while a create of ours with the same name, emails and phones is in flight: it may have made this record. */
async function assertNoEqualCreate(tx: Database, { link, record }: NewRecord): Promise<void> {
  const creating = await listCreatesInFlight(tx, link.provider, link.account_id);
  const fields = ['givenName', 'familyName', 'emails', 'phones'] as const;
  const isEqual = ({ intent_payload: sent }: Link) =>
    sent !== null && fields.every((field) => sameValue(field, sent[field], record.values[field]));
  if (creating.some(isEqual)) throw new RecordBusyError(`A create that may have made record ${record.externalId} is in flight`);
}
