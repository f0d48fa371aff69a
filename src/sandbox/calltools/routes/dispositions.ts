import type { Account } from '#sandbox/calltools/account.ts';
import { saveContact } from '#sandbox/calltools/contacts/contact-writes.ts';
import { notFound } from '#sandbox/calltools/django/errors.ts';
import { paginate } from '#sandbox/calltools/django/paging.ts';
import type { Contact, Disposition } from '#sandbox/calltools/rows.ts';
import { type Call, ok, type Resource } from './resource.ts';

/** `/api/calldispositions/` and `/api/calldispositions/{id}/`: the results of a call that agents can report. Read-only. */
export const callDispositions: Resource = {
  list: {
    GET: {
      permission: 'dispositions.read',
      handle: ({ account, url }) => ok(paginate([...account.dispositions.rows()], url, showDisposition)),
    },
  },
  detail: { GET: { permission: 'dispositions.read', handle: (call) => ok(showDisposition(getDisposition(call))) } },
};

/** Sets the disposition that an agent reports for a contact. It may forbid further calls to the contact or to its numbers. */
export function setDisposition(account: Account, contact: Contact, disposition: Disposition): Contact {
  const id = account.nextId.contactDisposition();
  account.hooks.created('HistoricalContactDisposition', () => ({ id, contact: contact.id, disposition: disposition.id }));
  const values = disposition.setContactDnc ? { ...contact.values, do_not_contact: true } : contact.values;
  const phones = contact.phones.map((phone) => (disposition.setPhoneNumberDnc ? { ...phone, doNotContact: true } : phone));
  const updatedOn = account.timestamp();
  return saveContact(account, contact, { ...contact, values, phones, dispositionId: disposition.id, updatedOn });
}

function getDisposition({ account, id }: Call): Disposition {
  const disposition = account.dispositions.find(id);
  if (!disposition) throw notFound();
  return disposition;
}

function showDisposition({ id, name, setContactDnc, setPhoneNumberDnc }: Disposition) {
  return { id, name, set_contact_dnc: setContactDnc, set_phone_number_dnc: setPhoneNumberDnc };
}
