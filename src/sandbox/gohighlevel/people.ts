import type { RecordsControl } from '#sandbox/core/control.ts';
import type { PeopleControl, Person, PersonEdit } from '#sandbox/core/people.ts';
import { withoutUndefined } from '#sandbox/core/without-undefined.ts';
import type { Contact } from './contacts/contact.ts';
import type { Vendor } from './vendor.ts';

/** HighLevel's contacts as people. */
export function createPeople({ book }: Vendor, records: RecordsControl<{ contacts: string[] }>): PeopleControl {
  return {
    *all() {
      for (const contact of book.all()) yield toPerson(contact);
    },
    save: (edits, { webhooks }) => records.change({ contacts: edits.map(toContact), webhooks }).contacts,
  };
}

function toPerson({ id, firstName, lastName, phone, email, dnd, dndSettings }: Contact): Person {
  return {
    id,
    givenName: firstName,
    familyName: lastName,
    phones: phone === undefined ? [] : [phone],
    emails: email === undefined ? [] : [email],
    doNotCall: dnd || dndSettings?.Call?.status === 'active',
  };
}

/** A contact has one phone, one email address and no note. */
function toContact(edit: PersonEdit): object {
  const { id, givenName, familyName, phone, email, company, city, state, country, source, tags, addTags, doNotCall } = edit;
  return withoutUndefined({
    ...{ id, firstName: givenName, lastName: familyName, phone, email, companyName: company },
    ...{ city, state, country, source, tags, addTags, dnd: doNotCall },
  });
}
