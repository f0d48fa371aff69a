import type { ActivityDeps, ConnectedProvider } from '#activities/deps.ts';
import { RecordBusyError } from '#activities/failures.ts';
import { roleOf } from '#contacts/contact-deps.ts';
import { recogniseFound, storeCandidate } from '#contacts/matching/recognise-record.ts';
import { findRevision } from '#db/contacts/contacts.ts';
import { markDirty } from '#db/contacts/dirty-links.ts';
import { claimLink, type Link, listLinksByExternalIds, type OpenLink } from '#db/contacts/links.ts';
import { sameValue } from '#domain/equality.ts';
import { type Evidence, evidenceOf } from '#domain/matching/evidence.ts';
import { shareOnlyNobodys } from '#domain/matching/own-addresses.ts';
import { toProfile } from '#domain/matching/profile.ts';
import { priorities } from '#domain/sync/priority.ts';
import { ConflictError, createOperation, NotFoundError } from '#providers/errors.ts';
import type { CallOptions, ProviderClient, ProviderRecord } from '#providers/provider.ts';
import { CreateNotNeeded, joinOwner } from './join-owner.ts';

export interface ExistingRecord {
  record: ProviderRecord;
  /** The record carries our reference: one of our creates made it, whether or not it was answered. */
  isOurs: boolean;
}

interface Creation {
  connected: ConnectedProvider;
  link: Link;
  cause: string;
}

/**
 * Searches the provider for a record of the contact before one is created; null when there is none. A phone number alone never
 * makes two people one. A record of another contact, under another name, or one of several is left to a person: a `ConflictError`
 * parks the lane with a sentence that explains it.
 */
export async function findExistingRecord(
  deps: ActivityDeps,
  { connected, link, cause }: Creation & { link: OpenLink },
  call: CallOptions,
): Promise<ExistingRecord | null> {
  // The intent's payload, and not the contact's current values: a create that landed is found by the values that it carried.
  const sought = link.intent_payload ?? {};
  const phones = (sought.phones ?? []).flatMap(({ e164 }) => e164 ?? []);
  const emails = (sought.emails ?? []).map(({ address }) => address);
  const lookup = { reference: link.reference, phones, emails };
  const find = link.attempts.length === 0 ? (connected.findInListing ?? connected.client.find) : connected.client.find;
  const found = await find(lookup, call);
  const present = await withoutRemoved(deps, { connected, link }, found, call);
  const hits = await Promise.all(present.map((hit) => (hit.complete ? hit : connected.client.read(hit.externalId, call))));
  const own = hits.find(({ reference }) => reference === link.reference);
  if (own) {
    await assertNotTaken(deps, { connected, link, cause }, own.externalId);
    return { record: own, isOurs: true };
  }
  const known = hits.filter((hit) => isLanded(link, hit) || !shareOnlyNobodys(sought, hit.values, deps.ownAddresses));
  const isAudience = roleOf(deps, connected.provider.id) === 'audience';
  const matches = await (isAudience ? withoutDoubles(deps, link, known) : withoutOthers(deps, link, known));
  const [match] = matches;
  if (!match) return null;
  if (matches.length > 1) {
    const { id: provider, name } = connected.provider;
    const ids = matches.map(({ externalId }) => externalId).join(', ');
    const message = `${name} has several records with this phone number or email (${ids}): merge them there, then retry`;
    throw new ConflictError({ provider, operation: createOperation, message, remedy: null, existingId: match.externalId });
  }
  await assertAdoptable(deps, { connected, link, cause }, match);
  return { record: match, isOurs: false };
}

/** Drops the records that an undo deleted, which a search may still return. */
async function withoutRemoved(
  deps: ActivityDeps,
  { connected: { client }, link }: Omit<Creation, 'cause'>,
  hits: ProviderRecord[],
  call: CallOptions,
): Promise<ProviderRecord[]> {
  const ids = hits.map(({ externalId }) => externalId);
  const known = await listLinksByExternalIds(deps.db, link.provider, link.account_id, ids);
  const gone: string[] = [];
  for (const { external_id: externalId, removed_at } of known) {
    if (removed_at !== null && !(await exists(client, externalId, call))) gone.push(externalId);
  }
  return hits.filter(({ externalId }) => !gone.includes(externalId));
}

async function exists(client: ProviderClient, externalId: string, call: CallOptions): Promise<boolean> {
  try {
    await client.read(externalId, call);
    return true;
  } catch (error) {
    if (error instanceof NotFoundError) return false;
    throw error;
  }
}

/** Drops the records that other links of the contact have: a create beside them is only looked for. */
async function withoutDoubles(deps: ActivityDeps, link: Link, hits: ProviderRecord[]): Promise<ProviderRecord[]> {
  const ids = hits.map(({ externalId }) => externalId);
  const taken = await listLinksByExternalIds(deps.db, link.provider, link.account_id, ids);
  const doubles = new Set(taken.filter((each) => isDouble(each, link)).map(({ external_id }) => external_id));
  return hits.filter(({ externalId }) => !doubles.has(externalId));
}

function isDouble(other: Link, link: Link): boolean {
  return other.contact_id === link.contact_id && other.id !== link.id && other.state === 'linked';
}

/**
 * Drops the records of other people, and those that may be of others: a member may hold several with one number, as a family has.
 * A record that nobody had read yet becomes a candidate.
 */
