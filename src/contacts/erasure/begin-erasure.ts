import { type ContactDeps, roleOf } from '#contacts/contact-deps.ts';
import type { ContactTransaction } from '#contacts/contact-transaction.ts';
import { markAllDirty } from '#contacts/merging/run-decision.ts';
import { recordAudit } from '#db/audit-log.ts';
import { findContact, lockContact } from '#db/contacts/contacts.ts';
import { type Link, listLinks, lockLinks } from '#db/contacts/links.ts';
import type { Database } from '#db/database.ts';
import { type ErasedKey, hashKey, insertErasedKeys } from '#db/erasure/erased-keys.ts';
import { addErasureRecords, addRemoved, insertErasure, markErased } from '#db/erasure/erasures.ts';
import { eraseRows } from '#db/personal-data/erase-rows.ts';
import { findPerson, type Person } from '#db/personal-data/find-person.ts';
import { type IdentityKey, toIdentityKeys } from '#domain/matching/identity-keys.ts';
import { withoutOwn } from '#domain/matching/own-addresses.ts';
import { recordKey } from './kept-out.ts';

export interface ErasureRequest {
  contactId: string;
  /** Without personal data: it stays. */
  reason: string;
  actor: string;
}

/**
 * Begins to erase a person, in one transaction: the contact stops to sync, everything goes that is not needed to delete the records at
 * the vendors, and hashes keep the person out. A workflow does the rest. Resolves to the id of the erasure, also of one that was begun before.
 */
export async function beginErasure(transaction: ContactTransaction, request: ErasureRequest): Promise<string> {
  const { tx, deps } = transaction;
  const { erasureSecret } = deps;
  if (!erasureSecret) throw new Error('This process cannot erase people');
  const contact = await lockContact(tx, request.contactId);
  if (contact.erasureId !== null) return contact.erasureId;
  const person = await findPerson(tx, contact.id);
  await lockLinks(tx, person.contactIds);
  const { reason, actor } = request;
  const erasureId = await insertErasure(tx, {
    ...{ contactId: contact.id, mergedIds: person.contactIds.filter((id) => id !== contact.id), reason, actor, at: deps.now() },
    endpointIds: await listTold(tx, person),
  });
  const links = await listLinksOf(tx, person);
  const secret = await erasureSecret.get();
  const keys = [
    ...(await listOwnKeys(tx, deps, person, links)),
    ...links.flatMap(toRecordKeys),
    ...(await listAliasKeys(tx, person)),
  ];
  await insertErasedKeys(
    tx,
    erasureId,
    keys.map((key) => hashKey(secret, key)),
  );
  await addErasureRecords(
    tx,
    erasureId,
    links.filter((link) => isAtVendor(deps, link, person)),
  );
  const asked = await listAsked(tx, person);
  await markErased(tx, person.contactIds, erasureId);
  await addRemoved(tx, erasureId, await eraseRows(tx, person, 'first'));
  // They waited for a decision about the two.
  await markAllDirty(transaction, asked);
  await recordAudit(tx, { actor, action: 'contact.erase', target: contact.id, details: { erasureId } });
  return erasureId;
}

export async function listLinksOf(tx: Database, { contactIds }: Person): Promise<Link[]> {
  const links = await Promise.all(contactIds.map((id) => listLinks(tx, id)));
  return links.flat();
}

/** Whether the link is of a record at a vendor that exists, existed, or may exist. */
export function isAtVendor(deps: ContactDeps, { provider, external_id: id, state }: Link, { submissionIds }: Person): boolean {
  if (roleOf(deps, provider) === null || (id !== null && submissionIds.includes(id))) return false;
  return id !== null || state === 'intent';
}

function toRecordKeys(link: Link): ErasedKey[] {
  return link.external_id === null ? [] : [recordKey(link, link.external_id)];
}

/** Former ids, which a vendor may still announce. */
async function listAliasKeys(tx: Database, { linkIds }: Person): Promise<ErasedKey[]> {
  if (linkIds.length === 0) return [];
  const aliases = await tx.selectFrom('link_alias').selectAll().where('link_id', 'in', linkIds).execute();
  return aliases.map((alias) => recordKey(alias, alias.external_id));
}

/** Emails and phone numbers that nobody else has: those of a household or an office must not keep the others out. */
async function listOwnKeys(tx: Database, deps: ContactDeps, person: Person, links: readonly Link[]): Promise<IdentityKey[]> {
  const contacts = await Promise.all(person.contactIds.map((id) => findContact(tx, id)));
  const values = [
    ...contacts.flatMap((contact) => contact?.fields ?? []),
    ...links.flatMap(({ shadow, intent_payload }) => [shadow ?? [], intent_payload ?? []].flat()),
  ];
  const keys = new Map(values.flatMap(toIdentityKeys).map((key) => [`${key.kind}/${key.value}`, key]));
  const own = withoutOwn([...keys.values()], deps.ownAddresses);
  if (own.length === 0) return [];
  const shared = await tx
    .selectFrom('identity_key')
    .select(['kind', 'value'])
    .where(
      'value',
      'in',
      own.map(({ value }) => value),
    )
    .where('contact_id', 'not in', person.contactIds)
    .execute();
  return own.filter(({ kind, value }) => !shared.some((each) => each.kind === kind && each.value === value));
}

/** The endpoints that got events of the person. */
async function listTold(tx: Database, { contactIds }: Person): Promise<string[]> {
  const rows = await tx
    .selectFrom('webhook_delivery')
    .select('endpoint_id')
    .distinct()
    .where('contact_id', 'in', contactIds)
    .where('state', '=', 'delivered')
    .execute();
  return rows.map(({ endpoint_id }) => endpoint_id);
}

/** The contacts that an open question about the person holds up. */
async function listAsked(tx: Database, { contactIds }: Person): Promise<string[]> {
  const rows = await tx
    .selectFrom('match_candidate')
    .select(['contact_id', 'other_contact_id'])
    .where('state', 'in', ['open', 'later'])
    .where(({ or, eb }) => or([eb('contact_id', 'in', contactIds), eb('other_contact_id', 'in', contactIds)]))
    .execute();
  const ids = rows.flatMap(({ contact_id, other_contact_id }) => [contact_id, other_contact_id]);
  return [...new Set(ids)].filter((id) => !contactIds.includes(id));
}
