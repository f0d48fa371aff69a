import type { Account } from '#sandbox/google/account.ts';
import type { AddressBook } from '#sandbox/google/contacts/address-book.ts';
import { invalidArgument } from '#sandbox/google/google-error.ts';
import type { Item, Person, Values } from '#sandbox/google/person/person.ts';
import { everyone, type Group, type Groups, groupName } from './groups.ts';

const toItem = (contactGroupResourceName: string): Item => ({ contactGroupMembership: { contactGroupResourceName } });

export function groupsOf({ values }: Pick<Person, 'values'>): string[] {
  return (values.memberships ?? []).map(groupOf);
}

export function isMember(person: Person, group: string): boolean {
  return groupsOf(person).includes(group);
}

/** A new contact without a group is in "My Contacts": integrators report it, the docs are silent. */
export function withDefaultGroup(values: Values): Values {
  return values.memberships?.length ? values : { ...values, memberships: [toItem(everyone)] };
}

/** Google docs (updateContact): a 400 where the memberships are written and no contact group is among them. */
export function checkMemberships({ memberships }: Values, groups: Groups, before: readonly string[] = []): void {
  if (memberships === undefined) return;
  if (memberships.length === 0) throw invalidArgument('Person must have at least one contact group membership.');
  for (const group of memberships.map(groupOf)) {
    if (!before.includes(group) && !groups.canGainMembers(group)) {
      throw invalidArgument(`Contact group "${group}" does not exist or can not gain members.`);
    }
  }
}

export function join(book: AddressBook, person: Person, group: string): void {
  if (isMember(person, group)) return;
  book.update(person, { ...person.values, memberships: [...(person.values.memberships ?? []), toItem(group)] });
}

/** False: it is the contact's last group, which Google docs say it keeps. */
export function leave(book: AddressBook, person: Person, group: string): boolean {
  if (!isMember(person, group)) return true;
  const memberships = (person.values.memberships ?? []).filter((item) => groupOf(item) !== group);
  if (memberships.length === 0) return false;
  book.update(person, { ...person.values, memberships });
  return true;
}

/** Its contacts go with it or stay; one that had no other group is then in "My Contacts", as every contact has one. */
export function removeGroup({ book, groups, store }: Account, group: Group, { withContacts }: { withContacts: boolean }): void {
  const name = groupName(group);
  store.transaction(() => {
    groups.remove(group);
    for (const person of [...book.all()].filter((each) => isMember(each, name))) {
      if (withContacts) book.remove(person);
      else if (!leave(book, person, name)) book.update(person, withDefaultGroup({ ...person.values, memberships: [] }));
    }
  });
}

function groupOf({ contactGroupMembership }: Item): string {
  return String((contactGroupMembership as { contactGroupResourceName?: unknown }).contactGroupResourceName);
}
