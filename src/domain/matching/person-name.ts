import type { ProviderValues } from '#domain/contact.ts';
import {
  findGeneration,
  findHonorificGender,
  joinName,
  listFamilyNames,
  listGivenNames,
  normalizeName,
  type PersonName,
  splitFullName,
} from '#domain/normalize/name.ts';
import { isCommonFamilyName, isKnownGivenName } from './name-tables.ts';
import { toSpelling } from './spelling.ts';

/** A person's name, taken apart for comparison. Words are spelled as by `toSpelling`. */
export interface NameParts {
  given: string[];
  family: string[];
  generation: string | null;
  honorific: 'male' | 'female' | null;
  /** `John & Mary`, `Estate of John Smith`: not the name of one living person. */
  isGroup: boolean;
}

export type NameValues = Pick<ProviderValues, 'givenName' | 'middleName' | 'familyName' | 'nameSuffix'>;

/** The parts of a record's name; null when it has none. */
export function toNameParts({ givenName, middleName, familyName = null, nameSuffix = null }: NameValues): NameParts | null {
  const written = withoutRemarks({ givenName: joinName(givenName, middleName), familyName, nameSuffix });
  const joined = [written.givenName, written.familyName].filter((part) => part !== null).join(' ');
  if (joined === '' || placeholders.test(joined)) return null;
  const name = splitIfWhole(written);
  const [given = [], family = []] = [listGivenNames(name), listFamilyNames(name)].map(toSpellings);
  if (given.length + family.length === 0) return null;
  return {
    given,
    family,
    generation: findGeneration(name),
    honorific: findHonorificGender(name),
    isGroup: couples.test(written.givenName ?? '') || groups.test(joined),
  };
}

/** Many imports leave the whole name in one field: its last word tells it from two given names, its first from two family names. */
function splitIfWhole(name: PersonName): PersonName {
  const { givenName, familyName } = name;
  if (givenName !== null && familyName !== null) return name;
  const whole = givenName ?? familyName ?? '';
  const words = toSpellings(listGivenNames({ givenName: whole, familyName: null }));
  const [first = '', last = ''] = [words[0], words.at(-1)];
  if (words.length < 2 || last.length < 2) return name;
  const split = { ...splitFullName(whole), ...(name.nameSuffix && { nameSuffix: name.nameSuffix }) };
  if (whole.includes(',')) return split;
  const isWhole = givenName === null ? isKnownGivenName(first) : !isKnownGivenName(last) || isCommonFamilyName(last);
  return isWhole ? split : name;
}

function toSpellings(words: string[]): string[] {
  return words.flatMap((word) => toSpelling(word) || []);
}

function withoutRemarks(name: PersonName): PersonName {
  const clean = (part: string | null) => normalizeName((normalizeName(part) ?? '').replace(/\([^()]*\)|\[[^[\]]*\]/g, ' '));
  return { ...name, givenName: clean(name.givenName), familyName: clean(name.familyName) };
}

/** Two people in one given name. Spanish joins family names by `y`, so that it counts here only. */
const couples = /\S\s*[&+/]\s*\S|\S\s(?:and|und|et|y|och|og|en)\s\S/iu;
const groups = /\S\s*&\s*\S|\S\s(?:and|und|et)\s\S|^(?:the\s+)?estate\s+of\b|^nachlass\b|\bfamil(?:y|ie|ia|le)\b|\bhousehold\b/iu;
/** Names that messengers and forms give to everybody. */
const placeholders =
  /^(?:facebook|google|whatsapp|instagram|telegram|linkedin|apple|messenger|twitter|guest|test|website|web)\s+(?:user|member|guest|visitor|test|lead)$|^(?:test|guest|visitor|user|lead|client)$/iu;
