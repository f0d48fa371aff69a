import type { ContactDeps } from '#contacts/contact-deps.ts';
import { findContact, type StoredContact } from '#db/contacts/contacts.ts';
import { listLinks } from '#db/contacts/links.ts';
import { hasMergedWithinHour } from '#db/contacts/matching/contact-merges.ts';
import { lockKeys } from '#db/contacts/matching/identity-keys.ts';
import { insertCandidate } from '#db/contacts/matching/match-candidates.ts';
import type { Database } from '#db/database.ts';
import { type Evidence, toStoredEvidence } from '#domain/matching/evidence.ts';
import { isConnecting, toMatchKeys } from '#domain/matching/match-keys.ts';
import { type IdentifyingValues, toProfile, withoutOwnAddresses } from '#domain/matching/profile.ts';
import {
  type Candidate,
  contradictions,
  type Decision,
  defaultRules,
  type Holder,
  listRuledOut,
  recognise,
} from '#domain/matching/recognise.ts';
import { findHolders } from './match-keys.ts';

/** The rules by which people are recognised. */
export type MatchingDeps = Pick<ContactDeps, 'matching' | 'ownAddresses'>;

interface Party {
  /** All records of the party, or the one record. */
  records: readonly IdentifyingValues[];
  /** The contact of the records, which is not compared with itself. */
  contactId: string;
}

/**
 * Decides which contact a record belongs to. Until the transaction ends, no other decision about the same emails and phone numbers
 * is made. A merge that exceeds the maximum of an hour is asked.
 */
export async function recogniseParty(tx: Database, deps: MatchingDeps, party: Party): Promise<Decision> {
  return (await compareParty(tx, deps, party)).decision;
}

interface Compared {
  decision: Decision;
  /** Contacts that nobody has to be asked about any more. */
  ruledOut: string[];
}

async function compareParty(tx: Database, deps: MatchingDeps, { records, contactId }: Party): Promise<Compared> {
  const rules = deps.matching ?? { ...defaultRules, maxMergesPerHour: Number.POSITIVE_INFINITY };
  if (rules.mode === 'off') return { decision: { kind: 'new' }, ruledOut: [] };
  const profile = withoutOwnAddresses(toProfile(records), deps.ownAddresses);
  const keys = toMatchKeys(profile);
  await lockKeys(tx, keys.filter(isConnecting));
  const [subject, holders] = [{ profile, contactId }, await findHolders(tx, { keys, exceptId: contactId })];
  const ruledOut = listRuledOut(subject, holders, rules);
  const decision = recognise(subject, holders, rules);
  if (decision.kind !== 'merge' || !(await isExhausted(tx, rules))) return { decision, ruledOut };
  const { contactId: other, evidence } = decision;
  const candidate = { contactId: other, evidence: { ...evidence, rules: ['too-many-merges' as const] } };
  return { decision: { kind: 'ask', candidates: [candidate] }, ruledOut };
}

/** `recogniseParty` for a stored contact; null for an unknown or merged one. */
export async function recogniseContact(tx: Database, deps: MatchingDeps, contactId: string): Promise<Compared | null> {
  const contact = await findContact(tx, contactId);
  if (!contact || contact.mergedInto !== null) return null;
  return compareParty(tx, deps, { records: await listRecords(tx, contact), contactId });
}

/** The contact's values, and those that its providers hold. */
export async function listRecords(
  db: Database,
  { id, fields }: Pick<StoredContact, 'id' | 'fields'>,
): Promise<IdentifyingValues[]> {
  return [fields, ...(await listLinks(db, id)).flatMap(({ shadow }) => shadow ?? [])];
}

async function isExhausted(tx: Database, { maxMergesPerHour }: { maxMergesPerHour: number }): Promise<boolean> {
  return Number.isFinite(maxMergesPerHour) && hasMergedWithinHour(tx, { count: maxMergesPerHour });
}

/** Stores that two contacts may be one person. */
export function storeCandidate(tx: Database, one: string, other: string, evidence: Evidence): Promise<void> {
  return insertCandidate(tx, one, other, toStoredEvidence(evidence));
}

/**
 * Decides whether a record that was found at a provider is the contact that is about to be created there: the decision is the one
 * that is made when the record is read for the first time.
 */
export async function recogniseFound(
  db: Database,
  deps: MatchingDeps,
  { contact, found, foundId = nobodyId }: { contact: Party; found: IdentifyingValues; foundId?: string },
): Promise<{ verdict: 'same' | 'maybe' | 'different' } & Pick<Candidate, 'evidence'>> {
  const rules = deps.matching ?? defaultRules;
  const profile = withoutOwnAddresses(toProfile([found]), deps.ownAddresses);
  const keys = toMatchKeys(profile);
  const holders = await findHolders(db, { keys, exceptId: foundId });
  const own = toHolder(contact, keys, holders);
  // Somebody decided to create the contact there: `off` and `ask-first` are about merges of contacts.
  const decision = recognise({ profile, contactId: null }, [...holders.filter((holder) => holder !== own.stored), own.holder], {
    ...rules,
    mode: 'auto',
  });
  const none = { score: 0, parts: [], rules: [] };
  if (decision.kind === 'merge')
    return { verdict: decision.contactId === contact.contactId ? 'same' : 'different', evidence: decision.evidence };
  const candidates = decision.kind === 'ask' ? decision.candidates : [];
  const asked = candidates.find(({ contactId }) => contactId === contact.contactId);
  if (!asked) return { verdict: 'different', evidence: none };
  const isContradicted = asked.evidence.rules.some((rule) => contradictions.has(rule));
  return { verdict: isContradicted ? 'different' : 'maybe', evidence: asked.evidence };
}

/** Of a record that has no contact yet. */
export const nobodyId = '00000000-0000-0000-0000-000000000000';

/** The contact as it is sought, with its stored values: the create may carry older values. */
function toHolder({ records, contactId }: Party, keys: Holder['keys'], holders: readonly Holder[]) {
  const stored = holders.find((holder) => holder.contactId === contactId);
  const profile = toProfile(records);
  const known = new Set(toMatchKeys(profile).map(({ kind, value }) => `${kind}/${value}`));
  const common = keys.filter(({ kind, value }) => known.has(`${kind}/${value}`));
  return { stored, holder: { ...stored, contactId, profile, keys: stored?.keys ?? common } };
}
