import type { ProviderValues, RecordPatch } from '#domain/contact.ts';
import { itemKeys, sameValue } from '#domain/equality.ts';
import { fitValues } from './fit-values.ts';
import { addressItems, contactItems, emailItems, type ItemMapping, phoneItems, withoutBlanks } from './items.ts';
import { findOrganization, toValues } from './mapping.ts';
import type { Item, Person, PersonFields } from './schema.ts';
import type { GoogleAccount } from './settings.ts';

/**
 * Google's fields as they have to be written so that the person holds `set`, and only those that change. An update replaces a
 * field as a whole (Google docs): whatever else stands in it, further values and keys that we do not know included, is sent back
 * as it is. With an empty person: the fields of a new one.
 */
export function mergeFields(person: Partial<Person>, set: RecordPatch['set'], account: GoogleAccount): PersonFields {
  const wanted = changesOf(toValues(person, account), fitValues(set, account));
  const has = (...fields: (keyof ProviderValues)[]) => fields.some((field) => field in wanted);
  const mergeItems = <Value>(
    field: 'emails' | 'phones' | 'addresses',
    items: Item[] | null | undefined,
    by: ItemMapping<Value>,
  ) =>
    mergeSet(contactItems(items), (wanted[field] ?? []) as Value[], {
      ...{ account, mapping: by, keyOf: itemKeys[field] as (value: unknown) => string },
    });
  return {
    ...(has('givenName', 'familyName') && { names: mergeName(person, wanted) }),
    ...(has('company') && { organizations: mergeCompany(person, wanted.company ?? null) }),
    ...(has('emails') && { emailAddresses: mergeItems('emails', person.emailAddresses, emailItems) }),
    ...(has('phones') && { phoneNumbers: mergeItems('phones', person.phoneNumbers, phoneItems) }),
    ...(has('addresses') && { addresses: mergeItems('addresses', person.addresses, addressItems) }),
    ...(has('birthday') && { birthdays: toBirthdays(person, wanted.birthday ?? null) }),
    ...(has('note') && { biographies: toBiographies(person, wanted.note ?? null) }),
  };
}

function changesOf(held: ProviderValues, fitted: ProviderValues): ProviderValues {
  const changed = Object.entries(fitted).filter(([field, value]) => {
    const name = field as keyof ProviderValues;
    return !sameValue(name, value, held[name]);
  });
  return Object.fromEntries(changed);
}

interface SetMerge<Value> {
  account: GoogleAccount;
  mapping: ItemMapping<Value>;
  keyOf(value: unknown): string;
}

/** Items that stay, in their order and with all that is in them; what we cannot read stays too; then the new ones. */
function mergeSet<Value>(items: Item[], wanted: Value[], { account, mapping, keyOf }: SetMerge<Value>): Item[] {
  const missing = new Map(wanted.map((value) => [keyOf(value), value]));
  const keys = new Set(missing.keys());
  const kept = items.filter((item) => {
    const value = mapping.read(item, account);
    if (value === null) return true;
    missing.delete(keyOf(value));
    return keys.has(keyOf(value));
  });
  return [...kept, ...[...missing.values()].map(mapping.write)];
}

/** Google makes the names in one piece from the parts: sent back they would contradict them. */
function mergeName({ names }: Partial<Person>, wanted: ProviderValues): Item[] {
  const [name = {}] = contactItems(names);
  const { displayName, displayNameLastFirst, unstructuredName, ...parts } = name;
  const { givenName = parts.givenName, familyName = parts.familyName } = wanted;
  return unlessEmpty({ ...parts, givenName, familyName });
}

/** The company is the name of the present job; its title, its department and the other jobs are not ours. */
function mergeCompany(person: Partial<Person>, company: string | null): Item[] {
  const organization = findOrganization(person);
  const all = contactItems(person.organizations);
  if (!organization) return [{ name: company }];
  return all.flatMap((each) => (each === organization ? unlessEmpty({ ...each, name: company }, ['current']) : [each]));
}

/** `text` says the same in the words of whoever typed it: of another date it would be wrong. */
function toBirthdays({ birthdays }: Partial<Person>, birthday: string | null): Item[] {
  if (birthday === null) return [];
  const [birthdayItem = {}] = contactItems(birthdays);
  const { text, ...rest } = birthdayItem;
  const [year, month, day] = birthday.replace(/^--/, '0-').split('-').map(Number);
  return [{ ...rest, date: { ...(year ? { year } : {}), month, day } }];
}

function toBiographies({ biographies }: Partial<Person>, note: string | null): Item[] {
  const [biography = {}] = contactItems(biographies);
  return note === null ? [] : [{ ...biography, value: note, contentType: 'TEXT_PLAIN' }];
}

/** What says nothing of the person is no item. */
function unlessEmpty(item: Record<string, unknown>, emptyWords: string[] = []): Item[] {
  const filled = withoutBlanks(item);
  const silent = new Set(['metadata', 'type', 'formattedType', ...emptyWords]);
  return Object.keys(filled).some((key) => !silent.has(key)) ? [filled] : [];
}
