import { randomUUID } from 'node:crypto';
import type { Account } from '#sandbox/calltools/account.ts';
import type { Contact, ContactBucket, ContactTag, Email, FieldValues, Phone } from '#sandbox/calltools/rows.ts';
import type { ContactChange, IdChange } from './contact-change.ts';
import { initialValues } from './contact-columns.ts';
import { toDialable } from './phone.ts';
import { showContact, showContactTag, showEmail, showPhone } from './show-contact.ts';

/** Creates a contact and sends the hooks of the contact and of its rows. */
export function createContact(account: Account, change: ContactChange, user: string): Contact {
  const now = account.timestamp();
  const contact = account.contacts.insert((id) => {
    const given = attachedPhones(account, change.values, ['always', 'create']);
    const values = { ...initialValues(account.settings), ...given };
    const empty = { phones: [], emails: [], tags: [], buckets: [], dispositionId: null };
    const blank = { id, uuid: randomUUID(), values, ...empty, createdBy: user, modifiedBy: user, createdOn: now, updatedOn: now };
    return { ...blank, ...attachedRows(account, blank, values, change) };
  });
  account.index.add(contact);
  account.hooks.created('Contact', () => showContact(contact, account));
  sendRowHooks(account, contact, null);
  return contact;
}

/** Changes `updated_on` even if nothing else changes, like every save of a Django model. */
export function updateContact(account: Account, before: Contact, change: ContactChange, user: string): Contact {
  const values = { ...before.values, ...attachedPhones(account, change.values, ['always']) };
  const rows = attachedRows(account, before, values, change);
  return saveContact(account, before, { ...before, values, ...rows, modifiedBy: user, updatedOn: account.timestamp() });
}

/** Some accounts drop phones silently: those of a create, or all (seen by integrators). */
function attachedPhones(account: Account, values: Partial<FieldValues>, when: string[]): Partial<FieldValues> {
  const { dropsPhones, fields } = account.settings;
  if (!when.includes(dropsPhones)) return values;
  return Object.fromEntries(Object.entries(values).filter(([name]) => fields[name] !== 'phone'));
}

/** Stores a changed contact, updates the index and sends the hooks of new rows. */
export function saveContact(account: Account, before: Contact, after: Contact): Contact {
  account.contacts.update(after);
  account.index.remove(before);
  account.index.add(after);
  sendRowHooks(account, after, before);
  return after;
}

/** Deletes a contact. A delete has no hook. */
export function deleteContact(account: Account, contact: Contact): void {
  account.contacts.delete(contact.id);
  account.index.remove(contact);
}

/** Computes the new list of bucket rows. Rows that stay keep their id. */
export function changeBuckets(account: Account, rows: ContactBucket[], change: IdChange): ContactBucket[] {
  const bucketIds = applyIds(
    rows.map((row) => row.bucketId),
    change,
  );
  return bucketIds.map(
    (bucketId) => rows.find((row) => row.bucketId === bucketId) ?? { id: account.nextId.contactBucket(), bucketId },
  );
}

function attachedRows(account: Account, before: Contact, values: FieldValues, change: ContactChange) {
  return {
    phones: phonesOf(account, values, before.phones),
    emails: emailsOf(account, values, before.emails),
    tags: changeTags(account, before.tags, change.tags),
    buckets: changeBuckets(account, before.buckets, change.buckets),
  };
}

function changeTags(account: Account, rows: ContactTag[], change: IdChange): ContactTag[] {
  const tagIds = applyIds(
    rows.map((row) => row.tagId),
    change,
  );
  return tagIds.map((tagId) => rows.find((row) => row.tagId === tagId) ?? { id: account.nextId.contactTag(), tagId });
}

function applyIds(current: number[], { replace, add, remove }: IdChange): number[] {
  const removed = new Set(remove);
  const kept = (replace ?? current).filter((id) => !removed.has(id));
  return [...new Set([...kept, ...add])];
}

function phonesOf(account: Account, values: FieldValues, rows: Phone[]): Phone[] {
  const numbers = new Set(fieldsOfType(account, values, 'phone').map((raw) => toDialable(raw, account.settings)));
  return [...numbers]
    .filter((number) => number !== null)
    .map((number) => rows.find((row) => row.number === number) ?? { id: account.nextId.phone(), number, doNotContact: false });
}

function emailsOf(account: Account, values: FieldValues, rows: Email[]): Email[] {
  const addresses = new Set(fieldsOfType(account, values, 'email'));
  return [...addresses].map((address) => rows.find((row) => row.address === address) ?? { id: account.nextId.email(), address });
}

function fieldsOfType(account: Account, values: FieldValues, type: 'phone' | 'email'): string[] {
  const names = Object.keys(account.settings.fields).filter((name) => account.settings.fields[name] === type);
  return names.map((name) => values[name]).filter(isFilled);
}

function isFilled(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

function sendRowHooks(account: Account, after: Contact, before: Contact | null): void {
  const isNew =
    (rows: { id: number }[] = []) =>
    (row: { id: number }) =>
      !rows.some(({ id }) => id === row.id);
  for (const tag of after.tags.filter(isNew(before?.tags))) account.hooks.created('ContactTag', () => showContactTag(tag, after));
  for (const phone of after.phones.filter(isNew(before?.phones)))
    account.hooks.created('PhoneNumber', () => showPhone(phone, after));
  for (const email of after.emails.filter(isNew(before?.emails)))
    account.hooks.created('EmailAddress', () => showEmail(email, after));
}
