import { areNearCompanies } from './company.ts';
import { compareBirthdays } from './compare-birthdays.ts';
import { compareEmails, haveHouseholdMailbox, type KeyEvidence, type Strangers } from './compare-emails.ts';
import {
  areSurelyDistinct,
  compareNames,
  type GivenRelation,
  isWholeName,
  type NameRelation,
  withoutLesserNames,
} from './compare-names.ts';
import { comparePhones } from './compare-phones.ts';
import { type Evidence, type HardRule, toEvidence } from './evidence.ts';
import { weighOrganisations, weighPersonWithOrganisation } from './organisations.ts';
import { comparePlaces } from './place.ts';
import type { Profile } from './profile.ts';
import { type EvidenceKind, weights } from './weights.ts';

/**
 * The evidence for and against two parties being one. `strangers` counts the others that hold a key under a name of neither: it
 * makes the key a shared one.
 */
export function weigh(one: Profile, other: Profile, strangers: Strangers): Evidence {
  const kinds = new Set([one.kind, other.kind]);
  if (kinds.has('organisation')) {
    return kinds.has('person') ? weighPersonWithOrganisation(one, other, strangers) : weighOrganisations(one, other, strangers);
  }
  return weighPeople(one, other, strangers);
}

function weighPeople(one: Profile, other: Profile, strangers: Strangers): Evidence {
  const name = findRelation(one, other);
  const isWhole = name !== null && isWholeName(name.best);
  const emails = compareEmails(one, other, { strangers, isWhole });
  const phones = comparePhones(one, other, { strangers, isWhole });
  const birthday = compareBirthdays(one.birthdays, other.birthdays);
  const place = comparePlaces(one.places, other.places);
  const company = compareCompanies(one.companies, other.companies);
  const isOnlyName =
    name !== null &&
    !emails.kinds.some(supports) &&
    !phones.kinds.some(supports) &&
    !supports(birthday) &&
    !supports(place) &&
    !supports(company);
  const isAtHome = place === 'address-same' || place === 'address-street' || place === 'address-postcode';
  const isHousehold = name !== null && isClash(name.best.given) && haveHouseholdMailbox(one, other);
  const isOneKey = isAtHome && !isHousehold && (emails.common === 'own' || phones.kinds.includes('phone-mobile'));
  const toNamePart = (kind: EvidenceKind) => (kind === 'given-clash' && isOneKey ? 'given-wrong' : inMailbox(kind, emails));
  const kinds: (EvidenceKind | null)[] = [
    ...(name === null ? (['name-missing'] as const) : nameParts(name.best).map(toNamePart)),
    ...emails.kinds.map((kind) => {
      if (kind === 'email-same-named' && name !== null && isClash(name.best.given)) return 'email-of-one';
      if (kind === 'email-same' && isHousehold) return 'email-household';
      return kind === 'email-other' && phones.common === 'own' ? 'email-differs' : kind;
    }),
    ...phones.kinds.map((kind) => (kind === 'phone-other' && emails.common === 'own' ? 'phone-differs' : kind)),
    ...[
      birthday,
      place,
      company,
      isOnlyName
        ? name.best.given === 'given-same-common'
          ? ('nothing-but-common-name' as const)
          : ('nothing-but-name' as const)
        : null,
    ],
  ];
  const facts = { name, emails, phones, birthday, place, isFamilyMailbox: haveHouseholdMailbox(one, other) };
  return toEvidence(kinds, listRules(facts));
}

function inMailbox(kind: EvidenceKind, { kinds }: KeyEvidence): EvidenceKind {
  return kind === 'given-missing' && kinds.includes('email-same-named') ? 'given-in-mailbox' : kind;
}

function supports(kind: EvidenceKind | null): boolean {
  return kind !== null && weights[kind].points > 1;
}

interface FoundRelation {
  /** Of the two names that agree best. */
  best: NameRelation;
  /** Another name of one of them contradicts, and the best one is too weak to outweigh it. */
  isContradicted: boolean;
}

/** Compares every name of one with every name of the other; null when one of them has none. */
function findRelation(one: Profile, other: Profile): FoundRelation | null {
  const [ours, theirs] = [withoutLesserNames(one.names), withoutLesserNames(other.names)];
  const pairs = ours.flatMap((a) => theirs.map((b) => ({ a, b, relation: compareNames(a, b) })));
  const [best] = pairs.map(({ relation }) => relation).toSorted((a, b) => nameScore(b) - nameScore(a));
  if (!best) return null;
  const isStrong = best.given.includes('-same-') || best.given === 'given-typo' || best.given === 'given-nickname';
  return {
    best,
    isContradicted: !isStrong && pairs.some(({ a, b, relation }) => isClash(relation.given) && areSurelyDistinct(a, b)),
  };
}

