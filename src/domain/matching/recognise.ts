import type { Strangers } from './compare-emails.ts';
import { areDistinct, areSurelyDistinct, compareNames } from './compare-names.ts';
import { manyStrangers } from './compare-phones.ts';
import type { Evidence, HardRule } from './evidence.ts';
import { isConnecting, type MatchKey } from './match-keys.ts';
import type { Profile } from './profile.ts';
import { weigh } from './weigh.ts';
import { defaultThresholds, type Thresholds } from './weights.ts';

/** `auto` merges certain matches, `ask-first` asks about them instead, `off` does neither. */
export type MatchingMode = 'auto' | 'ask-first' | 'off';

export interface MatchingRules extends Thresholds {
  mode: MatchingMode;
  /** A contact with this many records gets no more of them without a person's decision. */
  maxRecords: number;
}

export const defaultRules: MatchingRules = { mode: 'auto', maxRecords: 10, ...defaultThresholds };

/** A contact that has keys in common with the subject. */
export interface Holder {
  contactId: string;
  profile: Profile;
  /** The keys in common. */
  keys: readonly MatchKey[];
  /** How many records the contact has. Default: unknown, and few. */
  records?: number;
  /** Keys that only unproven form submissions have named: they make no key shared. */
  unproven?: readonly string[];
  /** Contacts of which a person decided that they are somebody else. */
  rejected?: readonly string[];
}

export interface Candidate {
  contactId: string;
  evidence: Evidence;
}

export type Decision =
  | { kind: 'merge'; contactId: string; evidence: Evidence }
  /** A person decides. The likeliest comes first. */
  | { kind: 'ask'; candidates: Candidate[] }
  | { kind: 'new' };

export interface Subject {
  profile: Profile;
  /** Null for a record that has no contact yet. */
  contactId: string | null;
}

/** Candidates that score this much less than the best are no rivals, and not asked about as long as the best is open. */
const rivalPoints = 3;
/** From this many contacts of one name on, the name alone is no reason to ask. */
const maxNamesakes = 4;
/** How many contacts one question is about. */
const maxCandidates = 5;

/**
 * Decides which contact a party is: the one decision for a record that is read for the first time, for a record that is found before a
 * create, and for a contact that is looked at again. A pair that a person has rejected is not compared.
 */
export function recognise(subject: Subject, holders: readonly Holder[], rules: MatchingRules): Decision {
  if (rules.mode === 'off') return { kind: 'new' };
  const strangers = countStrangers(subject.profile, holders);
  const isCommonHere = holders.filter(({ keys }) => keys.some(({ kind }) => kind === 'name')).length >= maxNamesakes;
  const candidates = holders
    .filter(({ rejected = [] }) => subject.contactId === null || !rejected.includes(subject.contactId))
    .map((holder) => ({ holder, evidence: weigh(subject.profile, holder.profile, strangers(holder)) }))
    .filter(({ evidence }) => isAskable(evidence, rules))
    .filter(({ evidence }) => !isCommonHere || !hasOnlyName(evidence))
    .toSorted((a, b) => b.evidence.score - a.evidence.score || (a.holder.contactId < b.holder.contactId ? -1 : 1));
  const best = candidates.find(({ evidence }) => evidence.rules.length === 0 && evidence.score >= rules.mergeAt);
  if (best) {
    const doubts: HardRule[] = [
      ...(candidates.some((other) => isRival(other, best)) ? (['rival'] as const) : []),
      ...((best.holder.records ?? 0) >= rules.maxRecords ? (['too-many-records'] as const) : []),
      ...(rules.mode === 'ask-first' ? (['ask-first'] as const) : []),
    ];
    if (doubts.length === 0) return { kind: 'merge', contactId: best.holder.contactId, evidence: best.evidence };
    best.evidence = { ...best.evidence, rules: doubts };
  }
  return ask(candidates);
}

/**
 * The contacts that the subject's own records no longer match: an older question about it and one of them is
 * settled. That others have come to use their email or number settles nothing.
 */
export function listRuledOut({ profile }: Subject, holders: readonly Holder[], rules: MatchingRules): string[] {
  if (rules.mode === 'off') return [];
  const ruledOut = holders.filter(
    (holder) =>
      !isAskable(
        weigh(profile, holder.profile, () => 0),
        rules,
      ),
  );
  return ruledOut.map(({ contactId }) => contactId);
}

