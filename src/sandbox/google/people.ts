import type { RecordsControl } from '#sandbox/core/control.ts';
import type { PeopleControl, Person, PersonEdit } from '#sandbox/core/people.ts';
import { withoutUndefined } from '#sandbox/core/without-undefined.ts';
import type { Account } from './account.ts';
import { derive } from './person/derive.ts';
import type { Person as GooglePerson, Item } from './person/person.ts';

/** Google's contacts as people. */
export function createPeople({ book, settings }: Account, records: RecordsControl<{ people: string[] }>): PeopleControl {
  return {
    *all() {
      for (const person of book.all()) yield toPerson(person, settings().phoneRegion);
    },
    // Google sends no webhooks.
    save: (edits) => records.change({ people: edits.map((edit) => fromEdit(edit, findName(edit))) }).people,
  };

  function findName({ id }: PersonEdit): Item {
    return (id === undefined ? undefined : book.find(id)?.values.names?.[0]) ?? {};
  }
}

function toPerson({ resourceName, values }: GooglePerson, phoneRegion: string): Person {
  const [name = {}] = values.names ?? [];
  return {
    id: resourceName,
    givenName: asText(name.givenName),
    familyName: asText(name.familyName),
    phones: textsOf(values.phoneNumbers, (item) => derive('phoneNumbers', item, phoneRegion).canonicalForm ?? item.value),
    emails: textsOf(values.emailAddresses, ({ value }) => value),
    note: asText(values.biographies?.[0]?.value),
  };
}

/** Google's pages save a name as a whole, so an edit of one part carries the other. */
function fromEdit({ id, givenName, familyName, phone, email, note, company }: PersonEdit, before: Item): object {
  const renamed = givenName !== undefined || familyName !== undefined;
  const name = { ...before, ...withoutUndefined({ givenName, familyName }) };
  return withoutUndefined({
    resourceName: id,
    names: renamed ? [withoutNull(name)] : undefined,
    phoneNumbers: itemsOf('value', phone),
    emailAddresses: itemsOf('value', email),
    biographies: itemsOf('value', note),
    organizations: itemsOf('name', company),
  });
}

function itemsOf(key: string, value: string | null | undefined): Item[] | undefined {
  if (value === undefined) return undefined;
  return value === null ? [] : [{ [key]: value }];
}

function withoutNull(item: Item): Item {
  return Object.fromEntries(Object.entries(item).filter(([, value]) => value !== null));
}

function textsOf(items: Item[] | undefined, read: (item: Item) => unknown): string[] {
  return (items ?? []).map(read).filter((value) => typeof value === 'string');
}

function asText(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
