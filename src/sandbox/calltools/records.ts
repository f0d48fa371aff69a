import { z } from 'zod';
import type { RecordsControl } from '#sandbox/core/control.ts';
import type { Account } from './account.ts';
import { parseContactChange } from './contacts/contact-change.ts';
import { createContact, deleteContact, updateContact } from './contacts/contact-writes.ts';
import { showContact } from './contacts/show-contact.ts';
import { invalid } from './django/errors.ts';
import { findNamed, idsByName, withIds } from './names.ts';
import { createBucket } from './routes/buckets.ts';
import { setDisposition } from './routes/dispositions.ts';
import { createTag } from './routes/tags.ts';
import type { Contact, Disposition } from './rows.ts';
import { toUserId } from './tokens.ts';

const bodySchema = z.record(z.string(), z.unknown());
const dispositionSchema = z.strictObject({
  name: z.string(),
  set_contact_dnc: z.boolean().default(false),
  set_phone_number_dnc: z.boolean().default(false),
});

const updateSchema = z.looseObject({ id: z.number(), disposition: z.string().optional() });

/** Changes as people make them on the dialer's pages. Contact bodies are those of the API, with names instead of ids of tags and buckets. */
const changeSchema = z.strictObject({
  /** Names of tags, buckets and dispositions to create unless they exist. */
  tags: z.array(z.string()).default([]),
  buckets: z.array(z.string()).default([]),
  dispositions: z.array(dispositionSchema).default([]),
  create: z.array(bodySchema).default([]),
  /** `disposition` is a name. */
  update: z.array(updateSchema).default([]),
  delete: z
    .array(z.number())
    .default([])
    .transform((ids) => [...new Set(ids)]),
});

/** The user in `modified_by` of an agent's changes. */
const agent = toUserId('agent');

/** Changes made by an agent on the dialer's pages: without token or permissions. */
export function createRecords(account: Account): RecordsControl<ReturnType<typeof change>> {
  return {
    list: () => ({
      contacts: [...account.contacts.rows()].map((contact) => showContact(contact, account)),
      ...idsByName(account),
      subscriptions: [...account.subscriptions.rows()],
    }),
    change: (body) => change(account, changeSchema.parse(body)),
  };
}

/** Checks everything before the first contact is written. */
function change(account: Account, wanted: z.output<typeof changeSchema>) {
  const names = account.transaction(() => ensureNamed(account, wanted));
  const creations = wanted.create.map((body) => parseContactChange(withIds(account, body), account));
  const updates = wanted.update.map((body) => parseUpdate(account, body));
  for (const id of wanted.delete) getContact(account, id);
  return account.transaction(() => {
    const created = creations.map((each) => createContact(account, each, agent).id);
    for (const update of updates) changeAsAgent(account, update);
    for (const id of wanted.delete) deleteContact(account, getContact(account, id));
    return { ...names, created, updated: updates.map(({ id }) => id), deleted: wanted.delete };
  });
}

function ensureNamed(account: Account, { tags, buckets, dispositions }: z.output<typeof changeSchema>) {
  for (const name of tags) if (!findNamed(account.tags, name)) createTag(account, name);
  for (const name of buckets) if (!findNamed(account.buckets, name)) createBucket(account, name);
  for (const { name, set_contact_dnc: setContactDnc, set_phone_number_dnc: setPhoneNumberDnc } of dispositions) {
    if (findNamed(account.dispositions, name)) continue;
    account.dispositions.insert((id) => ({ id, name, setContactDnc, setPhoneNumberDnc }));
  }
  return idsByName(account);
}

type Update = ReturnType<typeof parseUpdate>;

function parseUpdate(account: Account, body: z.output<typeof updateSchema>) {
  const { id } = getContact(account, body.id);
  const disposition = body.disposition === undefined ? null : getDisposition(account, body.disposition);
  return { id, disposition, change: parseContactChange(withIds(account, body), account) };
}

function changeAsAgent(account: Account, { id, disposition, change }: Update): void {
  const contact = updateContact(account, getContact(account, id), change, agent);
  if (disposition) setDisposition(account, contact, disposition);
}

function getContact(account: Account, id: number): Contact {
  const contact = account.contacts.find(id);
  if (!contact) throw invalid({ id: [`There is no contact ${id}.`] });
  return contact;
}

function getDisposition(account: Account, name: string): Disposition {
  const disposition = findNamed(account.dispositions, name);
  if (!disposition) throw invalid({ disposition: [`There is no disposition "${name}".`] });
  return disposition;
}