function isAskable({ score, rules: applied }: Evidence, { askAt }: Thresholds): boolean {
  return score >= askAt && !applied.some((rule) => exclusions.has(rule));
}

function hasOnlyName({ parts, rules }: Evidence): boolean {
  return (
    rules.includes('no-key') && !parts.some(({ kind, points }) => points > 1 && /^(?:birthday|address|company|email)-/.test(kind))
  );
}

interface Weighed {
  holder: Holder;
  evidence: Evidence;
}

/**
 * Asks about the likeliest candidate, and about others of about its score that are somebody else than it. The rest may be the
 * same person as the likeliest: they are looked at again once the question is answered.
 */
function ask(candidates: readonly Weighed[]): Decision {
  const [first, ...others] = candidates;
  if (!first) return { kind: 'new' };
  const isOther = (other: Weighed) =>
    isRival(other, first) || (isNear(other, first) && haveOtherFamilies(other.holder, first.holder));
  const rivals = others.filter(isOther);
  const asked = [first, ...rivals].slice(0, maxCandidates);
  return { kind: 'ask', candidates: asked.map(({ holder, evidence }) => ({ contactId: holder.contactId, evidence })) };
}

const isNear = ({ evidence }: Weighed, best: Weighed): boolean => evidence.score >= best.evidence.score - rivalPoints;

/** Maria Lopez and Maria Kowalski: most likely two people, and never certainly. */
function haveOtherFamilies({ profile: a }: Holder, { profile: b }: Holder): boolean {
  const relations = a.names.flatMap((one) => b.names.map((other) => compareNames(one, other).family));
  return relations.length > 0 && relations.every((relation) => relation === 'family-clash');
}

/** Rules that leave nothing to ask. */
const exclusions = new Set<HardRule>(['generations-differ', 'generation-between-birthdays']);

/** Rules by which the subject is certainly not the candidate. */
export const contradictions: ReadonlySet<HardRule> = new Set<HardRule>([
  'given-names-clash',
  'honorifics-differ',
  'birthdays-differ',
  'person-and-organisation',
  'generations-differ',
  'generation-between-birthdays',
  'organisations-differ',
]);

/** Rules under which a copy of one of the two is no double of the other, whatever a person decides. */
export const rulesAgainstDoubles: readonly HardRule[] = [...contradictions, 'no-key'];

/** Whether another candidate of about the same score is certainly somebody else. */
function isRival({ holder, evidence }: Weighed, best: Weighed): boolean {
  if (holder === best.holder || !isNear({ holder, evidence }, best)) return false;
  if (evidence.rules.some((rule) => contradictions.has(rule))) return false;
  return isRejected(holder, best.holder) || areStrangers(holder.profile, best.holder.profile);
}

function isRejected(a: Holder, b: Holder): boolean {
  return a.rejected?.includes(b.contactId) === true || b.rejected?.includes(a.contactId) === true;
}

/** For a pair, how many other holders a key has under a name of neither. Two records of one person share no key. */
function countStrangers(subject: Profile, holders: readonly Holder[]): (candidate: Holder) => Strangers {
  const byKey = new Map<string, Holder[]>();
  for (const holder of holders) {
    for (const { value } of holder.keys.filter(isConnecting)) {
      if (!holder.unproven?.includes(value)) byKey.set(value, [...(byKey.get(value) ?? []), holder]);
    }
  }
  const ofNeither = new Map<Holder, boolean>();
  const isOfOther = (holder: Holder) => {
    const known = ofNeither.get(holder) ?? areStrangers(holder.profile, subject, areSurelyDistinct);
    ofNeither.set(holder, known);
    return known;
  };
  return (candidate) => (key) => {
    let count = 0;
    for (const other of byKey.get(key) ?? []) {
      if (count === manyStrangers) break;
      if (other !== candidate && isOfOther(other) && areStrangers(other.profile, candidate.profile, areSurelyDistinct))
        count += 1;
    }
    return count;
  };
}

/** Whether every name of one is distinct from every name of the other. Nothing is known of a party without a name. */
function areStrangers(a: Profile, b: Profile, differ = areDistinct): boolean {
  if (a.kind === 'nameless' || b.kind === 'nameless') return false;
  if (a.kind !== b.kind) return true;
  if (a.kind === 'organisation') return a.companies.every((company) => !b.companies.includes(company));
  return a.names.every((one) => b.names.every((other) => differ(one, other)));
}
