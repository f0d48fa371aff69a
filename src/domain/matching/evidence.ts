import { type EvidenceKind, weights } from './weights.ts';

/** One piece of evidence and the points that it gave. */
export interface ScorePart {
  kind: EvidenceKind;
  points: number;
}

/** A reason why two records are not merged by themselves, whatever their score. */
export type HardRule = keyof typeof hardRules;

/** Each rule as people read it. */
export const hardRules = {
  'given-names-clash': 'the given names differ',
  'given-name-incomplete': 'a given name is missing or only an initial, and there is too little else',
  'given-name-varies': 'the given names are not the same, and only a phone number or less connects them',
  'family-name-missing': 'a family name is missing, and only a phone number or less connects them',
  'generations-differ': 'Sr. against Jr., or II against III',
  'generation-missing': 'Jr., Sr. or a number on one side only, and too little else: they may be father and son',
  'honorifics-differ': 'Mr. against Mrs.',
  'several-people': 'a name is of several people, of a family or of an estate',
  'birthdays-differ': 'the birthdays differ, and there is too little else',
  'generation-between-birthdays': 'a generation lies between the birthdays',
  'no-key': 'no email and no phone number in common',
  unnamed: 'one of them has no name',
  'organisations-differ': 'the company names differ',
  'person-and-organisation': 'one is a person, the other an organisation',
  rival: 'another contact is about as likely, and the two are not one person',
  'rejected-meanwhile': 'a person has decided that a record of this contact is of somebody else',
  'too-many-records': 'the contact has many records already',
  'too-many-merges': 'many contacts were merged within the last hour',
  'ask-first': 'merges wait for a person under `mode: ask-first`',
} as const;

/** Why two records are taken for one person, or not. */
export interface Evidence {
  score: number;
  /** The strongest first. */
  parts: ScorePart[];
  /** Empty for a merge. */
  rules: HardRule[];
}

/** The sum of the weights, and the rules that applied. */
export function toEvidence(kinds: readonly (EvidenceKind | null)[], rules: HardRule[]): Evidence {
  const parts: ScorePart[] = kinds.flatMap((kind) => (kind === null ? [] : { kind, points: weights[kind].points }));
  return {
    score: parts.reduce((sum, { points }) => sum + points, 0),
    parts: parts.toSorted((a, b) => Math.abs(b.points) - Math.abs(a.points)),
    rules,
  };
}

/** The evidence in words, the strongest first: `same mobile number +6`. */
export function explain({ parts, rules }: Pick<Evidence, 'parts' | 'rules'>): string[] {
  const sign = (points: number) => (points > 0 ? `+${points}` : `−${-points}`);
  return [...parts.map(({ kind, points }) => `${weights[kind].says} ${sign(points)}`), ...rules.map((rule) => hardRules[rule])];
}

/** Evidence as it is stored with a candidate or a merge, and shown to people. */
export interface StoredEvidence {
  score: number;
  parts: (ScorePart & { says: string })[];
  /** Why the two were not merged, as names and in words. Empty for a merge. */
  rules: HardRule[];
  reasons: string[];
  /** The kinds of key that both have. */
  keys: ('email' | 'phone')[];
  /** As `rules`, by the name that the API had first. */
  against: HardRule[];
}

export function toStoredEvidence({ score, parts, rules }: Evidence): StoredEvidence {
  const keyOf = { email: /^email-(?:same|shared|of-one)/, phone: /^phone-(?!other|differs|digit-off)/ };
  return {
    score,
    parts: parts.map((part) => ({ ...part, says: weights[part.kind].says })),
    rules,
    reasons: rules.map((rule) => hardRules[rule]),
    keys: (['email', 'phone'] as const).filter((kind) => parts.some((part) => keyOf[kind].test(part.kind))),
    against: rules,
  };
}

/** The evidence without a comparison, where something else connects two contacts. */
export function evidenceOf(...rules: HardRule[]): Evidence {
  return { score: 0, parts: [], rules };
}
