import type { ProviderValues } from '#domain/contact.ts';
import {
  findGeneration,
  findHonorificGender,
  listGivenNames,
  namesCompatible,
  normalizeName,
  sameName,
  splitSuffix,
} from '#domain/normalize/name.ts';

/** The values of a record that identify its person. */
export type PersonValues = Pick<ProviderValues, 'givenName' | 'middleName' | 'familyName' | 'nameSuffix' | 'emails' | 'birthday'>;

/** A reason against two records being of one person. */
export type PersonDoubt =
  | 'name-missing'
  | 'name-differs'
  | 'suffix-differs'
  | 'honorific-differs'
  | 'email-differs'
  | 'birthday-differs';

export interface Comparison {
  /**
   * `same`: nothing speaks against one person. `maybe`: not enough is known, and a person decides. `different`: the two contradict
   * each other.
   */
  verdict: 'same' | 'maybe' | 'different';
  /** Empty for `same`. */
  against: PersonDoubt[];
}

/**
 * Whether two records that share a phone number or email are of one person. The one decision for recognising a record that is read
 * for the first time and for adopting one that is found before a create.
 */
export function comparePeople(one: PersonValues, other: PersonValues): Comparison {
  const against = [...compareNames(one, other), ...compareEmails(one, other), ...compareBirthdays(one, other)];
  if (against.length === 0) return { verdict: 'same', against };
  const isContradiction = against.some((doubt) => contradictions.has(doubt)) || givenNamesDiffer(one, other);
  return { verdict: isContradiction ? 'different' : 'maybe', against };
}

const contradictions = new Set<PersonDoubt>(['suffix-differs', 'honorific-differs', 'birthday-differs']);

function compareNames(one: PersonValues, other: PersonValues): PersonDoubt[] {
  const [a, b] = [nameOf(one), nameOf(other)];
  const isNamed = [a, b].every(({ givenName, familyName }) => normalizeName(givenName) ?? normalizeName(familyName));
  if (!isNamed) return ['name-missing'];
  return [
    ...(namesCompatible(a, b) ? [] : (['name-differs'] as const)),
    ...(differ(findGeneration(a), findGeneration(b)) ? (['suffix-differs'] as const) : []),
    ...(honorificsDiffer(one, other) ? (['honorific-differs'] as const) : []),
  ];
}

/** Mr and Mrs Ez share a household and a name. With two given names that agree, a wrong title is a slip. */
function honorificsDiffer(one: PersonValues, other: PersonValues): boolean {
  const [a, b] = [nameOf(one), nameOf(other)];
  const named = [a, b].filter((name) => listGivenNames(name).length > 0);
  return named.length < 2 && differ(findHonorificGender(a), findHonorificGender(b));
}

/** Known on both sides, and not equal. */
function differ(a: string | null, b: string | null): boolean {
  return a !== null && b !== null && a !== b;
}

function givenNamesDiffer(one: PersonValues, other: PersonValues): boolean {
  const [a, b] = [nameOf(one), nameOf(other)];
  const [given, otherGiven] = [a, b].map((name) => ({ givenName: listGivenNames(name).join(' ') || null, familyName: null }));
  return given !== undefined && otherGiven !== undefined && !namesCompatible(a, b) && !namesCompatible(given, otherGiven);
}

function compareEmails(one: PersonValues, other: PersonValues): PersonDoubt[] {
  const [{ familyName }, { familyName: otherFamily }] = [nameOf(one), nameOf(other)];
  const familyDiffers = familyName !== null && otherFamily !== null && !sameName(familyName, otherFamily);
  const [emails, others] = [one.emails ?? [], other.emails ?? []];
  if (!familyDiffers || emails.length === 0 || others.length === 0) return [];
  const addresses = new Set(emails.map(({ address }) => address));
  return others.some(({ address }) => addresses.has(address)) ? [] : ['email-differs'];
}

/** A year counts where both sides know it: a grandparent and a grandchild may have one name and one day. */
function compareBirthdays({ birthday }: PersonValues, { birthday: other }: PersonValues): PersonDoubt[] {
  if (!birthday || !other) return [];
  const isYearKnown = !birthday.startsWith('--') && !other.startsWith('--');
  const equal = isYearKnown ? birthday === other : birthday.slice(-5) === other.slice(-5);
  return equal ? [] : ['birthday-differs'];
}

function nameOf({ givenName = null, middleName = null, familyName = null, nameSuffix = null }: PersonValues) {
  return { givenName, middleName, ...(nameSuffix === null ? splitSuffix(familyName) : { familyName, nameSuffix }) };
}
