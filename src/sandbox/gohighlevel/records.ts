import { z } from 'zod';
import type { RecordsControl } from '#sandbox/core/control.ts';
import type { Contact, ContactChanges } from './contacts/contact.ts';
import { createBody } from './contacts/contact-body.ts';
import { customFieldSeed } from './contacts/custom-fields.ts';
import { normalizeTags } from './contacts/normalize.ts';
import type { Vendor } from './vendor.ts';

const contactSeed = createBody.partial().extend({
  id: z.string().optional(),
  type: z.string().optional(),
  addTags: z.array(z.string()).default([]),
  removeTags: z.array(z.string()).default([]),
  additionalEmails: z.array(z.string()).optional(),
  additionalPhones: z.array(z.string()).optional(),
});
type ContactSeed = z.output<typeof contactSeed>;

const changeBody = z.strictObject({
  customFields: z.array(customFieldSeed).default([]),
  /** Ids of custom fields. HighLevel help: deleting a field deletes its values in all contacts, too. */
  deleteCustomFields: z.array(z.string()).default([]),
  /** With an existing id: changes the contact. Otherwise creates it, with that id or a new one. */
  contacts: z.array(contactSeed).default([]),
  /** Unknown ids are skipped. */
  delete: z.array(z.string()).default([]),
  webhooks: z.boolean().default(true),
});

const listQuery = z.object({
  id: z.string().optional(),
  email: z.string().optional(),
  tag: z.string().optional(),
  limit: z.coerce.number().int().min(1).default(1_000),
  offset: z.coerce.number().int().min(0).default(0),
});

/** Changes as a user makes them in HighLevel's pages: without scopes, rate limit or duplicate rule. */
export function createRecords(vendor: Vendor): RecordsControl<{ contacts: string[] }> {
  const { book, customFields, notes, settings, store, writer } = vendor;
  return {
    list(query) {
      const wanted = listQuery.parse(query);
      const contacts = [...book.all()].filter((contact) => isWanted(contact, wanted));
      const { offset, limit } = wanted;
      const shown = contacts.slice(offset, offset + limit);
      const ids = new Set(shown.map((contact) => contact.id));
      const shownNotes = notes.all().filter(({ contactId }) => ids.has(contactId));
      return { contacts: shown, notes: shownNotes, total: contacts.length, customFields: customFields.all() };
    },
    change(body) {
      const change = changeBody.parse(Array.isArray(body) ? { contacts: body } : body);
      const options = { quiet: !change.webhooks };
      return store.transaction(() => {
        for (const id of change.deleteCustomFields) removeField(vendor, id);
        for (const field of change.customFields) customFields.define(field, settings().locationId);
        // Checks all contacts before the first write, so that a refusal changes nothing.
        const seeds = change.contacts.map((seed) => ({ seed, changes: toChanges(vendor, seed) }));
        const contacts = seeds.map(({ seed, changes }) => save(vendor, seed, changes, options).id);
        for (const id of change.delete) {
          const contact = book.find(id);
          if (contact && !contact.deleted) writer.remove(contact, options);
        }
        return { contacts };
      });
    },
  };
}

function removeField({ book, customFields, writer }: Vendor, id: string): void {
  customFields.remove(id);
  for (const contact of book.all()) {
    if (contact.customFields.some((field) => field.id === id))
      writer.update(contact, { customFields: [{ id, value: null }] }, { quiet: true });
  }
}

function toChanges(vendor: Vendor, seed: ContactSeed): ContactChanges {
  const { id: _, locationId: __, addTags: ___, removeTags: ____, type, additionalEmails, additionalPhones, ...fields } = seed;
  return { ...vendor.normalize(fields), type, additionalEmails, additionalPhones };
}

function save(
  { book, settings, writer }: Vendor,
  seed: ContactSeed,
  changes: ContactChanges,
  options: { quiet: boolean },
): Contact {
  const { id, locationId = settings().locationId } = seed;
  const existing = id === undefined ? undefined : book.find(id);
  const removed = normalizeTags(seed.removeTags);
  const tags = normalizeTags([...(changes.tags ?? existing?.tags ?? []), ...seed.addTags]).filter(
    (tag) => !removed.includes(tag),
  );
  if (existing && !existing.deleted) return writer.update(existing, { ...changes, tags }, options);
  return writer.create(locationId, { ...changes, tags }, { ...options, ...(id !== undefined && { id }) });
}

function isWanted(contact: Contact, { id, email, tag }: z.output<typeof listQuery>): boolean {
  if (id !== undefined && contact.id !== id) return false;
  if (email !== undefined && contact.email?.toLowerCase() !== email.toLowerCase()) return false;
  return tag === undefined || contact.tags.includes(tag.toLowerCase());
}
