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
 * Whether both may be the name of one person: the longer one has every word of the shorter one, as it is, as an initial or as a
 * nickname, in any order. An absent name is compatible with every name.
 */
export function namesCompatible(a: PersonName, b: PersonName): boolean {
  let [unmatched = [], left = []] = [toWords(a), toWords(b)].sort((one, other) => one.length - other.length);
  for (const agree of [isEqual, areNicknames, isInitial]) [unmatched, left] = withoutPairs(unmatched, left, agree);
  return unmatched.length === 0;
}

/** The part of a name that tells a parent from a child, such as `jr`; null when there is none. */
export function findGeneration({ givenName, familyName }: PersonName): string | null {
  const [given, family] = [toBareWords(givenName), toBareWords(familyName)];
  // A lone word is a name: somebody may be called Junior.
  const trailing = [...given.slice(1), ...(given.length > 0 ? family : family.slice(1))];
  const found = trailing.findLast((word) => generations[word] !== undefined);
  return found === undefined ? null : (generations[found] ?? null);
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

/** The words that name the person, without titles and suffixes. */
function toWords({ givenName, familyName }: PersonName): string[] {
  const [first, ...rest] = [...toBareWords(givenName), ...toBareWords(familyName)];
  if (first === undefined) return [];
  const words = isTitle(first) && rest.length > 0 ? rest : [first, ...rest];
  const names = words.filter((word) => !honorifics.has(word));
  return names.filter((word, at) => at === 0 || !suffixes.has(word));
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
