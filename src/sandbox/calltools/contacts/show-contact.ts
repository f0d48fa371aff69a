import type { Account } from '#sandbox/calltools/account.ts';
import type { Contact, ContactBucket, ContactTag, Email, Phone } from '#sandbox/calltools/rows.ts';
import { showTime } from '#sandbox/calltools/timestamps.ts';
import { columnsOf, counters } from './contact-columns.ts';

/** A contact in answers and hook bodies, with the vendor's names. */
export function showContact(contact: Contact, account: Account): Record<string, unknown> {
  const { id, uuid, createdBy, modifiedBy } = contact;
  const [createdOn, updatedOn] = [contact.createdOn, contact.updatedOn].map((at) => showTime(at, account.settings));
  return {
    id,
    uuid,
    account_id: 1,
    ...showValues(contact, account),
    tags: contact.tags.map(({ tagId }) => tagId),
    buckets: contact.buckets.map(({ bucketId }) => bucketId),
    _phone_numbers: contact.phones.map((phone) => showPhone(phone, contact)),
    _email_addresses: contact.emails.map((email) => showEmail(email, contact)),
    all_phone_numbers_fdnc: false,
    system_disposition: null,
    disposition: contact.dispositionId,
    call_disposition: null,
    ...counters,
    ...{ created_by: createdBy, modified_by: modifiedBy, created_on: createdOn, updated_on: updatedOn },
  };
}

/** A row of `GET /contacts/`, which may lack the phone data of a read by id (seen by an integrator, not documented). */
export function showContactRow(contact: Contact, account: Account): Record<string, unknown> {
  const shown = showContact(contact, account);
  if (!account.settings.listOmitsPhones) return shown;
  const isPhone = (name: string) => name === '_phone_numbers' || account.settings.fields[name] === 'phone';
  return Object.fromEntries(Object.entries(shown).filter(([name]) => !isPhone(name)));
}

/** A row of `/phonenumbers/`. */
export function showPhone({ id, number, doNotContact }: Phone, contact: Contact) {
  return { id, contact: contact.id, phone_number: number, do_not_contact: doNotContact };
}

/** A row of `_email_addresses`. */
export function showEmail({ id, address }: Email, contact: Contact) {
  return { id, contact: contact.id, email_address: address };
}

/** The body of a `ContactTag` hook. */
export function showContactTag({ id, tagId }: ContactTag, contact: Contact) {
  return { id, contact: contact.id, tag: tagId };
}

/** A row of `/contactbuckets/`. */
export function showContactBucket({ id, bucketId }: ContactBucket, contact: Contact) {
  return { id, contact: contact.id, bucket: bucketId };
}

/** The columns that are defined now: fields added later are included, removed fields are not. */
function showValues(contact: Contact, account: Account): Record<string, unknown> {
  const columns = [...columnsOf(account.settings)];
  return Object.fromEntries(columns.map(([name, { initial }]) => [name, contact.values[name] ?? initial]));
}
