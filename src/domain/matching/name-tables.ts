import { commonFamilyNames } from './data/family-names.ts';
import {
  commonFemaleNames,
  commonMaleNames,
  commonNeutralNames,
  femaleNames,
  maleNames,
  neutralNames,
} from './data/given-names.ts';
import { addedNicknames, curatedNicknames } from './data/nicknames.ts';
import { toSpelling } from './spelling.ts';

/** What is known of names in general. Names are passed as `toSpelling` returns them. */
interface Tables {
  sexes: Map<string, 'male' | 'female' | 'either'>;
  commonGiven: Set<string>;
  commonFamily: Set<string>;
  /** For each nickname and each name, the names that it stands for, itself included. */
  formal: Map<string, Set<string>>;
}

let built: Tables | null = null;

/** Built on first use: most processes compare no names. */
function tables(): Tables {
  built ??= build();
  return built;
}

function build(): Tables {
  const sexes: Tables['sexes'] = new Map();
  for (const name of words(maleNames + commonMaleNames)) sexes.set(name, 'male');
  for (const name of words(femaleNames + commonFemaleNames)) sexes.set(name, sexes.has(name) ? 'either' : 'female');
  for (const name of words(neutralNames + commonNeutralNames)) sexes.set(name, 'either');
  const formal: Tables['formal'] = new Map();
  for (const group of `${curatedNicknames}|${addedNicknames}`.split('|')) {
    const [name = '', ...nicknames] = words(group);
    for (const each of [name, ...nicknames]) formal.set(each, (formal.get(each) ?? new Set([each])).add(name));
  }
  const commonGiven = new Set([commonMaleNames, commonFemaleNames, commonNeutralNames].flatMap(words));
  return { sexes, commonGiven, commonFamily: new Set(words(commonFamilyNames)), formal };
}

function words(text: string): string[] {
  return text.split(/\s+/).flatMap((word) => toSpelling(word) || []);
}

export function isKnownGivenName(name: string): boolean {
  return tables().sexes.has(name) || tables().formal.has(name);
}

/** Whether both may be names of one sex. A name that is not listed may be of either. */
export function mayBeOneSex(a: string, b: string): boolean {
  const [one, other] = [tables().sexes.get(a) ?? 'either', tables().sexes.get(b) ?? 'either'];
  return one === other || one === 'either' || other === 'either';
}

export function isCommonGivenName(name: string): boolean {
  return tables().commonGiven.has(name);
}

export function isCommonFamilyName(name: string): boolean {
  return tables().commonFamily.has(name);
}

/** Whether one is a nickname of the other, or both are nicknames of one name. */
export function areNicknames(a: string, b: string): boolean {
  const [one, other] = [tables().formal.get(a), tables().formal.get(b)];
  return one !== undefined && other !== undefined && [...one].some((name) => other.has(name));
}
