import { RecordBusyError } from '#activities/failures.ts';
import { lockContact, setMergedInto } from '#db/contacts/contacts.ts';
import { recordHistory } from '#db/contacts/history.ts';
import { listKeyHolders, lockKeys } from '#db/contacts/identity-keys.ts';
import { listCreating } from '#db/contacts/intents.ts';
import { findLinkByReference, isLive, type Link, listLinks, saveLink } from '#db/contacts/links.ts';
import { insertCandidate } from '#db/contacts/match-candidates.ts';
import type { Database } from '#db/database.ts';
import { sameValue } from '#domain/equality.ts';
import { findMatch, identityKeys } from '#domain/match.ts';
import type { ProviderRecord } from '#providers/provider.ts';

interface Newcomer {
  link: Link;
  record: ProviderRecord;
  cause: string;
}

interface Whose {
  contactId: string;
  linkId: string;
}

/**
 * Whose record is it that we see for the first time? One that carries our reference was made by us; one that shares a key and a
 * name with somebody is theirs; everybody else is new. Until the transaction ends nobody else can decide about the same keys.
 */
export async function matchNewRecord(tx: Database, newcomer: Newcomer): Promise<Whose> {
  const { link, record } = newcomer;
  const own = await findOwnIntent(tx, link, record);
  if (own) return adoptInto(tx, newcomer, own, 'reference');
  const keys = identityKeys(record.values);
  await lockKeys(tx, keys);
  const holders = (await listKeyHolders(tx, keys)).filter(({ contactId }) => contactId !== link.contact_id);
  const match = findMatch(record.values, holders);
  if (match.kind === 'matched') {
    const [live] = await listLive(tx, match.contactId, link);
    if (!live) return moveTo(tx, newcomer, match.contactId, match.evidence.keys.join(' and '));
    if (live.state === 'intent') return adoptInto(tx, newcomer, live, match.evidence.keys.join(' and '));
    // Two records of one person at one provider: to merge them is for the provider, and for a person to say.
    await insertCandidate(tx, link.contact_id, match.contactId, { ...match.evidence, against: ['same-provider'] });
  }
  if (match.kind === 'suggested') {
    for (const { contactId, evidence } of match.candidates) await insertCandidate(tx, link.contact_id, contactId, evidence);
  }
  await refuseWhileCreating(tx, newcomer);
  return { contactId: link.contact_id, linkId: link.id };
}

async function findOwnIntent(tx: Database, link: Link, record: ProviderRecord): Promise<Link | null> {
  if (record.reference === null) return null;
  const own = await findLinkByReference(tx, link.provider, link.account_id, record.reference);
  return own && own.id !== link.id && own.external_id === null && own.state === 'intent' ? own : null;
}

async function listLive(tx: Database, contactId: string, { provider, account_id }: Link): Promise<Link[]> {
  const links = await listLinks(tx, contactId);
  return links.filter((link) => link.provider === provider && link.account_id === account_id && isLive(link));
}

/** The record is what a create of ours made, or was about to make: its link takes the place of the one that was claimed. */
async function adoptInto(tx: Database, { link, cause }: Newcomer, own: Link, by: string): Promise<Whose> {
  await lockBoth(tx, own.contact_id, link.contact_id);
  const { external_id } = link;
  await saveLink(tx, link.id, { state: 'detached', external_id: null });
  await saveLink(tx, own.id, { state: 'linked', external_id, shadow: own.intent_payload, intent_payload: null });
  await endNewcomer(tx, link, own.contact_id, { by, cause });
  return { contactId: own.contact_id, linkId: own.id };
}

async function moveTo(tx: Database, { link, cause }: Newcomer, contactId: string, by: string): Promise<Whose> {
  await lockBoth(tx, contactId, link.contact_id);
  await saveLink(tx, link.id, { contact_id: contactId });
  await endNewcomer(tx, link, contactId, { by, cause });
  return { contactId, linkId: link.id };
}

async function endNewcomer(tx: Database, link: Link, survivorId: string, { by, cause }: { by: string; cause: string }) {
  await setMergedInto(tx, link.contact_id, survivorId);
  await recordHistory(tx, [
    { contactId: survivorId, kind: 'merged', actor: link.provider, provider: link.provider, after: { matchedBy: by }, cause },
  ]);
}

/** In one order everywhere, so that two who do the same do not wait for each other. */
async function lockBoth(tx: Database, one: string, other: string): Promise<void> {
  for (const id of [one, other].toSorted()) await lockContact(tx, id);
}

/** A create of ours that is under way, for somebody who says just the same, may be what made this record. */
async function refuseWhileCreating(tx: Database, { link, record }: Newcomer): Promise<void> {
  const creating = await listCreating(tx, link.provider, link.account_id);
  const fields = ['givenName', 'familyName', 'emails', 'phones'] as const;
  const isSame = ({ intent_payload: sent }: Link) =>
    sent !== null && fields.every((field) => sameValue(field, sent[field], record.values[field]));
  if (creating.some(isSame)) throw new RecordBusyError(`A create that may have made record ${record.externalId} is under way`);
}
