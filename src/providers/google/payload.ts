import { type FieldName, type ProviderValues, pickFields, type RecordPatch } from '#domain/contact.ts';
import { itemKeys, sameValue } from '#domain/equality.ts';
import type { Email, Phone, PostalAddress } from '#domain/values.ts';
import { customFieldEntries, customFieldNames } from '#providers/custom-fields.ts';
import { acceptedItems, fields, fitValues, nameKeys, organizationParts } from './fit-values.ts';
import {
  findOrganization,
  isLabelled,
  listItems,
  referenceKey,
  type ToValue,
  toAddress,
  toEmail,
  toPhone,
  toValues,
} from './mapping.ts';
import type { NewPerson } from './people-api.ts';
import type { Item, Person, PersonFields } from './schema.ts';
import type { GoogleAccount } from './settings.ts';

/** Builds the body of a create. */
export function fromNew({ set }: Pick<RecordPatch, 'set'>, reference: string, account: GoogleAccount): NewPerson {
  return { ...mergeFields({}, set, account), clientData: [{ key: referenceKey, value: reference }] };
}

/**
 * Builds the Google fields to write so that the person has the values of `set`; only those that change. An update replaces a field as
 * a whole (Google docs), so other items and unknown keys in it are sent back unchanged. An empty person gives the fields of a create.
 */
export function mergeFields(person: Partial<Person>, set: RecordPatch['set'], account: GoogleAccount): PersonFields {
  const held = toValues(person, account);
  const custom = customFieldNames(account.customFields);
  const wanted = findChanges(held, fitValues(set, account), custom);
  const { emails = [], phones = [], addresses = [], birthday = null, note = null } = wanted;
  const has = (...names: (keyof ProviderValues)[]) => names.some((name) => name in wanted);
  return {
    ...(has(...nameKeys.map(({ field }) => field)) && { names: mergeName(person, wanted, held) }),
    ...(has(...organizationParts.map(({ field }) => field)) && { organizations: mergeOrganization(person, wanted) }),
    ...(has('emails') && { emailAddresses: mergeSet(person.emailAddresses, emails, { ...emailSet, account }) }),
    ...(has('phones') && { phoneNumbers: mergeSet(person.phoneNumbers, phones, { ...phoneSet, account }) }),
    ...(has('addresses') && { addresses: mergeSet(person.addresses, addresses, { ...addressSet, account }) }),
    ...(has('birthday') && { birthdays: fromBirthday(person, birthday) }),
    ...(has('note') && { biographies: fromNote(person, note) }),
    ...(has(...custom) && { userDefined: mergeCustom(person, wanted, account) }),
  };
}

function findChanges(held: ProviderValues, fitted: ProviderValues, custom: readonly FieldName[]): ProviderValues {
  const isChanged = (field: FieldName) => field in fitted && !sameValue(field, fitted[field], held[field]);
  return pickFields(fitted, [...fields, ...custom].filter(isChanged));
}

interface ItemSet<Value> {
  toValue: ToValue<Value>;
  fromValue(value: Value): Item;
  keyOf(value: Value): string;
  /** Whether Accord may write the value. */
  accepts(value: Value): boolean;
}

const { emails: acceptsEmail = () => true } = acceptedItems;
const acceptsAll = () => true;

const emailSet: ItemSet<Email> = { toValue: toEmail, fromValue: fromEmail, keyOf: itemKeys.emails, accepts: acceptsEmail };
const phoneSet: ItemSet<Phone> = { toValue: toPhone, fromValue: fromPhone, keyOf: itemKeys.phones, accepts: acceptsAll };
const addressSet: ItemSet<PostalAddress> = {
  ...{ toValue: toAddress, fromValue: fromAddress, keyOf: itemKeys.addresses, accepts: acceptsAll },
};

/** Keeps wanted and unreadable items unchanged and in order, and appends new ones. */
function mergeSet<Value>(
  items: Item[] | null | undefined,
  wanted: readonly Value[],
  { account, toValue, fromValue, keyOf, accepts }: ItemSet<Value> & { account: GoogleAccount },
): Item[] {
  const missing = new Map(wanted.map((value) => [keyOf(value), value]));
  const keys = new Set(missing.keys());
  const kept = listItems(items).filter((item) => {
    const value = toValue(item, account);
    if (value === null || !accepts(value)) return true;
    missing.delete(keyOf(value));
    return keys.has(keyOf(value));
  });
  return [...kept, ...[...missing.values()].filter(accepts).map(fromValue)];
}

