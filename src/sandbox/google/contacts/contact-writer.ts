import { GoogleError, invalidArgument, notFound } from '#sandbox/google/google-error.ts';
import type { Groups } from '#sandbox/google/groups/groups.ts';
import { checkMemberships, groupsOf, withDefaultGroup } from '#sandbox/google/groups/memberships.ts';
import { toStructuredName } from '#sandbox/google/person/derive.ts';
import type { EtagGuard } from '#sandbox/google/person/etag-guard.ts';
import type { FieldName } from '#sandbox/google/person/fields.ts';
import { fieldEntries, type Item, type Person, type Values } from '#sandbox/google/person/person.ts';
import { checkSingletons, type PersonBody } from '#sandbox/google/person/read-person.ts';
import type { GoogleSettings } from '#sandbox/google/settings.ts';
import type { AddressBook } from './address-book.ts';

interface Options {
  book: AddressBook;
  groups: Groups;
  checkEtag: EtagGuard;
  settings: () => GoogleSettings;
}

/** A write that passed its checks. Batches check all contacts before they write the first. */
export type Plan = () => Person;

export type ContactWriter = ReturnType<typeof createContactWriter>;

/** Writes under the rules of the API. Each method throws Google's error, or returns the write for execution. */
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

    /** A repeated create makes a second contact: Google has no idempotency key. */
    planCreate({ values: sent }: PersonBody): Plan {
      const values = withDefaultGroup(cleaned(sent));
      check(values);
      checkMemberships(values, groups);
      if (book.size >= settings().contactLimit) throw contactOverflow();
      return () => book.create(values);
    },

    /** Google docs (updateContact): fields in the mask are replaced as a whole, or cleared; the others stay. */
    planUpdate(resourceName: string, body: PersonBody, mask: readonly FieldName[]): Plan {
      const person = getPerson(resourceName);
      checkEtag(person, body);
      const written: Values = {};
      for (const name of mask) written[name] = body.values[name] ?? [];
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

/** Removes empty fields, and splits unstructured names. */
export function cleaned(values: Values): Values {
  const filled: Values = {};
  for (const [name, items] of fieldEntries(values)) {
    if (items.length > 0) filled[name] = name === 'names' ? items.map(toStructuredName) : items;
  }
  return filled;
}

/** Google Contacts help: a contact's limits. The API's errors for exceeding them are not documented. */
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

/** Integrators report the message; its status is a guess. */
function contactOverflow(): GoogleError {
  return new GoogleError('FAILED_PRECONDITION', 'MY_CONTACTS_OVERFLOW_COUNT');
}
