import type { ContactFields, ProviderValues } from '#domain/contact.ts';
import { emailMatchKey } from '#domain/normalize/email.ts';
import { isMatchKey } from '#domain/normalize/phone.ts';
import { comparePeople, type PersonDoubt } from './compare-people.ts';
import { type OwnAddresses, withoutOwn } from './own-addresses.ts';

/** An email address or phone number that identifies a person as long as only one contact has it. */
export interface IdentityKey {
  kind: 'email' | 'phone';
  value: string;
}

/** A contact that has one of the keys. */
export interface KeyHolder {
  contactId: string;
  key: IdentityKey;
  /** False for a key that only unproven form submissions have named: it makes no key shared. Default: true. */
  isProven?: boolean;
  fields: ContactFields;
}

export interface Evidence {
  /** The kinds of key that both have. */
  keys: IdentityKey['kind'][];
  /** The reasons against a match; empty for a match. */
  against: Doubt[];
}

export type Doubt = PersonDoubt | 'shared-key' | 'several-contacts' | 'same-provider';

export type Match =
  | { kind: 'new' }
  | { kind: 'matched'; contactId: string; evidence: Evidence }
  /** A person decides. */
  | { kind: 'suggested'; candidates: { contactId: string; evidence: Evidence }[] };

/** The identity keys among some values, each once. Shared mailboxes and shared numbers are none. */
export function toIdentityKeys({ emails = [], phones = [] }: Pick<ProviderValues, 'emails' | 'phones'>): IdentityKey[] {
  const addresses = emails.flatMap(({ address }) => emailMatchKey(address) ?? []);
  // A number with an extension is shared: one line serves a whole building.
  const numbers = phones.filter((phone) => isMatchKey(phone) && phone.extension === null).flatMap(({ e164 }) => e164 ?? []);
  return [
    ...[...new Set(addresses)].map((value) => ({ kind: 'email' as const, value })),
    ...[...new Set(numbers)].map((value) => ({ kind: 'phone' as const, value })),
  ];
}

/**
 * Looks for the contact of a record that has none yet. It matches a contact when they share a key that no other contact has, both
 * have names, and `comparePeople` finds them to be the same person. Weaker evidence yields suggestions.
 */
export function findMatch(newcomer: ProviderValues, holders: readonly KeyHolder[]): Match {
  if (holders.length === 0) return { kind: 'new' };
  const fieldsById = new Map(holders.map(({ contactId, fields }) => [contactId, fields]));
  const candidates = [...fieldsById].map(([contactId, fields]) => ({
    contactId,
    evidence: weigh(newcomer, { contactId, fields }, holders),
  }));
  const clear = findClear(candidates, holders);
  if (clear) return { kind: 'matched', ...clear };
  const several: Doubt[] = candidates.length > 1 ? ['several-contacts'] : [];
  return {
    kind: 'suggested',
    candidates: candidates.map(({ contactId, evidence }) => ({
      contactId,
      evidence: { ...evidence, against: [...evidence.against, ...several] },
    })),
  };
}

interface Candidate {
  contactId: string;
  evidence: Evidence;
}

/**
 * The only candidate, if nothing speaks against it. Contacts that only unproven submissions tie to the key do not count, or anybody
 * could make a person unrecognisable by sending a form with that person's address; unless no other contact has it.
 */
function findClear(candidates: readonly Candidate[], holders: readonly KeyHolder[]): Candidate | null {
  const isProven = ({ contactId }: Candidate) =>
    holders.some((holder) => holder.contactId === contactId && isProvenHolder(holder));
  const proven = candidates.filter(isProven);
  const isClear = ({ evidence }: Candidate) => evidence.against.length === 0;
  const [only, other] = proven.length > 0 ? proven : candidates.filter(isClear);
  return only && !other && isClear(only) ? only : null;
}

const isProvenHolder = ({ isProven = true }: KeyHolder): boolean => isProven;

function weigh(
  newcomer: ProviderValues,
  { contactId, fields }: Pick<KeyHolder, 'contactId' | 'fields'>,
  holders: readonly KeyHolder[],
): Evidence {
  const own = holders.filter((holder) => holder.contactId === contactId);
  const isShared = ({ key }: KeyHolder) =>
    holders.some(
      (other) =>
        other.contactId !== contactId && isProvenHolder(other) && other.key.kind === key.kind && other.key.value === key.value,
    );
  const against: Doubt[] = own.every(isShared) ? ['shared-key'] : [];
  return {
    keys: [...new Set(own.map(({ key }) => key.kind))],
    against: [...against, ...comparePeople(newcomer, fields).against],
  };
}

/** The kinds of key that two sets of values have in common. */
export function listCommonKeys(one: ProviderValues, other: ProviderValues, own?: OwnAddresses): IdentityKey['kind'][] {
  const known = new Set(withoutOwn(toIdentityKeys(one), own).map(({ kind, value }) => `${kind}/${value}`));
  const common = toIdentityKeys(other).filter(({ kind, value }) => known.has(`${kind}/${value}`));
  return [...new Set(common.map(({ kind }) => kind))];
}
