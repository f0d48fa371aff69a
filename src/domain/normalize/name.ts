import { normalizeEmail } from './email.ts';
import { foldText, normalizeLine } from './text.ts';

export interface PersonName {
  givenName: string | null;
  middleName?: string | null;
  familyName: string | null;
  nameSuffix?: string | null;
}

/** One part of a person's name; null when it is blank, a placeholder such as `Unknown`, a phone number or an email address. */
export function normalizeName(raw: string | null | undefined): string | null {
  const name = normalizeLine(raw);
  if (name === null || !/\p{L}/u.test(name)) return null;
  return placeholders.has(foldText(name)) || normalizeEmail(name) !== null ? null : name;
}

/** A suffix such as `Jr.` or `RN, BSN`; null when it is blank, a placeholder, or punctuation only. */
export function normalizeNameSuffix(raw: string | null | undefined): string | null {
  const suffix = normalizeLine(raw);
  return suffix === null || !/[^\p{P}\s]/u.test(suffix) || placeholders.has(foldText(suffix)) ? null : suffix;
}

/** A family name with its suffix, where a vendor has one field for both: `Lovelace, Jr.` → `Lovelace Jr.`. */
export function normalizeFamilyName(raw: string | null | undefined): string | null {
  const { familyName, nameSuffix } = splitSuffix(normalizeName(raw));
  return joinName(familyName, nameSuffix);
}

/** Two parts of a name as one text; null when both are null. */
export function joinName(first: string | null | undefined, second: string | null | undefined): string | null {
  return [first, second].filter(Boolean).join(' ') || null;
}

/** `Lovelace Jr.` → family `Lovelace`, suffix `Jr.`. Suffixes without anything before them are a name. */
export function splitSuffix(name: string | null): { familyName: string | null; nameSuffix: string | null } {
  const words = (name ?? '').replace(/,(?=\S)/g, ', ').split(' ');
  let start = words.length;
  while (start > 1 && isTrailer(words[start - 1] ?? '')) start -= 1;
  // An emoji right behind a name belongs to it.
  while (start < words.length && !isSuffix(words[start] ?? '')) start += 1;
  if (start === words.length || words.every(isTrailer)) return { familyName: name, nameSuffix: null };
  return {
    familyName:
      words
        .slice(0, start)
        .join(' ')
        .replace(/[\s,]+$/, '') || null,
    nameSuffix: words.slice(start).join(' '),
  };
}

/**
 * `Ada King Lovelace Jr.` and `Lovelace, Ada King, Jr.` → given `Ada King`, family `Lovelace`, suffix `Jr.`. It keeps every word. A
 * middle name cannot be told from a second given name.
 */
export function splitFullName(fullName: string | null | undefined): Required<PersonName> {
  const name = normalizeName(fullName);
  const middleName = null;
  if (name === null) return { givenName: null, middleName, familyName: null, nameSuffix: null };
  return { ...(splitAtComma(name) ?? splitWords(name)), middleName };
}

type SplitName = Omit<Required<PersonName>, 'middleName'>;

/** Null for a name that has no comma, or only before a suffix. */
function splitAtComma(name: string): SplitName | null {
  const [family, given, ...rest] = name.split(/\s*,\s*/);
  if (!family || !given || given.split(' ').every(isSuffix)) return null;
  const [{ familyName: givenName, nameSuffix: ofGiven }, last] = [
    splitSuffix(given),
    splitSuffix(joinName(family, rest.join(', '))),
  ];
  return { givenName, familyName: last.familyName, nameSuffix: joinName(ofGiven, last.nameSuffix) };
}