/**
 * Omits the full names: Google derives them from the parts, and sending them back would contradict the new parts. The prefix and the
 * phonetic parts stay. A suffix that stands in the family name moves to its own key with a change to either.
 */
function mergeName({ names }: Partial<Person>, wanted: ProviderValues, held: ProviderValues): Item[] {
  const [name = {}] = listItems(names);
  const { displayName, displayNameLastFirst, unstructuredName, ...parts } = name;
  const { familyName, nameSuffix } = held;
  const isInFamilyName = nameSuffix !== null && !parts.honorificSuffix;
  const moves = isInFamilyName && ('familyName' in wanted || 'nameSuffix' in wanted);
  const written = { ...(moves && { familyName, nameSuffix }), ...wanted };
  const changed = nameKeys.filter(({ field }) => field in written);
  return omitIfEmpty({ ...parts, ...Object.fromEntries(changed.map(({ field, key }) => [key, written[field]])) });
}

/** Changes only our parts of the current organization. Its department and other organizations stay. */
function mergeOrganization(person: Partial<Person>, wanted: ProviderValues): Item[] {
  const changed = organizationParts.filter(({ field }) => field in wanted);
  const parts = Object.fromEntries(changed.map(({ field, key }) => [key, wanted[field]]));
  const organization = findOrganization(person);
  const all = listItems(person.organizations);
  if (!organization) return omitIfEmpty(parts);
  return all.flatMap((each) => (each === organization ? omitIfEmpty({ ...each, ...parts }, ['current']) : [each]));
}

/** Omits `text`, which repeats the old date in the user's own words. */
function fromBirthday({ birthdays }: Partial<Person>, birthday: string | null): Item[] {
  if (birthday === null) return [];
  const [birthdayItem = {}] = listItems(birthdays);
  const { text, ...rest } = birthdayItem;
  const [year, month, day] = birthday.replace(/^--/, '0-').split('-').map(Number);
  return [{ ...rest, date: { ...(year ? { year } : {}), month, day } }];
}

function fromNote({ biographies }: Partial<Person>, note: string | null): Item[] {
  const [biography = {}] = listItems(biographies);
  return note === null ? [] : [{ ...biography, value: note, contentType: 'TEXT_PLAIN' }];
}

/** Fields of other labels stay. Google docs (UserDefined): a field has a key and a value. */
function mergeCustom(person: Partial<Person>, wanted: ProviderValues, { customFields }: GoogleAccount): Item[] {
  let items = listItems(person.userDefined);
  for (const [field, key] of customFieldEntries(customFields)) {
    if (!(field in wanted)) continue;
    const value = wanted[field];
    const held = items.find(isLabelled(key));
    const written = typeof value === 'string' ? [{ ...held, key, value }] : [];
    items = held ? items.flatMap((item) => (item === held ? written : [item])) : [...items, ...written];
  }
  return items;
}

function fromEmail({ address, label }: Email): Item {
  return withType({ value: address }, label);
}

function fromPhone({ e164, extension, raw, label }: Phone): Item {
  const number = extension === null ? e164 : `${e164} ext. ${extension}`;
  return withType({ value: e164 === null ? raw : number }, label);
}

/** Google Contacts displays the country's name, not its code, so both are written. */
function fromAddress({ street, city, region, postalCode, country, label }: PostalAddress): Item {
  const isCode = country !== null && /^[A-Z]{2}$/.test(country);
  const parts = { streetAddress: street, city, region, postalCode, country: isCode ? getCountryName(country) : country };
  return withType(withoutBlanks({ ...parts, countryCode: isCode ? country : null }), label);
}

const countryNames = new Intl.DisplayNames('en', { type: 'region' });

function getCountryName(code: string): string {
  return countryNames.of(code) ?? code;
}

function withType(item: Item, label: string | null): Item {
  return label === null ? item : { ...item, type: label };
}

function withoutBlanks(item: Record<string, unknown>): Item {
  return Object.fromEntries(Object.entries(item).filter(([, value]) => value !== null && value !== undefined && value !== ''));
}

/** Omits an item that has nothing but metadata and labels. */
function omitIfEmpty(item: Record<string, unknown>, labels: string[] = []): Item[] {
  const filled = withoutBlanks(item);
  const ignored = new Set(['metadata', 'type', 'formattedType', ...labels]);
  return Object.keys(filled).some((key) => !ignored.has(key)) ? [filled] : [];
}