async function withoutOthers(deps: ActivityDeps, link: Link, hits: ProviderRecord[]): Promise<ProviderRecord[]> {
  const ids = hits.map(({ externalId }) => externalId);
  const taken = await listLinksByExternalIds(deps.db, link.provider, link.account_id, ids);
  for (const { contact_id, external_id } of taken) await assertRead(deps, link, contact_id, external_id);
  const isOther = (each: Link) => each.contact_id !== link.contact_id || isDouble(each, link);
  const others = new Set(taken.filter(isOther).map(({ external_id }) => external_id));
  const free = hits.filter(({ externalId }) => !others.has(externalId));
  const found = [];
  for (const record of free) found.push({ record, ...(await compare(deps, link, record)) });
  for (const { record, verdict, evidence } of found) if (verdict !== 'same') await propose(deps, link, record, evidence);
  const same = found.flatMap(({ record, verdict }) => (verdict === 'same' ? [record] : []));
  // Held until a person decides: a record that is created beside one that may be the contact's would be its double.
  if (same.length === 0 && found.some(({ verdict }) => verdict === 'maybe')) throw new CreateNotNeeded('in-step');
  return same;
}

type Creating = Link & Partial<Pick<OpenLink, 'attempts'>>;

async function compare(deps: ActivityDeps, link: Creating, record: ProviderRecord): Promise<Comparison> {
  if (isLanded(link, record)) return { verdict: 'same', evidence: evidenceOf() };
  const contact = { contactId: link.contact_id, records: [link.intent_payload ?? {}] };
  return recogniseFound(deps.db, deps, { contact, found: record.values });
}

type Comparison = Awaited<ReturnType<typeof recogniseFound>>;

/** Whether the record has exactly the values of an unanswered create: that create made it. */
export function isLanded({ intent_payload: sent, attempts = [] }: Creating, { reference, values }: ProviderRecord): boolean {
  const fields = ['givenName', 'familyName', 'emails', 'phones'] as const;
  const isUnanswered = reference === null && attempts.length > 0;
  return isUnanswered && fields.every((field) => sameValue(field, sent?.[field], values[field]));
}

/**
 * Stores that the contact may be the person of a record, which gets a contact of its own and is read at once. Not at an audience
 * target: records that Accord did not create there are not imported.
 */
async function propose(
  deps: ActivityDeps,
  { contact_id, provider, account_id: accountId }: Link,
  { externalId }: ProviderRecord,
  evidence: Evidence,
): Promise<void> {
  if (roleOf(deps, provider) === 'audience') return;
  const { db } = deps;
  const claimed = await claimLink(db, { provider, accountId, externalId });
  const change = { observe: [{ linkId: claimed.id, provider }], push: [], priority: priorities.live };
  if (claimed.shadow === null) {
    await markDirty(db, [claimed.id]);
    await deps.signalContact(claimed.contact_id, change);
  }
  if (evidence.parts.length > 0) await storeCandidate(db, contact_id, claimed.contact_id, evidence);
}

/** Throws while another contact's record has not been read: it may turn out to be this contact. */
async function assertRead(deps: ActivityDeps, link: Link, contactId: string, externalId: string): Promise<void> {
  if (contactId === link.contact_id || (await findRevision(deps.db, contactId)) !== 0) return;
  throw new RecordBusyError(`Record ${externalId} has not been read yet`);
}

/**
 * Throws unless the contact may adopt a record that others made, and proposes the two as a match. An audience target's record without
 * a name is nobody else's.
 */
export async function assertAdoptable(
  deps: ActivityDeps,
  { connected, link, cause }: Creation,
  record: ProviderRecord,
): Promise<void> {
  await assertNotTaken(deps, { connected, link, cause }, record.externalId);
  const { verdict, evidence } = await compare(deps, link, record);
  const isNameless = toProfile([record.values]).kind === 'nameless';
  if (verdict === 'same' || (isNameless && roleOf(deps, connected.provider.id) === 'audience')) return;
  await propose(deps, link, record, evidence);
  if (verdict === 'maybe' && roleOf(deps, connected.provider.id) !== 'audience') throw new CreateNotNeeded('in-step');
  const { id: provider, name } = connected.provider;
  throw new ConflictError({
    provider,
    operation: createOperation,
    message: `Record ${record.externalId} of ${name} has this phone number or email under another name or birthday: correct these or the number there, then retry`,
    remedy: null,
    existingId: record.externalId,
  });
}

/** Throws when a record belongs to another contact: they are merged if they are one person. */
export async function assertNotTaken(
  deps: ActivityDeps,
  { connected, link, cause }: Creation,
  externalId: string,
): Promise<void> {
  const [taken] = await listLinksByExternalIds(deps.db, link.provider, link.account_id, [externalId]);
  if (!taken || taken.contact_id === link.contact_id) return;
  await assertRead(deps, link, taken.contact_id, externalId);
  await joinOwner(deps, link, taken.contact_id, cause);
  throw new ConflictError({
    provider: connected.provider.id,
    operation: createOperation,
    message: `Record ${externalId} of ${connected.provider.name} has the same phone number or email and belongs to contact ${taken.contact_id}: give one of them another number, then retry`,
    remedy: null,
    existingId: externalId,
  });
}
