import type { ProviderValues } from '#domain/contact.ts';
import { emailMatchKey, isEmailAddress, isPlaceholderEmail } from '#domain/normalize/email.ts';
import { findPhoneLine, type PhoneLine, phoneKey } from '#domain/normalize/phone.ts';
import type { Phone, PostalAddress } from '#domain/values.ts';
import { toCompanyName } from './company.ts';
import { isKnownGivenName } from './name-tables.ts';
import { type OwnAddresses, withoutOwn } from './own-addresses.ts';
import { type NameParts, toNameParts } from './person-name.ts';
import { type Place, toPlace } from './place.ts';
import { toSpelling } from './spelling.ts';

/** The values of a record that say whose it is. */
export type IdentifyingValues = Pick<
  ProviderValues,
  'givenName' | 'middleName' | 'familyName' | 'nameSuffix' | 'company' | 'emails' | 'phones' | 'addresses' | 'birthday'
>;

/** The fields that take part in a decision. */
export const identifyingFields = [
  'givenName',
  'middleName',
  'familyName',
  'nameSuffix',
  'company',
  'emails',
  'phones',
  'addresses',
  'birthday',
] as const satisfies readonly (keyof IdentifyingValues)[];

/** Equal for records of which `toProfile` reads the same values, as text. */
export function toIdentity({ emails = [], phones = [], addresses = [], ...values }: IdentifyingValues): string {
  const { givenName, middleName, familyName, nameSuffix, company, birthday } = values;
  return JSON.stringify([
    ...[givenName, middleName, familyName, nameSuffix, company, birthday],
    ...[emails.map(({ address }) => address), phones.map(({ e164, extension }) => [e164, extension]), addresses],
  ]);
}

export interface EmailParts {
  /** Equal for all spellings of one mailbox. */
  key: string;
  local: string;
  host: string;
  /** `info@`: a shared mailbox, not a person's. */
  isRole: boolean;
}

export interface PhoneParts {
  /** With the extension, if any. */
  key: string;
  e164: string;
  extension: string | null;
  line: PhoneLine;
}

/** All records of one party, taken apart for comparison. */
export interface Profile {
  /** A record with a company and no person's name is of an organisation. One with neither is of somebody unknown. */
  kind: 'person' | 'organisation' | 'nameless';
  /** Every name that the party's records carry. */
  names: NameParts[];
  emails: EmailParts[];
  phones: PhoneParts[];
  birthdays: string[];
  places: Place[];
  /** Without legal forms. */
  companies: string[];
}

/** Joins the records of one party: of a contact, its own values and those that its providers hold. */
export function toProfile(records: readonly IdentifyingValues[]): Profile {
  const names = distinct(
    records.flatMap((record) => toNameParts(withoutCompanyName(record)) ?? []),
    JSON.stringify,
  );
  const companies = [
    ...new Set(records.flatMap((record) => toCompanyName(record.company) ?? toCompanyName(companyInName(record)) ?? [])),
  ];
  return {
    kind: names.length > 0 ? 'person' : companies.length > 0 ? 'organisation' : 'nameless',
    names,
    emails: distinct(
      records.flatMap(({ emails = [] }) => emails.flatMap(({ address }) => toEmailParts(address) ?? [])),
      byKey,
    ),
    phones: distinct(
      records.flatMap(({ phones = [] }) => phones.flatMap((phone) => toPhoneParts(phone) ?? [])),
      byKey,
    ),
    birthdays: [...new Set(records.flatMap(({ birthday }) => (birthday && !isFiller(birthday) ? birthday : [])))],
    places: distinct(
      records.flatMap(({ addresses = [] }) => addresses.flatMap((address: PostalAddress) => toPlace(address) ?? [])),
      JSON.stringify,
    ),
    companies,
  };
}

/** Without the addresses of the business itself, which connect nobody. */
export function withoutOwnAddresses(profile: Profile, own: OwnAddresses | undefined): Profile {
  const isOthers = (kind: 'email' | 'phone', value: string) => withoutOwn([{ kind, value }], own).length > 0;
  return {
    ...profile,
    emails: profile.emails.filter(({ key }) => isOthers('email', key)),
    phones: profile.phones.filter(({ e164 }) => isOthers('phone', e164)),
  };
}

const byKey = ({ key }: { key: string }): string => key;

function distinct<Item>(items: readonly Item[], toKey: (item: Item) => string): Item[] {
  return [...new Map(items.map((item) => [toKey(item), item])).values()];
}

/** Some vendors fill the name with the company's. */
function withoutCompanyName(record: IdentifyingValues): IdentifyingValues {
  return companyInName(record) === null ? record : { ...record, givenName: null, familyName: null };
}

function companyInName({ givenName, familyName, company }: IdentifyingValues): string | null {
  const name = [givenName, familyName].filter(Boolean).join(' ');
  if (legalForm.test(name)) return name;
  if (!company || name === '') return null;
  const isCompany = toCompanyName(company) === toCompanyName(name);
  const [first = ''] = name.split(' ').map(toSpelling);
  // A sole trader's company may bear the person's name.
  return isCompany && !isKnownGivenName(first) ? name : null;
}

/** Legal forms that are no names and no initials. */
const legalForm =
  /(?:^|\s)(?:inc|incorporated|llc|l\.l\.c|ltd|limited|corp|corporation|gmbh|plc|llp|pty|s\.?r\.?l|b\.?v|s\.?a\.?s)\.?$/iu;

function toEmailParts(address: string): EmailParts | null {
  const at = address.lastIndexOf('@');
  const [local, host] = [address.slice(0, at), address.slice(at + 1)];
  const key = emailMatchKey(address);
  if (key !== null) return { key, local: key.slice(0, key.lastIndexOf('@')), host, isRole: false };
  const isRole = isEmailAddress(address) && !isPlaceholderEmail(address);
  return isRole ? { key: address, local, host, isRole } : null;
}

function toPhoneParts(phone: Phone): PhoneParts | null {
  const line = findPhoneLine(phone);
  if (line === null || phone.e164 === null) return null;
  return { key: phoneKey(phone), e164: phone.e164, extension: phone.extension, line };
}

/** Typed, or filled in by software, where the birthday is not known. */
function isFiller(birthday: string): boolean {
  return /^(?:1[0-8]|190[01]-01-01|1970-01-01|0|9999|1111)/.test(birthday);
}
