import type { AddressBook } from '#sandbox/google/contacts/address-book.ts';
import { invalidArgument } from '#sandbox/google/google-error.ts';
import { groupNameIn, type Item, type Person, type Values } from '#sandbox/google/person/person.ts';
import { type Groups, myContacts } from './groups.ts';

const toItem = (contactGroupResourceName: string): Item => ({ contactGroupMembership: { contactGroupResourceName } });

/** Resource names of the contact's groups. */
export function groupsOf({ values }: Pick<Person, 'values'>): string[] {
  return (values.memberships ?? []).map(groupNameIn);
}

/** `group` is a resource name. */
export function isMember(person: Person, group: string): boolean {
  return groupsOf(person).includes(group);
}

/** A new contact without a group is in "My Contacts": integrators report it, the docs are silent. */
export function withDefaultGroup(values: Values): Values {
  return values.memberships?.length ? values : { ...values, memberships: [toItem(myContacts)] };
}

/** Google docs (updateContact): 400 if memberships are written without any contact group. */
export function checkMemberships({ memberships }: Values, groups: Groups, before: readonly string[] = []): void {
  if (memberships === undefined) return;
  if (memberships.length === 0) throw invalidArgument('Person must have at least one contact group membership.');
  for (const group of memberships.map(groupNameIn)) {
    if (!before.includes(group) && !groups.canGainMembers(group)) {
      throw invalidArgument(`Contact group "${group}" does not exist or can not gain members.`);
    }
  }
}

/** Adds the contact to a group. Does nothing if it is a member. */
export function join(book: AddressBook, person: Person, group: string): void {
  if (isMember(person, group)) return;
  book.update(person, { ...person.values, memberships: [...(person.values.memberships ?? []), toItem(group)] });
}

/** Removes the contact from a group. Returns false for its last group, which a contact keeps (Google docs). */
export function leave(book: AddressBook, person: Person, group: string): boolean {
  if (!isMember(person, group)) return true;
  const memberships = (person.values.memberships ?? []).filter((item) => groupNameIn(item) !== group);
  if (memberships.length === 0) return false;
  book.update(person, { ...person.values, memberships });
  return true;
}
