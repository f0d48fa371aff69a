import { commonFamilyNames } from './data/family-names.ts';
import {
  commonFemaleNames,
  commonMaleNames,
  commonNeutralNames,
  femaleNames,
  maleNames,
  neutralNames,
} from './data/given-names.ts';
import { addedNicknames, curatedNicknames, separateNames } from './data/nicknames.ts';
import { toSpelling } from './spelling.ts';

/** General knowledge about names. Names are passed as `toSpelling` returns them. */
interface Tables {
  sexes: Map<string, 'male' | 'female' | 'either'>;
  commonGiven: Set<string>;
  commonFamily: Set<string>;
  /** For each nickname and each name, the names that it stands for, itself included. */
  formal: Map<string, Set<string>>;
  /** For each name, those that are nicknames of it in the table and names of their own today. */
  separate: Map<string, Set<string>>;
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
  const separate: Tables['separate'] = new Map();
  for (const [one = '', other = ''] of separateNames.split('|').map(words)) {
    separate.set(one, (separate.get(one) ?? new Set()).add(other));
    separate.set(other, (separate.get(other) ?? new Set()).add(one));
  }
  const formal: Tables['formal'] = new Map();
  for (const group of `${curatedNicknames}|${addedNicknames}`.split('|')) {
    const [name = '', ...nicknames] = words(group);
    for (const each of [name, ...nicknames]) {
      if (!separate.get(name)?.has(each)) formal.set(each, (formal.get(each) ?? new Set([each])).add(name));
    }
  }
  const commonGiven = new Set([commonMaleNames, commonFemaleNames, commonNeutralNames].flatMap(words));
  return { sexes, commonGiven, commonFamily: new Set(words(commonFamilyNames)), formal, separate };
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

/** A common family name and no common given name, such as Young: where it stands as a given name, the two may be swapped. */
export function isRatherFamilyName(name: string): boolean {
  return isCommonFamilyName(name) && !isCommonGivenName(name);
}

export function isCommonFamilyName(name: string): boolean {
  return tables().commonFamily.has(name);
}

/** Whether one is a nickname of the other, or both are nicknames of one name. */
export function areNicknames(a: string, b: string): boolean {
  const [one, other] = [tables().formal.get(a), tables().formal.get(b)];
  if (one === undefined || other === undefined || tables().separate.get(a)?.has(b)) return false;
  return [...one].some((name) => other.has(name));
}