function splitWords(name: string): SplitName {
  const { familyName: rest, nameSuffix } = splitSuffix(name);
  const words = (rest ?? '').replaceAll(',', ' ').trim().split(/\s+/);
  // Somebody may be called Ii: it is a family name behind one word, and a suffix behind two.
  if (words.length === 1 && /^(Ii|Iii|Iv)$/.test(nameSuffix ?? ''))
    return { givenName: rest, familyName: nameSuffix, nameSuffix: null };
  const familyAt = findFamilyName(words);
  return {
    givenName: words.slice(0, familyAt).join(' ') || null,
    familyName: words.slice(familyAt).join(' ') || null,
    nameSuffix,
  };
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

/** The words of the family name, without suffixes. */
export function listFamilyNames({ givenName, familyName }: PersonName): string[] {
  const isAlone = toBareWords(givenName).length === 0;
  return toBareWords(familyName).filter((word, at) => !honorifics.has(word) && ((at === 0 && isAlone) || !suffixes.has(word)));
}

/** Without `Null`, `Na`, `Guest` and `Kunde`, which are people's names. */
const placeholders = new Set(
  `unknown|unknown name|unknown caller|unknown number|private number|private caller|no caller id|anonymous caller|no name|noname
no first name|no last name|name|first name|last name|full name|your name|anonymous|undefined|n/a|none|not provided|not available|not given
customer|new customer|valued customer|new lead|contact|new contact|caller|wireless caller|walk-in customer|test test|test customer|test lead
unbekannt|unbekannter anrufer|kein name|kein nachname|kein vorname|ohne namen|ohne name|keine angabe|k.A.|anonym|vorname|nachname|vorname nachname
neukunde|neuer kunde|neue kundin|neuer kontakt|testkunde
sans nom|sans prénom|inconnu|inconnue|appelant inconnu|numéro inconnu|numéro masqué|anonyme|prénom|nom de famille|prénom nom|nouveau client|nouveau contact
sin nombre|sin apellido|sin apellidos|desconocido|desconocida|número desconocido|número privado|anónimo|anónima|apellido|apellidos|nombre y apellido
nombre completo|cliente nuevo|nuevo cliente|nuevo contacto
sem nome|sem sobrenome|desconhecido|desconhecida|número desconhecido|não informado|não identificado|anônimo|anônima|sobrenome|nome completo|novo cliente|novo contato
senza nome|sconosciuto|sconosciuta|numero sconosciuto|numero privato|anonimo|anonima|cognome|nome e cognome|nuovo cliente|nuovo contatto
onbekend|onbekende beller|geen naam|naamloos|anoniem|voornaam|achternaam|nieuwe klant|nieuw contact
nieznany|nieznana|nieznany numer|brak nazwiska|brak imienia|okänd|ukjent|ukendt|utan namn|uten navn|uden navn|bilinmiyor|isimsiz
неизвестно|неизвестный|без имени|аноним|غير معروف|مجهول|بدون اسم|不明|匿名|名無し|名前なし|非通知|未知|佚名|无名|알 수 없음|이름 없음|이름없음|미상|익명`
    .split(/[|\n]/)
    .map(foldText),
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

/** Suffixes that are names as well, unless a full stop shows the abbreviation. */
const nameLikeSuffixes = new Set(['jun', 'sen']);

/** The index at which the family name begins: the last word, with its particles and the emojis behind it (`van der Berg 🌸`). */
function findFamilyName(words: string[]): number {
  let start = words.length - 1;
  while (start > 0 && bare(words[start]) === '') start -= 1;
  while (start > 1 && particles.has(bare(words[start - 1]))) start -= 1;
  // A single word is a given name.
  return start === 0 ? words.length : start;
}

function isSuffix(word: string): boolean {
  const text = bare(word);
  return suffixes.has(text) && (!nameLikeSuffixes.has(text) || /\.,?$/.test(word));
}

/** A suffix, a credential, or a word without letters, such as an emoji. */
function isTrailer(word: string): boolean {
  return bare(word) === '' || isSuffix(word);
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
  const isExtra = ({ word, isTrailing, isKnownSuffix }: NameWord, at: number) =>
    honorifics.has(word) || (at === 0 ? isTitle(word) : isTrailing && (isKnownSuffix || suffixes.has(word)));
  const names = words.filter((word, at) => !isExtra(word, at));
  const toText = ({ word }: NameWord) => word;
  if (names.length === 0) return { names: words.map(toText), extras: [] };
  return { names: names.map(toText), extras: words.filter(isExtra).map(toText) };
}

interface NameWord {
  word: string;
  /** Follows others, so that it may be a suffix. */
  isTrailing: boolean;
  /** A suffix that the list may not have. */
  isKnownSuffix?: true;
}

/** The words of a name. A word alone, or beside one other in the other field, does not trail: somebody may be called Junior. */
function listWords({ givenName, middleName = null, familyName, nameSuffix = null }: PersonName): NameWord[] {
  const given = [...toBareWords(givenName), ...toBareWords(middleName)];
  const family = toBareWords(familyName);
  const doesFamilyTrail = given.length > 0 && given.length + family.length > 2;
  return [
    ...given.map((word, at) => ({ word, isTrailing: at > 0 })),
    ...family.map((word, at) => ({ word, isTrailing: at > 0 || doesFamilyTrail })),
    ...toBareWords(nameSuffix).map((word) => ({
      word,
      isTrailing: given.length + family.length > 0,
      isKnownSuffix: true as const,
    })),
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
