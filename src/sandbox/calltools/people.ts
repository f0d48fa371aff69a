import type { RecordsControl } from '#sandbox/core/control.ts';
import type { PeopleControl, Person, PersonEdit } from '#sandbox/core/people.ts';
import { withoutUndefined } from '#sandbox/core/without-undefined.ts';
import type { Account } from './account.ts';
import type { Contact } from './rows.ts';

type Changed = { created: number[] };

/** An agent records a refusal of further calls as this disposition. */
const refusal = { name: 'Never again', set_contact_dnc: true };

/** The dialer's contacts as people; its buckets are their lists. */
export function createPeople(account: Account, records: RecordsControl<Changed>): PeopleControl {
  return {
    *all() {
      for (const contact of account.contacts.rows()) yield toPerson(contact, account);
    },
    save(edits) {
      const { created } = records.change({
        tags: edits.flatMap(({ tags = [], addTags = [] }) => [...tags, ...addTags]),
        buckets: edits.flatMap(({ addLists = [] }) => addLists),
        dispositions: edits.some(({ doNotCall }) => doNotCall) ? [refusal] : [],
        create: edits.filter(({ id }) => id === undefined).map(toBody),
        update: edits.filter(({ id }) => id !== undefined).map(toUpdate),
      });
      const newIds = created.values();
      return edits.map(({ id }) => id ?? String(newIds.next().value));
    },
    createLists: (buckets) => void records.change({ buckets }),
  };
}

function toPerson({ id, values, phones, emails, buckets }: Contact, account: Account): Person {
  return {
    id: String(id),
    givenName: asText(values.first_name),
    familyName: asText(values.last_name),
    phones: phones.map(({ number }) => number),
    emails: emails.map(({ address }) => address),
    lists: buckets.map(({ bucketId }) => account.buckets.find(bucketId)?.name ?? String(bucketId)),
    doNotCall: values.do_not_contact === true,
  };
}

/** Agents mark a refusal by a disposition. */
function toUpdate({ id, doNotCall, ...edit }: PersonEdit): object {
  return { ...toBody(edit), id: Number(id), ...(doNotCall && { disposition: refusal.name }) };
}

/** Text columns take a blank and refuse null. */
function toBody({ givenName, familyName, phone, email, company, tags, addTags, addLists, doNotCall }: PersonEdit): object {
  return withoutUndefined({
    first_name: givenName ?? (givenName === null ? '' : undefined),
    last_name: familyName ?? (familyName === null ? '' : undefined),
    ...{ mobile_phone_number: phone, personal_email_address: email, company_name: company },
    ...{ tags, add_tags: addTags, add_buckets: addLists, do_not_contact: doNotCall },
  });
}

function asText(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
