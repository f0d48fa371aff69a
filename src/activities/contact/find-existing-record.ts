import type { ActivityDeps, ConnectedProvider } from '#activities/deps.ts';
import { RecordBusyError } from '#activities/failures.ts';
import { roleOf } from '#contacts/contact-deps.ts';
import { findRevision } from '#db/contacts/contacts.ts';
import { type Link, listLinksByExternalIds, type OpenLink } from '#db/contacts/links.ts';
import { insertCandidate } from '#db/contacts/match-candidates.ts';
import type { ProviderValues } from '#domain/contact.ts';
import { namesCompatible } from '#domain/normalize/name.ts';
import { ConflictError, createOperation } from '#providers/errors.ts';
import type { CallOptions, ProviderRecord } from '#providers/provider.ts';

export interface OwnRecord {
  record: ProviderRecord;
  /** It carries our reference: a create of ours made it, whatever we heard of it. */
  isOurs: boolean;
}

/**
 * The record that a contact already has at a provider where it is about to be created, or null.
 * A phone number alone never makes two people one: a record of another contact, of another name, or one of several is left to
 * a person, and the lane parks with the sentence that says so.
 */
export async function findOwnRecord(
  deps: ActivityDeps,
  { connected, link }: { connected: ConnectedProvider; link: OpenLink },
  call: CallOptions,
): Promise<OwnRecord | null> {
  // What was or is about to be sent: a create that landed is found by what it carried then, not by what the contact says now.
  const sought = link.intent_payload ?? {};
  const phones = (sought.phones ?? []).flatMap(({ e164 }) => e164 ?? []);
  const emails = (sought.emails ?? []).map(({ address }) => address);
  const lookup = { reference: link.reference, phones, emails };
  const find = link.attempts.length === 0 ? (connected.listed ?? connected.client.find) : connected.client.find;
  const found = await find(lookup, call);
  const hits = await Promise.all(found.map((hit) => (hit.complete ? hit : connected.client.read(hit.externalId, call))));
  const ours = hits.find(({ reference }) => reference === link.reference);
  if (ours) {
    await refuseTaken(deps, { connected, link }, ours.externalId);
    return { record: ours, isOurs: true };
  }
  const theirs = roleOf(deps, connected.provider.id) === 'audience' ? hits : await withoutStrangers(deps, link, hits);
  const [hit] = theirs;
  if (!hit) return null;
  if (theirs.length > 1) {
    const { id: provider, name } = connected.provider;
    const ids = theirs.map(({ externalId }) => externalId).join(', ');
    const message = `${name} has several records with this phone number or email (${ids}): merge them there, then retry`;
    throw new ConflictError({ provider, operation: createOperation, message, existingId: hit.externalId });
  }
  await assertAdoptable(deps, { connected, link }, hit);
  return { record: hit, isOurs: false };
}

/** A member may hold several people with one number, as a family has: those that are others are no hindrance. */
async function withoutStrangers(deps: ActivityDeps, link: Link, hits: ProviderRecord[]): Promise<ProviderRecord[]> {
  const ids = hits.map(({ externalId }) => externalId);
  const taken = await listLinksByExternalIds(deps.db, link.provider, link.account_id, ids);
  for (const { contact_id, external_id } of taken) await refuseUnread(deps, link, contact_id, external_id as string);
  const others = new Set(taken.filter(({ contact_id }) => contact_id !== link.contact_id).map(({ external_id }) => external_id));
  const name = nameOf(link.intent_payload ?? {});
  return hits.filter(({ externalId, values }) => !others.has(externalId) && namesCompatible(name, nameOf(values)));
}

/** Nobody has read it yet: it may turn out to be this very contact. */
async function refuseUnread(deps: ActivityDeps, link: Link, contactId: string, externalId: string): Promise<void> {
  if (contactId === link.contact_id || (await findRevision(deps.db, contactId)) !== 0) return;
  throw new RecordBusyError(`Record ${externalId} has not been read yet`);
}

/** Throws unless a record that others made may be taken for the contact's own. */
export async function assertAdoptable(
  deps: ActivityDeps,
  { connected, link }: { connected: ConnectedProvider; link: Link },
  record: ProviderRecord,
): Promise<void> {
  await refuseTaken(deps, { connected, link }, record.externalId);
  if (namesCompatible(nameOf(link.intent_payload ?? {}), nameOf(record.values))) return;
  const { id: provider, name } = connected.provider;
  throw new ConflictError({
    provider,
    operation: createOperation,
    message: `Record ${record.externalId} of ${name} has this phone number or email under another name: correct the name or the number there, then retry`,
    existingId: record.externalId,
  });
}

/** Throws when a record belongs to another contact already. */
export async function refuseTaken(
  deps: ActivityDeps,
  { connected, link }: { connected: ConnectedProvider; link: Link },
  externalId: string,
): Promise<void> {
  const [taken] = await listLinksByExternalIds(deps.db, link.provider, link.account_id, [externalId]);
  if (!taken || taken.contact_id === link.contact_id) return;
  await refuseUnread(deps, link, taken.contact_id, externalId);
  await insertCandidate(deps.db, link.contact_id, taken.contact_id, { keys: [], against: ['same-provider'] });
  throw new ConflictError({
    provider: connected.provider.id,
    operation: createOperation,
    message: `Record ${externalId} of ${connected.provider.name} has the same phone number or email and belongs to contact ${taken.contact_id}: give one of them another number, then retry`,
    existingId: externalId,
  });
}

function nameOf({ givenName = null, familyName = null }: ProviderValues) {
  return { givenName, familyName };
}
