import type { RecordsControl } from '#sandbox/core/control.ts';
import type { PeopleControl, Person, PersonEdit } from '#sandbox/core/people.ts';
import { withoutUndefined } from '#sandbox/core/without-undefined.ts';
import type { Customer } from './customers/customer.ts';
import type { Vendor } from './vendor.ts';

/** Square's customers as people. */
export function createPeople({ book }: Vendor, records: RecordsControl<{ customers: string[] }>): PeopleControl {
  return {
    *all() {
      for (const customer of book.all()) yield toPerson(customer);
    },
    save: (edits, { webhooks }) => records.change({ customers: edits.map(toCustomer), webhooks }).customers,
  };
}

function toPerson({ id, given_name, family_name, phone_number, email_address, note }: Customer): Person {
  return {
    id,
    givenName: given_name,
    familyName: family_name,
    phones: phone_number === undefined ? [] : [phone_number],
    emails: email_address === undefined ? [] : [email_address],
    note,
  };
}

/** A customer has one phone, one email address and no tags. */
function toCustomer({ id, givenName, familyName, phone, email, note, company }: PersonEdit): object {
  return withoutUndefined({
    ...{ id, given_name: givenName, family_name: familyName, company_name: company },
    ...{ phone_number: phone, email_address: email, note },
  });
}
