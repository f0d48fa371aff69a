import { normalizeEmail } from './email.ts';
import { caseFold, foldText, normalizeLine } from './text.ts';

export interface PersonName {
  givenName: string | null;
  familyName: string | null;
}

/** One part of a person's name; null when it is blank, a placeholder such as `Unknown`, a phone number or an email address. */
export function normalizeName(raw: string | null | undefined): string | null {
  const name = normalizeLine(raw);
  if (name === null || !/\p{L}/u.test(name)) return null;
  return placeholders.has(caseFold(name)) || normalizeEmail(name) !== null ? null : name;
}

/** `Ada King Lovelace` and `Lovelace, Ada King` → given `Ada King`, family `Lovelace`. It keeps every word. */
export function splitFullName(fullName: string | null | undefined): PersonName {
  const name = normalizeName(fullName);
  if (name === null) return { givenName: null, familyName: null };
  const [family, given, ...rest] = name.split(/\s*,\s*/);
  if (family && given && !suffixes.has(bare(given))) return { givenName: given, familyName: [family, ...rest].join(' ').trim() };
  const words = name.replaceAll(',', ' ').trim().split(/\s+/);
  const familyAt = findFamilyName(words);
  return { givenName: words.slice(0, familyAt).join(' ') || null, familyName: words.slice(familyAt).join(' ') || null };
}

/** Whether two names are equal regardless of case, accents and spacing. Two absent names are equal. */
export function sameName(a: string | null, b: string | null): boolean {
  return foldText(normalizeLine(a) ?? '') === foldText(normalizeLine(b) ?? '');
}

/**
 * Whether both may be the name of one person: one has every word of the other, as it is, as an initial or as a nickname, in any
 * order. Titles and suffixes may be missing on either side. An absent name is compatible with every name.
 */
export function namesCompatible(a: PersonName, b: PersonName): boolean {
  const [one, other] = [toWords(a), toWords(b)];
  return hasEvery(one, other.names) || hasEvery(other, one.names);
}

/** The part of a name that tells a parent from a child, such as `jr`; null when there is none. */
export function findGeneration(name: PersonName): string | null {
  const found = listWords(name).findLast(({ word, isTrailing }) => isTrailing && generations[word] !== undefined);
  return found === undefined ? null : (generations[found.word] ?? null);
}

/** The gender of the title that a name begins with, such as `Mrs`; null when it has none, or one for everybody. */
export function findHonorificGender({ givenName, familyName }: PersonName): 'male' | 'female' | null {
  const [first, second] = [...toBareWords(givenName), ...toBareWords(familyName)];
  if (first === undefined || second === undefined) return null;
  if (maleHonorifics.has(first)) return 'male';
  return femaleHonorifics.has(first) ? 'female' : null;
}

/** The words of the given name, without titles and suffixes. */
export function listGivenNames({ givenName }: PersonName): string[] {
  return toBareWords(givenName).filter((word, at) => !isTitle(word) && (at === 0 || !suffixes.has(word)));
}

/** Without `Null`, `Na` and `Guest`, which are people's names. */
const placeholders = new Set(
  `unknown|unknown name|unknown caller|no name|noname|name|first name|last name|anonymous|undefined|n/a|none
unbekannt|kein name|ohne namen|sans nom|inconnu|inconnue|sin nombre|desconocido|desconocida|sem nome|desconhecido|desconhecida
senza nome|sconosciuto|sconosciuta|onbekend|geen naam|naamloos
customer|new customer|valued customer|new lead|contact|new contact|caller|wireless caller`.split(/[|\n]/),
);
const honorifics = new Set('mr mrs ms miss mx dr prof sir madam rev'.split(' '));
/** Also those of other languages, which are family names as well: they count only at the beginning of a name. */
const maleHonorifics = new Set('mr sir mister herr monsieur senor sr signor sig senhor meneer dhr'.split(' '));
const femaleHonorifics = new Set(
  'mrs ms miss madam mistress frau madame mme mlle mademoiselle senora sra srta senorita signora senhora mevrouw mevr'.split(' '),
);
const suffixes = new Set(
  'jr sr junior senior jun sen ii iii iv 2nd 3rd 4th md phd dds dvm dpm esq cpa rn lpn bsn msn pharmd mba lcsw'.split(' '),
);
/** The generation that a suffix means. */
const generations: Record<string, string> = {
  ...{ jr: 'jr', jun: 'jr', junior: 'jr', sr: 'sr', sen: 'sr', senior: 'sr' },
  ...{ ii: 'ii', '2nd': 'ii', iii: 'iii', '3rd': 'iii', iv: 'iv', '4th': 'iv' },
};
const particles = new Set('van von der den de del della da di du la le st bin ibn al el ten ter'.split(' '));

