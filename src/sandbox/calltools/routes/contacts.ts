import { parseContactChange } from '#sandbox/calltools/contacts/contact-change.ts';
import { initialValues } from '#sandbox/calltools/contacts/contact-columns.ts';
import { filterContacts } from '#sandbox/calltools/contacts/contact-filters.ts';
import { createContact, deleteContact, updateContact } from '#sandbox/calltools/contacts/contact-writes.ts';
import { answerDuplicate, findDuplicates } from '#sandbox/calltools/contacts/duplicates.ts';
import { showContact, showContactRow } from '#sandbox/calltools/contacts/show-contact.ts';
import { notFound } from '#sandbox/calltools/django/errors.ts';
import { paginate } from '#sandbox/calltools/django/paging.ts';
import type { Contact } from '#sandbox/calltools/rows.ts';
import { type Call, created, noContent, ok, type Resource } from './resource.ts';

/** `/api/contacts/` and `/api/contacts/{id}/`. */
export const contacts: Resource = {
  list: {
    GET: {
      permission: 'contacts.read',
      handle: ({ account, url }) =>
        ok(paginate(filterContacts(account, url.searchParams), url, (row) => showContactRow(row, account))),
    },
    POST: { permission: 'contacts.create', handle: postContact },
  },
  detail: {
    GET: { permission: 'contacts.read', handle: (call) => ok(showContact(getContact(call), call.account)) },
    PUT: { permission: 'contacts.update', handle: putContact },
    PATCH: { permission: 'contacts.update', handle: patchContact },
    DELETE: {
      permission: 'contacts.delete',
      handle: (call) => {
        deleteContact(call.account, getContact(call));
        return noContent();
      },
    },
  },
};

function getContact({ account, id }: Pick<Call, 'account' | 'id'>): Contact {
  const contact = account.contacts.find(id);
  if (!contact) throw notFound();
  return contact;
}

function postContact({ account, token, body }: Call) {
  const change = parseContactChange(body(), account);
  const duplicates = account.settings.duplicateMode === 'create' ? [] : findDuplicates(account, change);
  if (duplicates.length > 0) return answerDuplicate(account, duplicates, change, token.user);
  return created(showContact(createContact(account, change, token.user), account));
}

function patchContact(call: Call) {
  const contact = getContact(call);
  const change = parseContactChange(call.body(), call.account);
  return ok(showContact(updateContact(call.account, contact, change, call.token.user), call.account));
}

/** Replaces all columns. Omitted tags and buckets stay; the real behaviour is not documented. */
function putContact(call: Call) {
  const contact = getContact(call);
  const change = parseContactChange(call.body(), call.account);
  const values = { ...initialValues(call.account.settings), ...change.values };
  return ok(showContact(updateContact(call.account, contact, { ...change, values }, call.token.user), call.account));
}
