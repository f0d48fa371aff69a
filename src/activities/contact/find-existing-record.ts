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

export interface ExistingRecord {
  record: ProviderRecord;
  /** The record carries our reference: one of our creates made it, whether or not it was answered. */
  isOurs: boolean;
}

interface Creation {
  connected: ConnectedProvider;
  link: Link;
}

/**
 * Searches the provider for a record of the contact before one is created; null when there is none. A phone number alone never
 * makes two people one. A record of another contact, under another name, or one of several is left to a person: a `ConflictError`
 * parks the lane with a sentence that explains it.
 */
export async function findExistingRecord(
  deps: ActivityDeps,
  { connected, link }: Creation & { link: OpenLink },
  call: CallOptions,
): Promise<ExistingRecord | null> {
  // The intent's payload, and not the contact's current values: a create that landed is found by the values that it carried.
  const sought = link.intent_payload ?? {};
  const phones = (sought.phones ?? []).flatMap(({ e164 }) => e164 ?? []);
  const emails = (sought.emails ?? []).map(({ address }) => address);
  const lookup = { reference: link.reference, phones, emails };
  const find = link.attempts.length === 0 ? (connected.findInListing ?? connected.client.find) : connected.client.find;
  const found = await find(lookup, call);
  const hits = await Promise.all(found.map((hit) => (hit.complete ? hit : connected.client.read(hit.externalId, call))));
  const own = hits.find(({ reference }) => reference === link.reference);
  if (own) {
    await assertNotTaken(deps, { connected, link }, own.externalId);
    return { record: own, isOurs: true };
  }
  const matches = roleOf(deps, connected.provider.id) === 'audience' ? hits : await withoutOthers(deps, link, hits);
  const [match] = matches;
  if (!match) return null;
  if (matches.length > 1) {
    const { id: provider, name } = connected.provider;
    const ids = matches.map(({ externalId }) => externalId).join(', ');
    const message = `${name} has several records with this phone number or email (${ids}): merge them there, then retry`;
    throw new ConflictError({ provider, operation: createOperation, message, existingId: match.externalId });
  }
  await assertAdoptable(deps, { connected, link }, match);
  return { record: match, isOurs: false };
}

/** Drops the records of other people: a member may hold several with one number, as a family has. */
async function withoutOthers(deps: ActivityDeps, link: Link, hits: ProviderRecord[]): Promise<ProviderRecord[]> {
  const ids = hits.map(({ externalId }) => externalId);
  const taken = await listLinksByExternalIds(deps.db, link.provider, link.account_id, ids);
  for (const { contact_id, external_id } of taken) await assertRead(deps, link, contact_id, external_id);
  const others = new Set(taken.filter(({ contact_id }) => contact_id !== link.contact_id).map(({ external_id }) => external_id));
  const name = nameOf(link.intent_payload ?? {});
  return hits.filter(({ externalId, values }) => !others.has(externalId) && namesCompatible(name, nameOf(values)));
}

/** Throws while another contact's record has not been read: it may turn out to be this contact. */
async function assertRead(deps: ActivityDeps, link: Link, contactId: string, externalId: string): Promise<void> {
  if (contactId === link.contact_id || (await findRevision(deps.db, contactId)) !== 0) return;
  throw new RecordBusyError(`Record ${externalId} has not been read yet`);
}

/** Throws unless the contact may adopt a record that others made. */
export async function assertAdoptable(deps: ActivityDeps, { connected, link }: Creation, record: ProviderRecord): Promise<void> {
  await assertNotTaken(deps, { connected, link }, record.externalId);
  if (namesCompatible(nameOf(link.intent_payload ?? {}), nameOf(record.values))) return;
  const { id: provider, name } = connected.provider;
  throw new ConflictError({
    provider,
    operation: createOperation,
    message: `Record ${record.externalId} of ${name} has this phone number or email under another name: correct the name or the number there, then retry`,
    existingId: record.externalId,
  });
}

/** Throws when a record belongs to another contact, and proposes the two as a match. */
export async function assertNotTaken(deps: ActivityDeps, { connected, link }: Creation, externalId: string): Promise<void> {
  const [taken] = await listLinksByExternalIds(deps.db, link.provider, link.account_id, [externalId]);
  if (!taken || taken.contact_id === link.contact_id) return;
  await assertRead(deps, link, taken.contact_id, externalId);
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
