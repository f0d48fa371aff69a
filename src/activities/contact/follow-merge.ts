import type { ActivityDeps } from '#activities/deps.ts';
import { getConnected } from '#contacts/contact-deps.ts';
import type { ContactTransaction } from '#contacts/contact-transaction.ts';
import { lockLinksAsRead } from '#contacts/lock-links.ts';
import { mergeContacts } from '#contacts/merging/merge-contacts.ts';
import { insertAlias, moveAliases } from '#db/contacts/link-aliases.ts';
import { type Link, listLinksByExternalIds, saveLink } from '#db/contacts/links.ts';
import type { Database } from '#db/database.ts';
import type { ProviderValues } from '#domain/contact.ts';
import { toProfile } from '#domain/matching/profile.ts';
import { contradictions } from '#domain/matching/recognise.ts';
import { weigh } from '#domain/matching/weigh.ts';
import { defaultThresholds } from '#domain/matching/weights.ts';
import type { CallOptions, ProviderRecord } from '#providers/provider.ts';

/** The contact and the link that a record belongs to. */
export interface RecordOwner {
  contactId: string;
  linkId: string;
  /** The vendor has put the record in place of others, which may have counted as lost. */
  isMerged?: true;
  /** The record carries the reference of a create of ours whose answer has not been stored. */
  isOurs?: true;
  /** Present when the record was recognised as one of a known contact. */
  recognised?: Recognition;
  /** Present when the record was compared with all contacts, and stays with its own: those that a person is asked about. */
  compared?: { asked: string[] };
}

export interface Recognition {
  /** The contact that was claimed with the record's link; null when there was none. */
  claimedId: string | null;
  why: string;
  evidence: object | null;
}

interface ReadRecord {
  link: Link;
  record: ProviderRecord;
  cause: string;
}

/**
 * Follows a merge at the vendor, or a new id that it gave the record: the replaced ids become aliases of this link, their contacts
 * are merged, and a link without a shadow takes over the one of the first replaced link. Null when this link goes on unchanged.
 */
export async function followMerge(
  transaction: ContactTransaction,
  { link, record, cause }: ReadRecord,
): Promise<RecordOwner | null> {
  const { tx } = transaction;
  const { provider, account_id, contact_id: own } = link;
  const reported = [...new Set([...(link.replaces ?? []), ...(record.replaces ?? [])])];
  const replaces = (await allReplaced(tx, link, reported)).filter((id) => id !== link.external_id);
  if (replaces.length === 0) return null;
  const known = await listLinksByExternalIds(tx, provider, account_id, replaces);
  // Some vendors repeat the former ids in every answer.
  if (known.length === 0 && link.replaces === null) return null;
  const merged = known.filter(({ id }) => id !== link.id).toSorted((a, b) => (a.contact_id < b.contact_id ? -1 : 1));
  await lockLinksAsRead(tx, [link, ...merged]);
  for (const { id } of merged) await saveLink(tx, id, { state: 'detached', external_id: null });
  await moveAliases(
    tx,
    merged.map(({ id }) => id),
    link.id,
  );
  for (const externalId of replaces) await insertAlias(tx, link, externalId);
  const [first] = merged;
  await saveLink(tx, link.id, { replaces: null, ...(first && link.shadow === null && { shadow: first.shadow }) });
  if (!first) return null;
  // The oldest contact survives: people and workflows know its id. Ids are UUIDv7, which sort by age.
  const contactIds = [...new Set([own, ...merged.map(({ contact_id }) => contact_id)])].toSorted();
  const [survivorId = own, ...others] = contactIds;
  for (const otherId of others) {
    await mergeContacts(transaction, { survivorId, otherId, why: `${provider} merged its records`, cause, actor: provider });
  }
  return { contactId: survivorId, linkId: link.id, isMerged: true };
}

/** The replaced ids with those that these had replaced before: a merge of a merge may be read before the first merge. */
async function allReplaced(tx: Database, link: Link, ids: string[]): Promise<string[]> {
  const known = await listLinksByExternalIds(tx, link.provider, link.account_id, ids);
  const more = known.flatMap(({ replaces }) => replaces ?? []).filter((id) => !ids.includes(id));
  return more.length === 0 ? ids : allReplaced(tx, link, [...new Set([...ids, ...more])]);
}

/**
 * Follows an answer under another id than the requested one. The old id becomes an alias; if the new id has a link already, that
 * link takes over. Null when this link goes on.
 */
export async function followRename(
  transaction: ContactTransaction,
  { link, record, cause }: ReadRecord,
): Promise<RecordOwner | null> {
  const { tx } = transaction;
  const { external_id: oldId, provider, account_id } = link;
  if (oldId === null || record.externalId === oldId) return null;
  const [other] = await listLinksByExternalIds(tx, provider, account_id, [record.externalId]);
  if (other) return followMerge(transaction, { link: other, record: { ...record, replaces: [oldId] }, cause });
  await lockLinksAsRead(tx, [link]);
  await insertAlias(tx, link, oldId);
  await saveLink(tx, link.id, { external_id: record.externalId });
  return null;
}

/**
 * The record that a merge put in place of one that is gone, where the vendor reported no merge: it has the same phone number or
 * email and a compatible name. Null when there is none, or more than one.
 */
export async function findMergeTarget(deps: ActivityDeps, gone: Link, call: CallOptions): Promise<ProviderRecord | null> {
  const { client } = getConnected(deps, gone.provider);
  const { external_id: goneId, shadow } = gone;
  const { phones = [], emails = [] } = shadow ?? {};
  const lookup = {
    reference: null,
    phones: phones.flatMap(({ e164 }) => e164 ?? []),
    emails: emails.map(({ address }) => address),
  };
  if (goneId === null || lookup.phones.length + lookup.emails.length === 0) return null;
  const hits = (await client.find(lookup, call)).filter(({ externalId }) => externalId !== goneId);
  const [hit] = hits;
  if (!hit || hits.length > 1) return null;
  if (!mayBeMerged(shadow ?? {}, hit.values)) return null;
  const record = hit.complete ? hit : await client.read(hit.externalId, call);
  return { ...record, replaces: [...(record.replaces ?? []), goneId] };
}

/** The vendor kept one of the two names: it must be one person's, and may lack parts. */
function mayBeMerged(gone: ProviderValues, kept: ProviderValues): boolean {
  const { score, parts, rules } = weigh(toProfile([gone]), toProfile([kept]), () => 0);
  const isOtherFamily = parts.some(({ kind }) => kind === 'family-clash' || kind === 'organisation-clash');
  return score >= defaultThresholds.askAt && !isOtherFamily && !rules.some((rule) => contradictions.has(rule));
}
