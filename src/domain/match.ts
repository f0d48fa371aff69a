import type { ContactFields, ProviderValues } from './contact.ts';
import { emailMatchKey } from './normalize/email.ts';
import { namesCompatible, normalizeName, sameName } from './normalize/name.ts';
import { isMatchKey } from './normalize/phone.ts';

/** A value that may say who somebody is: as long as only one contact has it. */
export interface IdentityKey {
  kind: 'email' | 'phone';
  value: string;
}

export interface KeyHolder {
  contactId: string;
  key: IdentityKey;
  fields: ContactFields;
}

export interface Evidence {
  /** What both have. */
  keys: IdentityKey['kind'][];
  /** Why it was not enough; empty where it was. */
  against: Doubt[];
}

export type Doubt =
  | 'shared-key'
  | 'name-missing'
  | 'name-differs'
  | 'email-differs'
  | 'birthday-differs'
  | 'several-contacts'
  | 'same-provider';

export type Match =
  | { kind: 'new' }
  | { kind: 'matched'; contactId: string; evidence: Evidence }
  /** For a person to decide. */
  | { kind: 'suggested'; candidates: { contactId: string; evidence: Evidence }[] };

export function identityKeys({ emails = [], phones = [] }: Pick<ProviderValues, 'emails' | 'phones'>): IdentityKey[] {
  const addresses = emails.flatMap(({ address }) => emailMatchKey(address) ?? []);
  // Without the extension: behind one number there may be a whole house, and that is what sharing is about.
  const numbers = phones.filter((phone) => isMatchKey(phone) && phone.extension === null).flatMap(({ e164 }) => e164 ?? []);
  return [
    ...[...new Set(addresses)].map((value) => ({ kind: 'email' as const, value })),
    ...[...new Set(numbers)].map((value) => ({ kind: 'phone' as const, value })),
  ];
}

/**
 * Is the newcomer somebody we know? Yes on a key that one contact alone has, a name on both sides that fits, and nothing that
 * contradicts. Everything weaker is for a person to decide.
 */
export function findMatch(newcomer: ProviderValues, holders: readonly KeyHolder[]): Match {
  if (holders.length === 0) return { kind: 'new' };
  const contactIds = [...new Set(holders.map(({ contactId }) => contactId))];
  const candidates = contactIds.map((contactId) => ({ contactId, evidence: weigh(newcomer, contactId, holders) }));
  const [only] = candidates;
  if (only && candidates.length === 1 && only.evidence.against.length === 0) return { kind: 'matched', ...only };
  const several: Doubt[] = candidates.length > 1 ? ['several-contacts'] : [];
  return {
    kind: 'suggested',
    candidates: candidates.map(({ contactId, evidence }) => ({
      contactId,
      evidence: { ...evidence, against: [...evidence.against, ...several] },
    })),
  };
}

function weigh(newcomer: ProviderValues, contactId: string, holders: readonly KeyHolder[]): Evidence {
  const own = holders.filter((holder) => holder.contactId === contactId);
  const fields = own[0]?.fields as ContactFields;
  const isShared = ({ key }: KeyHolder) =>
    holders.some((other) => other.contactId !== contactId && other.key.kind === key.kind && other.key.value === key.value);
  const against: Doubt[] = own.every(isShared) ? ['shared-key'] : [];
  return { keys: [...new Set(own.map(({ key }) => key.kind))], against: [...against, ...contradictions(newcomer, fields)] };
}

function contradictions(newcomer: ProviderValues, known: ContactFields): Doubt[] {
  const doubts: Doubt[] = [];
  const name = { givenName: newcomer.givenName ?? null, familyName: newcomer.familyName ?? null };
  if (!hasName(name) || !hasName(known)) doubts.push('name-missing');
  else if (!namesCompatible(name, known)) doubts.push('name-differs');
  const familyDiffers = name.familyName !== null && known.familyName !== null && !sameName(name.familyName, known.familyName);
  if (familyDiffers && emailsDiffer(newcomer, known)) doubts.push('email-differs');
  if (newcomer.birthday && known.birthday && newcomer.birthday.slice(-5) !== known.birthday.slice(-5))
    doubts.push('birthday-differs');
  return doubts;
}

function hasName({ givenName, familyName }: { givenName: string | null; familyName: string | null }): boolean {
  return normalizeName(givenName) !== null || normalizeName(familyName) !== null;
}

function emailsDiffer({ emails = [] }: ProviderValues, known: ContactFields): boolean {
  if (emails.length === 0 || known.emails.length === 0) return false;
  const theirs = new Set(emails.map(({ address }) => address));
  return !known.emails.some(({ address }) => theirs.has(address));
}
