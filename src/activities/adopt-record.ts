import { findRevision } from '../db/contacts.ts';
import { type Link, listLinksByExternalIds } from '../db/links.ts';
import { insertCandidate } from '../db/match-candidates.ts';
import type { ProviderValues } from '../domain/contact.ts';
import { namesCompatible } from '../domain/normalize/name.ts';
import { ConflictError, createOperation } from '../providers/errors.ts';
import type { CallOptions, ProviderRecord } from '../providers/provider.ts';
import type { ActivityDeps, ConnectedProvider } from './deps.ts';
import { RecordBusyError } from './failures.ts';

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
  { connected, link }: { connected: ConnectedProvider; link: Link },
  call: CallOptions,
): Promise<OwnRecord | null> {
  // What was or is about to be sent: a create that landed is found by what it carried then, not by what the contact says now.
  const sought = link.intent_payload ?? {};
  const phones = (sought.phones ?? []).flatMap(({ e164 }) => e164 ?? []);
  const emails = (sought.emails ?? []).map(({ address }) => address);
  const hits = await connected.client.find({ reference: link.reference, phones, emails }, call);
  const ours = hits.find(({ reference }) => reference === link.reference);
  if (ours) {
    await refuseTaken(deps, { connected, link }, ours.externalId);
    return { record: ours.complete ? ours : await connected.client.read(ours.externalId, call), isOurs: true };
  }
  if (hits.length === 0) return null;

  const [hit] = hits as [ProviderRecord];
  const ids = hits.map(({ externalId }) => externalId);
  if (hits.length > 1) {
    const { id: provider, name } = connected.provider;
    const message = `${name} has several records with this phone number or email (${ids.join(', ')}): merge them there, then retry`;
    throw new ConflictError({ provider, operation: createOperation, message, existingId: hit.externalId });
  }
  await assertAdoptable(deps, { connected, link }, hit);
  return { record: hit.complete ? hit : await connected.client.read(hit.externalId, call), isOurs: false };
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
  // Nobody has read it yet: it may turn out to be this very contact.
  if ((await findRevision(deps.db, taken.contact_id)) === 0)
    throw new RecordBusyError(`Record ${externalId} has not been read yet`);
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