/** The index at which the family name begins: the last word, with its particles and suffixes (`van der Berg Jr.`). */
function findFamilyName(words: string[]): number {
  let start = words.length - 1;
  while (start > 0 && isTrailer(bare(words[start]))) start -= 1;
  while (start > 1 && particles.has(bare(words[start - 1]))) start -= 1;
  // A single word is a given name.
  return start === 0 ? words.length : start;
}

/** A suffix, a credential, or a word without letters, such as an emoji. */
function isTrailer(word: string): boolean {
  return word === '' || suffixes.has(word);
}

/** `Ph.D.` → `phd`. */
function bare(word: string | undefined): string {
  return foldText(word ?? '').replace(/[^\p{L}\p{N}]/gu, '');
}

interface NameWords {
  /** The words that name the person; titles and suffixes where the name has nothing else. */
  names: string[];
  /** Titles and suffixes. */
  extras: string[];
}

function toWords(name: PersonName): NameWords {
  const words = listWords(name);
  const isExtra = ({ word, isTrailing }: NameWord, at: number) =>
    honorifics.has(word) || (at === 0 ? isTitle(word) : isTrailing && suffixes.has(word));
  const names = words.filter((word, at) => !isExtra(word, at));
  const toText = ({ word }: NameWord) => word;
  if (names.length === 0) return { names: words.map(toText), extras: [] };
  return { names: names.map(toText), extras: words.filter(isExtra).map(toText) };
}

interface NameWord {
  word: string;
  /** Follows others, so that it may be a suffix. */
  isTrailing: boolean;
}

/** The words of a name. A word alone, or beside one other in the other field, does not trail: somebody may be called Junior. */
function listWords({ givenName, familyName }: PersonName): NameWord[] {
  const [given, family] = [toBareWords(givenName), toBareWords(familyName)];
  const doesFamilyTrail = given.length > 0 && given.length + family.length > 2;
  return [
    ...given.map((word, at) => ({ word, isTrailing: at > 0 })),
    ...family.map((word, at) => ({ word, isTrailing: at > 0 || doesFamilyTrail })),
  ];
}

/** Whether a name has all these words. A title or suffix is no initial of a name. */
function hasEvery({ names, extras }: NameWords, words: string[]): boolean {
  let [unmatched, left] = withoutPairs(words, names, isEqual);
  [unmatched] = withoutPairs(unmatched, extras, isEqual);
  for (const agree of [areNicknames, isInitial]) [unmatched, left] = withoutPairs(unmatched, left, agree);
  return unmatched.length === 0;
}

function isTitle(word: string): boolean {
  return honorifics.has(word) || maleHonorifics.has(word) || femaleHonorifics.has(word);
}

function toBareWords(name: string | null): string[] {
  const words = (normalizeName(name) ?? '').split(/[\s,\-‐–]+/).map(bare);
  return words.filter((word) => word !== '');
}

/** Removes each word of `words` that agrees with a word of `others`, together with that word; returns the rest of both. */
function withoutPairs(words: string[], others: string[], agree: (a: string, b: string) => boolean): [string[], string[]] {
  const left = [...others];
  const unmatched = words.filter((word) => {
    const partner = left.findIndex((other) => agree(word, other));
    if (partner >= 0) left.splice(partner, 1);
    return partner < 0;
  });
  return [unmatched, left];
}

function isEqual(a: string, b: string): boolean {
  return a === b;
}

function isInitial(a: string, b: string): boolean {
  return (a.length === 1 || b.length === 1) && a[0] === b[0];
}

function areNicknames(a: string, b: string): boolean {
  return nicknames.some((group) => group.includes(a) && group.includes(b));
}

/** The most common English nicknames. One person may use all names of a line; two lines are never combined. */
const nicknames = `
alexander alex al sandy
alexandra alex sandra sandy
andrew andy drew
anthony tony
benjamin ben benny
catherine cathy cate kate katie katherine kathy
charles charlie chuck
christopher chris
christina chris tina
daniel dan danny
david dave
deborah debbie deb
donald don donnie
edward ed eddie ted
elizabeth liz lizzie beth betty eliza
francis frank
frederick fred freddie
gregory greg
james jim jimmy jamie
jennifer jen jenny
jeffrey jeff
john johnny jack jon
jonathan jon
joseph joe joey
kenneth ken kenny
lawrence larry
margaret maggie meg peggy
matthew matt
michael mike mickey
nicholas nick
patricia pat patty trish
patrick pat
peter pete
rebecca becky
richard rick dick rich ricky
robert rob bob bobby robbie
ronald ron ronnie
samuel sam
samantha sam
stephen steven steve
susan sue susie
theodore ted theo
thomas tom tommy
timothy tim
victoria vicky tori
william will bill billy liam`
  .trim()
  .split('\n')
  .map((line) => line.split(' '));
