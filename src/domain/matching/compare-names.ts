import {
  areNicknames,
  isCommonFamilyName,
  isCommonGivenName,
  isKnownGivenName,
  isRatherFamilyName,
  mayBeOneSex,
} from './name-tables.ts';
import type { NameParts } from './person-name.ts';
import { differByTypo, editDistance, toPlainLetters, toSound } from './spelling.ts';
import { type EvidenceKind, weights } from './weights.ts';

export type GivenRelation = Extract<EvidenceKind, `given-${string}`>;
export type FamilyRelation = Extract<EvidenceKind, `family-${string}`>;

/** How two names relate. */
export interface NameRelation {
  given: GivenRelation;
  family: FamilyRelation;
  /** Both have a second given name, and these differ. */
  middleClashes: boolean;
  generation: 'same' | 'missing' | 'clash';
  /** Mr and Mrs Ez: titles of different sexes, and no two given names that could tell. */
  honorificsClash: boolean;
  isGroup: boolean;
  /** A nickname that is more often of the other sex: Sam for Samantha. */
  isAmbiguous: boolean;
}

export function compareNames(a: NameParts, b: NameParts): NameRelation {
  // `Castellanos Owen` and `Castellanos Tim`: two people of one family, and not one who married.
  if (a.given[0] === b.given[0] && a.family[0] !== b.family[0] && isTurned(a) && isTurned(b)) return relate(turn(a), turn(b));
  const straight = relate(a, b);
  if (!isWeak(straight)) return straight;
  // Written the other way round: given `Smith`, family `John`. Which of the two is, is not known: the commoner reading counts.
  const readings = [relate(a, { ...b, given: b.family, family: b.given }), relate({ ...a, given: a.family, family: a.given }, b)];
  const [swapped = straight] = readings.toSorted((one, other) => toPoints(one) - toPoints(other));
  const isInitial = swapped.given === 'given-initial' && isNearlySame(swapped.family);
  return (isInitial || (isNearlySame(swapped.given) && isNearlySame(swapped.family))) && !isWeak(swapped) ? swapped : straight;
}

const turn = (name: NameParts): NameParts => ({ ...name, given: name.family, family: name.given });

/** Written the other way round, as far as the tables of names tell. */
function isTurned({ given: [given = '', ...others], family: [family = '', ...more] }: NameParts): boolean {
  if (others.length > 0 || more.length > 0 || !isKnownGivenName(family)) return false;
  return !isKnownGivenName(given) || (isRatherFamilyName(given) && !isRatherFamilyName(family));
}

/** Both names are complete and equal. */
export function isWholeName({ given, family }: Pick<NameRelation, 'given' | 'family'>): boolean {
  return isSame(given) && isSame(family);
}

/** Two names that cannot be two spellings of one person's name. */
export function areDistinct(a: NameParts, b: NameParts): boolean {
  const { given, family, generation } = compareNames(a, b);
  const isIncomplete = given === 'given-missing' || given === 'given-initial';
  return (
    given === 'given-clash' || given === 'given-similar' || (family === 'family-clash' && isIncomplete) || generation === 'clash'
  );
}

/**
 * Two names that are certainly of two people. Of garbled names and of names with their parts swapped, `areDistinct` is not certain: they
 * make no key shared.
 */
export function areSurelyDistinct(a: NameParts, b: NameParts): boolean {
  if (!areDistinct(a, b)) return false;
  const [one, other] = [a.given.join(''), b.given.join('')];
  const isSwapped = b.family.includes(a.given[0] ?? '') || a.family.includes(b.given[0] ?? '');
  return !isSwapped && ((isKnownGivenName(a.given[0] ?? '') && isKnownGivenName(b.given[0] ?? '')) || !shareLetters(one, other));
}

/**
 * The names of one party without those that another of them is fuller than: `Smith` and `J Smith` beside `John Smith`, and
 * `Smith John` where the name is known to be John Smith.
 */
export function withoutLesserNames(names: readonly NameParts[]): readonly NameParts[] {
  if (names.length < 2) return names;
  return names.filter((name) => !names.some((other) => other !== name && (isLesser(name, other) || isSwapOf(name, other))));
}

