import type { Account } from '#sandbox/calltools/account.ts';
import { saveContact } from '#sandbox/calltools/contacts/contact-writes.ts';
import { showPhone } from '#sandbox/calltools/contacts/show-contact.ts';
import { notFound } from '#sandbox/calltools/django/errors.ts';
import { toBool } from '#sandbox/calltools/django/field-types.ts';
import { paginate } from '#sandbox/calltools/django/paging.ts';
import { readField } from '#sandbox/calltools/django/read-field.ts';
import type { Contact, Phone } from '#sandbox/calltools/rows.ts';
import { type Call, ok, type Resource } from './resource.ts';

interface OwnedPhone {
  phone: Phone;
  contact: Contact;
}

/** `/api/phonenumbers/` and `/api/phonenumbers/{id}/`. No filters are known. */
export const phoneNumbers: Resource = {
  list: {
    GET: {
      permission: 'phonenumbers.read',
      handle: ({ account, url }) => ok(paginate(allPhones(account), url, show)),
    },
  },
  detail: {
    GET: { permission: 'phonenumbers.read', handle: (call) => ok(show(getPhone(call))) },
    PATCH: { permission: 'phonenumbers.update', handle: patchPhone },
  },
};

function allPhones(account: Account): OwnedPhone[] {
  const owned = [...account.contacts.rows()].flatMap((contact) => contact.phones.map((phone) => ({ phone, contact })));
  return owned.sort((a, b) => a.phone.id - b.phone.id);
}

function getPhone({ account, id }: Call): OwnedPhone {
  const contact = account.contacts.find(account.index.ownerOfPhone(id) ?? Number.NaN);
  const phone = contact?.phones.find((row) => row.id === id);
  if (!contact || !phone) throw notFound();
  return { phone, contact };
}

/** Sets do-not-contact of one number. That of the contact stays. */
function patchPhone(call: Call) {
  const { phone, contact } = getPhone(call);
  const changed = { ...phone, doNotContact: readField(call.body(), 'do_not_contact', toBool, phone.doNotContact) };
  const phones = contact.phones.map((row) => (row.id === phone.id ? changed : row));
  return ok(show({ phone: changed, contact: saveContact(call.account, contact, { ...contact, phones }) }));
}

const show = ({ phone, contact }: OwnedPhone) => showPhone(phone, contact);