const isClash = (given: GivenRelation): boolean => given === 'given-clash' || given === 'given-similar';

function nameScore(relation: NameRelation): number {
  return nameParts(relation).reduce((sum, kind) => sum + weights[kind].points, 0) - (relation.generation === 'clash' ? 9 : 0);
}

function nameParts({ given, family, middleClashes, generation }: NameRelation): EvidenceKind[] {
  return [
    given,
    family,
    ...(middleClashes ? (['middle-clash'] as const) : []),
    ...(generation === 'missing' ? (['generation-missing'] as const) : []),
  ];
}

interface Facts {
  name: FoundRelation | null;
  emails: KeyEvidence;
  phones: KeyEvidence;
  birthday: EvidenceKind | null;
  place: EvidenceKind | null;
  /** The mailbox that both have is called after the family. */
  isFamilyMailbox: boolean;
}

function listRules({ name, emails, phones, birthday, place, isFamilyMailbox }: Facts): HardRule[] {
  const best = name?.best ?? null;
  const given = best?.given ?? 'given-missing';
  const ownKeys = [emails, phones].filter(({ common }) => common === 'own').length;
  const keys = [emails, phones].filter(({ common }) => common !== 'none').length;
  const isBirthdaySure = birthday === 'birthday-same';
  const hasTwo = ownKeys === 2 || (ownKeys === 1 && isBirthdaySure);
  const hasEmail = emails.common === 'own';
  // The mailbox bears both names of the other record.
  const isNamed = emails.kinds.includes('email-same-named');
  const isAtHome = place === 'address-same';
  // A phone that others of the household do not answer, as a landline would be.
  const isMobile = phones.kinds.some((kind) => kind === 'phone-mobile' || kind === 'phone-extension');
  const isPersonal = hasTwo || (ownKeys === 1 && (isMobile || isAtHome));
  const rules: [HardRule, boolean][] = [
    ['given-names-clash', name !== null && (isClash(given) || name.isContradicted)],
    [
      'given-name-incomplete',
      (given === 'given-missing' || given === 'given-initial') &&
        (!hasTwo || (isFamilyMailbox && !isBirthdaySure && !isMobile)) &&
        !isNamed &&
        !(given === 'given-initial' && isMobile),
    ],
    [
      'given-name-varies',
      isVaried(given) &&
        (!hasEmail || isFamilyMailbox) &&
        !(ownKeys === 2 && given === 'given-nickname') &&
        !(
          given === 'given-nickname' &&
          (isMobile || (best?.isAmbiguous === false && (isPersonal || phones.kinds.includes('phone-same'))))
        ),
    ],
    [
      'family-name-missing',
      best?.family === 'family-missing' && !hasEmail && !isPersonal && !(given === 'given-same-rare' && ownKeys > 0),
    ],
    ['generations-differ', best?.generation === 'clash'],
    ['generation-missing', best?.generation === 'missing' && !hasTwo],
    ['honorifics-differ', best?.honorificsClash === true],
    ['several-people', best?.isGroup === true],
    [
      'birthdays-differ',
      birthday === 'birthday-other' &&
        ownKeys < 2 &&
        !((hasEmail || isMobile || keys === 2) && best !== null && isSameName(best)),
    ],
    ['generation-between-birthdays', birthday === 'birthday-generation'],
    ['no-key', keys === 0 && !(isBirthdaySure && isAtHome)],
  ];
  return rules.flatMap(([rule, applies]) => (applies ? rule : []));
}

const isSameName = ({ given, family }: NameRelation): boolean => given.includes('-same-') && family !== 'family-clash';

const isVaried = (given: GivenRelation): boolean =>
  given === 'given-nickname' || given === 'given-spelling' || given === 'given-one-of' || given === 'given-garbled';

/** The closest relation between the companies of two parties; null when one of them has none. */
function compareCompanies(ours: readonly string[], theirs: readonly string[]): EvidenceKind | null {
  if (ours.length === 0 || theirs.length === 0) return null;
  if (ours.some((one) => theirs.includes(one))) return 'company-same';
  return ours.some((one) => theirs.some((other) => areNearCompanies(one, other))) ? 'company-near' : 'company-other';
}