function isLesser(name: NameParts, { given, family }: NameParts): boolean {
  const [words, fuller] = [
    [...name.given, ...name.family],
    [...given, ...family],
  ];
  const isInitial = name.given.length === 1 && name.given[0]?.length === 1;
  const isIncomplete = isInitial || name.given.length === 0 || name.family.length === 0;
  if (name.isGroup || !isIncomplete || given.join('').length < 2 || family.length === 0) return false;
  if (words.join('').length >= fuller.join('').length) return false;
  return words.every((word) => (word.length === 1 ? given[0]?.startsWith(word) : fuller.includes(word)));
}

function isSwapOf({ given, family }: NameParts, other: NameParts): boolean {
  const [one, two] = [given.join(''), family.join('')];
  const isTurned = one !== '' && two !== '' && one === other.family.join('') && editDistance(two, other.given.join(''), 1) <= 1;
  return isTurned && isKnownGivenName(other.given.join('')) && !isKnownGivenName(one);
}

/** Most letters of the shorter word are letters of the other, in any order. */
function shareLetters(one: string, other: string): boolean {
  const left = [...other];
  const common = [...one].filter((letter) => {
    const at = left.indexOf(letter);
    if (at >= 0) left.splice(at, 1);
    return at >= 0;
  }).length;
  return Math.max(one.length, other.length) > 0 && common >= 0.75 * Math.max(one.length, other.length) - 0.01;
}

const isNearlySame = (kind: EvidenceKind): boolean => isSame(kind) || /-(?:typo|garbled|nickname|spelling|part)$/.test(kind);

const isSame = (kind: EvidenceKind): boolean => kind.includes('-same-');

function isWeak(relation: NameRelation): boolean {
  return toPoints(relation) < 0;
}

function toPoints({ given, family }: NameRelation): number {
  return weights[given].points + weights[family].points;
}

function relate(a: NameParts, b: NameParts): NameRelation {
  const given = compareGiven(a.given, b.given);
  const isKnown = a.given.length > 0 && b.given.length > 0;
  return {
    given,
    family: compareFamily(a.family, b.family),
    middleClashes: isSame(given) && clash(a.given[1], b.given[1]),
    generation: a.generation === b.generation ? 'same' : a.generation === null || b.generation === null ? 'missing' : 'clash',
    honorificsClash: !isKnown && a.honorific !== null && b.honorific !== null && a.honorific !== b.honorific,
    isGroup: a.isGroup || b.isGroup,
    isAmbiguous: !mayBeOneSex(a.given[0] ?? '', b.given[0] ?? ''),
  };
}

/** An initial agrees with every name that it begins, and an absent name with all. */
function clash(one: string | undefined, other: string | undefined): boolean {
  if (one === undefined || other === undefined) return false;
  return !one.startsWith(other) && !other.startsWith(one) && !areNicknames(one, other) && !differByTypo(one, other);
}

function compareGiven(a: readonly string[], b: readonly string[]): GivenRelation {
  const written = compareWords(a, b);
  if (weights[written].points > 1 || a.length === 0 || b.length === 0 || !(isTorn(a) || isTorn(b))) return written;
  const joined = compareWords([a.join('')], [b.join('')]);
  return weights[joined].points > weights[written].points ? joined : written;
}

/** `Ja cob`: a slip of the space bar. */
function isTorn(words: readonly string[]): boolean {
  return words.length > 1 && words.join('').length >= 4 && words.some((word) => word.length > 1) && !words.some(isKnownGivenName);
}

function compareWords(a: readonly string[], b: readonly string[]): GivenRelation {
  const [[one, ...more], [other, ...others]] = [a, b];
  if (one === undefined || other === undefined) return 'given-missing';
  if (one === other) return sameGiven(one);
  if (a.join('') === b.join('')) return sameGiven(a.join(''));
  if (haveOtherNumbers(one, other)) return 'given-clash';
  if (more.includes(other) || others.includes(one)) return 'given-one-of';
  if (one.length === 1 || other.length === 1) return one[0] === other[0] ? 'given-initial' : 'given-clash';
  if (areKnown(one, other) && areSpellings(one, other)) return 'given-spelling';
  if (isFeminine(one, other) || isFeminine(other, one)) return 'given-similar';
  if (areNicknames(one, other) || isShortForm(one, other) || isShortForm(other, one)) return 'given-nickname';
  return compareSpelling(one, other);
}

