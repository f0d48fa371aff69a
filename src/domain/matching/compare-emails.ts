import { isMailService } from '#domain/normalize/email.ts';
import { isRatherFamilyName } from './name-tables.ts';
import type { NameParts } from './person-name.ts';
import type { EmailParts, Profile } from './profile.ts';
import { editDistance, toSpelling } from './spelling.ts';
import { type EvidenceKind, weights } from './weights.ts';

/** How many others hold a key, an email's or a phone's, under names of neither party. */
export type Strangers = (key: string) => number;

export interface KeyContext {
  strangers: Strangers;
  /** The names of both are complete and equal. */
  isWhole: boolean;
}

export interface KeyEvidence {
  kinds: EvidenceKind[];
  /** `own`: a key in common that nobody else has. */
  common: 'none' | 'shared' | 'own';
}

/** Compares the emails of two people, by the pair that says most. */
export function compareEmails(one: Profile, other: Profile, context: KeyContext): KeyEvidence {
  const [ours, theirs] = [one.emails, other.emails];
  const names = [...one.names, ...other.names];
  const same = ours.filter(({ key }) => theirs.some((their) => their.key === key));
  if (same.length > 0) {
    const kinds = same.map((email) => sameKind(email, names, context));
    return { kinds: strongest(kinds), common: kinds.some(isOwn) ? 'own' : 'shared' };
  }
  const pairs = ours.flatMap((our) => theirs.map((their) => ({ our, their })));
  const near = pairs.flatMap(({ our, their }) => nearKind(our, their, names) ?? []);
  if (near.length > 0) return { kinds: [...strongest(near), ...otherKind(near)], common: 'none' };
  const namesOther = namesParty(ours, other, one) || namesParty(theirs, one, other);
  if (namesOther) return { kinds: ['email-names-other'], common: 'none' };
  const own = [ours, theirs].map((emails) => emails.filter(({ isRole }) => !isRole));
  return { kinds: own.every(({ length }) => length > 0) ? ['email-other'] : [], common: 'none' };
}

const isOwn = (kind: EvidenceKind): boolean => kind === 'email-same' || kind === 'email-same-named';

/** Colleagues have other emails, too. */
function otherKind(near: readonly EvidenceKind[]): EvidenceKind[] {
  return near.every((kind) => kind === 'email-colleague') ? ['email-other'] : [];
}

export function strongest(kinds: readonly EvidenceKind[]): EvidenceKind[] {
  return kinds.toSorted((a, b) => weights[b].points - weights[a].points).slice(0, 1);
}

function sameKind(email: EmailParts, names: readonly NameParts[], { strangers, isWhole }: KeyContext): EvidenceKind {
  const isNamed = names.some((name) => bearsName(email, name));
  if (!email.isRole && strangers(email.key) === 0) return isNamed ? 'email-same-named' : 'email-same';
  if (isNamed && !email.isRole) return 'email-shared-named';
  return isWhole && !email.isRole ? 'email-shared-same-name' : 'email-shared';
}

/** Whether the mailbox is called after the person: both names, or the given name and the initial of the family name. */
export function bearsName({ local }: Pick<EmailParts, 'local'>, { given: [given = ''], family }: NameParts): boolean {
  const letters = toSpelling(local).replace(/\d/g, '');
  const name = family.join('');
  if (given.length < 2 || name.length < 2 || !letters.includes(given)) return false;
  const rest = letters.replace(given, '');
  if (name.length >= 3 && rest.includes(name)) return true;
  // `cyoung@` is of a C. Young, also where Carl's names were entered the other way round.
  return given.length >= 4 && !isRatherFamilyName(given) && rest !== '' && rest === name.slice(0, rest.length);
}

/** Whether a mailbox of both is called after the family and nobody of it: `smiths@`, `lund.family@`, `the_dents@`. */
export function haveHouseholdMailbox(one: Profile, other: Profile): boolean {
  const families = [...one.names, ...other.names].map(({ family }) => family.join('')).filter(({ length }) => length >= 3);
  const isOfFamily = ({ local }: EmailParts) => {
    const letters = toSpelling(local).replace(/\d/g, '');
    return householdWords.has(letters) || families.some((family) => isHouseholds(letters, family));
  };
  return one.emails.some((email) => other.emails.some(({ key }) => key === email.key) && isOfFamily(email));
}

function isHouseholds(letters: string, family: string): boolean {
  const [before, after, ...more] = letters.split(family);
  return (
    before !== undefined && after !== undefined && more.length === 0 && householdWords.has(before) && householdWords.has(after)
  );
}

const householdWords = new Set([
  '',
  's',
  'es',
  'the',
  'family',
  'home',
  'house',
  'household',
  'clan',
  'familie',
  'famille',
  'familia',
  'famiglia',
  'haus',
]);

function nearKind(our: EmailParts, their: EmailParts, names: readonly NameParts[]): EvidenceKind | null {
  if (our.isRole || their.isRole) return null;
  const [locals, hosts] = [
    [our.local, their.local],
    [our.host, their.host],
  ].map(([a = '', b = '']) => editDistance(a, b, 2));
  if (locals === 0 && (hosts === 1 || hosts === 2) && isMisspelt(our.host, their.host)) return 'email-typo';
  if (hosts === 0 && locals === 1 && isSlip(our.local, their.local)) return 'email-typo';
  if (hosts === 0 && !isMailService(our.host) && names.length > 0) return isCompanyHost(our, their) ? 'email-colleague' : null;
  return locals === 0 && isTelling(our, names) ? 'email-local-part' : null;
}

/** `gmial.com`; not `gmx.de` and `gmx.at`, which are two hosts. */
function isMisspelt(a: string, b: string): boolean {
  return !(isMailService(a) && isMailService(b)) && a.length > 6;
}

/** One letter apart. `smith1` and `smith2` are two mailboxes. */
function isSlip(a: string, b: string): boolean {
  const digits = (text: string) => text.replace(/\D/g, '');
  return Math.min(a.length, b.length) >= 6 && digits(a) === digits(b);
}

/** Both mailboxes are of the form in which a company names them. */
function isCompanyHost(our: EmailParts, their: EmailParts): boolean {
  const stem = ({ local }: EmailParts) => local.replace(/[\d._-]+$/g, '');
  return stem(our).length >= 3 && stem(our) === stem(their);
}

/** Long enough to be nobody else's, or with the name and a number in it. */
function isTelling({ local }: EmailParts, names: readonly NameParts[]): boolean {
  return local.length >= 6 || names.some((name) => bearsName({ local }, name));
}

/** Whether a mailbox of a party without a name is called after the other, as `petra.lindqvist@` is. */
function namesParty(emails: readonly EmailParts[], { names }: Profile, owner: Profile): boolean {
  const parts = emails.filter(({ isRole }) => !isRole).map(({ local }) => local.split(/[._-]+/).map(toSpelling));
  return (
    owner.names.length === 0 &&
    names.some(({ given: [given], family }) =>
      parts.some((words) => words.length === 2 && words.includes(given ?? '') && words.includes(family.join(''))),
    )
  );
}
