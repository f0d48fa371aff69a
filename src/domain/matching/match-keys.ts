import type { ProviderValues } from '#domain/contact.ts';
import { emailMatchKey, isMailService } from '#domain/normalize/email.ts';
import { phoneKey } from '#domain/normalize/phone.ts';
import type { Profile } from './profile.ts';
import { toSound, toSpelling } from './spelling.ts';

/** A value that two records of one party often share: records are compared only when they have a key in common. */
export interface MatchKey {
  kind: MatchKeyKind;
  value: string;
}

/**
 * `email` and `phone` connect people; the others only lead from a record to those that it is worth comparing with. A key of these
 * others is skipped once many contacts have it.
 */
export type MatchKeyKind =
  | 'email'
  | 'phone'
  /** The part before the @. */
  | 'local'
  /** Finds the person behind a number that hundreds have. */
  | 'phone-name'
  | 'name'
  /** The sound of the family name, the initial of the given name, and a place or company. */
  | 'sound'
  | 'house'
  | 'birthday'
  /** The name or the host of an organisation. */
  | 'company';

/** How many contacts with one key are looked at. */
export const maxHolders = { connecting: 60, leading: 30 } as const;

export function isConnecting(key: MatchKey): key is MatchKey & { kind: 'email' | 'phone' } {
  return key.kind === 'email' || key.kind === 'phone';
}

/** The keys of all records of a party, each once. */
export function toMatchKeys(profile: Profile): MatchKey[] {
  const keys: [MatchKeyKind, string[]][] = [
    ['email', profile.emails.map(({ key }) => key)],
    ['phone', profile.phones.flatMap(({ key, e164 }) => [key, e164])],
    ['local', profile.emails.filter(({ isRole, local }) => !isRole && local.length >= 5).map(({ local }) => local)],
    ['phone-name', profile.phones.flatMap(({ e164 }) => toNames(profile).map((name) => `${e164}/${name}`))],
    ['name', [...toNames(profile), ...namesInMailboxes(profile)]],
    ['sound', toSounds(profile)],
    ['house', toHouses(profile)],
    ['birthday', toBirthdays(profile)],
    ['company', toCompanies(profile)],
  ];
  return keys.flatMap(([kind, values]) => [...new Set(values)].map((value) => ({ kind, value })));
}

/** A key as one text. */
export function keyName({ kind, value }: MatchKey): string {
  return `${kind}/${value}`;
}

/**
 * The names of the connecting keys that some values may have, without a look at whether an address is a real one: for an index that is
 * searched by the keys of a profile, at a small part of a profile's price.
 */
export function listPossibleKeys({ emails = [], phones = [] }: Pick<ProviderValues, 'emails' | 'phones'>): string[] {
  const keys: MatchKey[] = [
    ...emails.map(({ address }) => ({ kind: 'email' as const, value: emailMatchKey(address) ?? address })),
    ...phones.flatMap((phone) =>
      phone.e164 === null ? [] : [phoneKey(phone), phone.e164].map((value) => ({ kind: 'phone' as const, value })),
    ),
  ];
  return [...new Set(keys.map(keyName))];
}

export function sameKeys(ours: readonly MatchKey[], theirs: readonly MatchKey[]): boolean {
  const [one, other] = [ours, theirs].map((keys) => keys.map(keyName).toSorted().join('\n'));
  return one === other;
}

/** First given name and family name in the order of the alphabet: they may be written the other way round. */
function toNames({ names }: Profile): string[] {
  return names.flatMap(({ given: [given], family }) => toName(given ?? '', family.join('')) ?? []);
}

function toName(one: string, other: string): string | null {
  return one === '' || other === '' ? null : [one, other].toSorted().join(' ');
}

/** A record without a name may have it in its mailbox. */
function namesInMailboxes({ names, emails }: Profile): string[] {
  if (names.length > 0) return [];
  const words = emails.filter(({ isRole }) => !isRole).map(({ local }) => local.split(/[._-]+/).map(toSpelling));
  return words.flatMap(([one = '', other = '', third]) => (third === undefined ? (toName(one, other) ?? []) : []));
}

function toSounds({ names, places, companies }: Profile): string[] {
  const near = [...places.flatMap(({ postcode, city }) => [postcode, city]), ...companies].filter((place) => place !== '');
  return names.flatMap(({ given: [given = ''], family }) =>
    family.length === 0 ? [] : near.map((place) => `${toSound(family.join(''))}/${given.slice(0, 1)}/${place}`),
  );
}

function toHouses({ names, places }: Profile): string[] {
  const houses = places.flatMap(({ numbers, street, postcode, city }) =>
    numbers.flatMap((number) => (street === '' ? [] : [postcode, city].filter(Boolean).map((area) => `${number}/${area}`))),
  );
  const owners = names.flatMap(({ given: [given = ''], family }) => [given, toSound(family.join(''))].filter(Boolean));
  return houses.flatMap((house) => owners.map((owner) => `${house}/${owner}`));
}

function toBirthdays({ names, birthdays }: Profile): string[] {
  const owners = names.flatMap(({ given: [given = ''], family }) => [given, toSound(family.join(''))].filter(Boolean));
  return birthdays.flatMap((birthday) => owners.map((owner) => `${birthday.slice(-5)}/${owner}`));
}

function toCompanies({ kind, companies, emails }: Profile): string[] {
  if (kind !== 'organisation') return [];
  return [...companies, ...emails.map(({ host }) => host).filter((host) => !isMailService(host))];
}