/** No name has a number; where one stands in its place, such as `Guest 12`, the number tells the two apart. */
function haveOtherNumbers(one: string, other: string): boolean {
  return one.replace(/\D/g, '') !== other.replace(/\D/g, '');
}

function sameGiven(name: string): GivenRelation {
  if (name.length === 1) return 'given-initial';
  return isCommonGivenName(name) ? 'given-same-common' : 'given-same-rare';
}

/** `Ben` of `Benjamin`, as far as no table says so. */
function isShortForm(short: string, long: string): boolean {
  return short.length >= 3 && long.length >= short.length + 2 && long.startsWith(short) && mayBeOneSex(short, long);
}

/** Jean and Jeanne, Paul and Pauline: the woman's name is made from the man's. */
function isFeminine(short: string, long: string): boolean {
  return long.startsWith(short) && /^(?:ne|te|le|se|ina|ine|ette|etta|elle|ella)$/.test(long.slice(short.length));
}

function compareSpelling(one: string, other: string): GivenRelation {
  const isOneName = mayBeOneSex(one, other) && !differInEnding(one, other);
  if (!areKnown(one, other) && (differByTypo(one, other) || areSpellings(one, other)))
    return isOneName && !beginDifferently(one, other) ? 'given-typo' : 'given-similar';
  if (isKnownGivenName(one) !== isKnownGivenName(other) && isGarbled(one, other)) return 'given-garbled';
  return editDistance(one, other, 2) <= 1 && mayBeOneSex(one, other) ? 'given-similar' : 'given-clash';
}

const areKnown = (one: string, other: string): boolean => isKnownGivenName(one) && isKnownGivenName(other);

/** One name in two spellings, such as Kathrine and Katherine. */
function areSpellings(one: string, other: string): boolean {
  return mayBeOneSex(one, other) && toPlainLetters(one) === toPlainLetters(other) && !differInEnding(one, other);
}

/** Two slips, as in `Hrra` for `Harry`. */
function isGarbled(one: string, other: string): boolean {
  const sorted = [one, other].map((name) => [...name].toSorted().join(''));
  const isShuffled = sorted[0] === sorted[1];
  const isShort = Math.min(one.length, other.length) < 4;
  return isShuffled || editDistance(one, other, 2) <= (isShort ? 1 : 2);
}

/** Erik and Erika, Mario and Maria: the last vowel tells the sexes apart in many languages. */
function differInEnding(one: string, other: string): boolean {
  const stem = (name: string) => name.replace(/[aeiou]$/, '');
  return one !== other && stem(one) === stem(other);
}

/** Amira and Samira are two names. A slip at the first letter is told from them where one of the two is known. */
function beginDifferently(one: string, other: string): boolean {
  const isSwap = one[0] === other[1] && one[1] === other[0];
  return one[0] !== other[0] && !isSwap && !isKnownGivenName(one) && !isKnownGivenName(other);
}

function compareFamily(a: readonly string[], b: readonly string[]): FamilyRelation {
  const [one, other] = [a.join(''), b.join('')];
  if (one === '' || other === '') return 'family-missing';
  if (one === other) return sameFamily(a, one);
  if (haveOtherNumbers(one, other)) return 'family-clash';
  if (one.length === 1 || other.length === 1) return one[0] === other[0] ? 'family-initial' : 'family-clash';
  if (a.some((word) => word.length > 2 && b.includes(word))) return 'family-part';
  if (differByTypo(one, other) || isSlipInShort(one, other) || toPlainLetters(one) === toPlainLetters(other))
    return 'family-typo';
  if (toSound(one) === toSound(other) && editDistance(one, other, 2) <= 2) return 'family-typo';
  return isCommonFamilyName(one) !== isCommonFamilyName(other) && isGarbled(one, other) ? 'family-garbled' : 'family-clash';
}

function isSlipInShort(one: string, other: string): boolean {
  return Math.min(one.length, other.length) === 3 && one[0] === other[0] && editDistance(one, other, 1) === 1;
}

function sameFamily(words: readonly string[], name: string): FamilyRelation {
  if (name.length === 1) return 'family-initial';
  return isCommonFamilyName(words.length === 1 ? name : (words.at(-1) ?? name)) ? 'family-same-common' : 'family-same-rare';
}
