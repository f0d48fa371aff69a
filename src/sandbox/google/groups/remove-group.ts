import type { Account } from '#sandbox/google/account.ts';
import { type Group, groupName } from './groups.ts';
import { isMember, leave, withDefaultGroup } from './memberships.ts';

/** Deletes a group, with or without its contacts. A contact that had no other group moves to "My Contacts", as each needs one. */
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
