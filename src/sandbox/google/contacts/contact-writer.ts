import { GoogleError, invalidArgument, notFound } from '#sandbox/google/google-error.ts';
import type { Groups } from '#sandbox/google/groups/groups.ts';
import { checkMemberships, groupsOf, withDefaultGroup } from '#sandbox/google/groups/memberships.ts';
import { toStructuredName } from '#sandbox/google/person/derive.ts';
import type { EtagGuard } from '#sandbox/google/person/etag-guard.ts';
import type { FieldName } from '#sandbox/google/person/fields.ts';
import type { Item, Person, Values } from '#sandbox/google/person/person.ts';
import { checkSingletons, type PersonBody } from '#sandbox/google/person/read-person.ts';
import type { GoogleSettings } from '#sandbox/google/settings.ts';
import type { AddressBook } from './address-book.ts';

interface Options {
  book: AddressBook;
  groups: Groups;
  checkEtag: EtagGuard;
  settings: () => GoogleSettings;
}

/** A write that was found good and is still to be done: batches check all before they write one. */
export type Plan = () => Person;

export type ContactWriter = ReturnType<typeof createContactWriter>;

/** Writes as an API client may do them. Each method throws what Google answers, or says what it is going to do. */
export function createContactWriter({ book, groups, checkEtag, settings }: Options) {
  function getPerson(resourceName: string): Person {
    if (!/^people\/c\d+$/.test(resourceName)) {
      throw invalidArgument(`Resource name "${resourceName}" is not a valid contact person resource.`);
    }
    const person = book.find(resourceName);
    if (!person) throw notFound();
    return person;
  }

  return {
    getPerson,

    /** Repeating it makes a second contact: Google has no idempotency key. */
    planCreate({ values: sent }: PersonBody): Plan {
      const values = withDefaultGroup(cleaned(sent));
      check(values);
      checkMemberships(values, groups);
      if (book.size >= settings().contactLimit) throw contactOverflow();
      return () => book.create(values);
    },

    /** Google docs (updateContact): fields in the mask are replaced as a whole, or emptied; the others stay. */
    planUpdate(resourceName: string, body: PersonBody, mask: readonly FieldName[]): Plan {
      const person = getPerson(resourceName);
      checkEtag(person, body);
      const written = Object.fromEntries(mask.map((name) => [name, body.values[name] ?? []])) as Values;
      checkMemberships(written, groups, groupsOf(person));
      const values = cleaned({ ...person.values, ...written });
      check(values);
      return () => book.update(person, values);
    },

    planDelete(resourceName: string): Plan {
      const person = getPerson(resourceName);
      return () => book.remove(person);
    },
  };
}

/** Without empty fields, names in their parts. */
export function cleaned(values: Values): Values {
  const filled = Object.entries(values).filter(([, items]) => items.length > 0);
  const names = values.names?.map(toStructuredName) ?? [];
  return { ...(Object.fromEntries(filled) as Values), ...(names.length > 0 && { names }) };
}

/** Google Contacts help: a contact's limits. What the API answers beyond them is not documented. */
function check(values: Values): void {
  checkSingletons(values);
  const items = Object.values(values).flat();
  if (items.length > 500) throw invalidArgument('Contact has too many fields.');
  if (Buffer.byteLength(JSON.stringify(values)) > 128 * 1_024) throw invalidArgument('Contact is too large.');
  for (const [name, each] of Object.entries(values)) if (name !== 'biographies') each.forEach(checkLength);
}

function checkLength(item: Item): void {
  for (const value of Object.values(item)) {
    if (typeof value === 'string' && value.length > 1_024) throw invalidArgument('Field value is too long.');
  }
}

/** Integrators report the word; its status is a guess. */
function contactOverflow(): GoogleError {
  return new GoogleError('FAILED_PRECONDITION', 'MY_CONTACTS_OVERFLOW_COUNT');
}
