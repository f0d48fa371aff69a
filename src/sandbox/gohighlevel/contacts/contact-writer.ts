import type { Clock } from '#sandbox/core/clock.ts';
import type { Store } from '#sandbox/core/store.ts';
import { newId } from '#sandbox/gohighlevel/ids.ts';
import type { GoHighLevelSettings } from '#sandbox/gohighlevel/settings.ts';
import type { Notifier } from '#sandbox/gohighlevel/webhooks/notifier.ts';
import type { Contact, ContactChanges, CustomFieldValue } from './contact.ts';
import type { ContactBook } from './contact-book.ts';

interface Options {
  store: Store;
  clock: Clock;
  book: ContactBook;
  notifier: Notifier;
  settings: () => GoHighLevelSettings;
}

/** A `quiet` write sends no webhooks. For seeding. */
interface WriteOptions {
  quiet?: boolean;
}

export type ContactWriter = ReturnType<typeof createContactWriter>;

/** The only writer of contacts, for API and pages. A contact and its webhooks are stored in one transaction. */
export function createContactWriter({ store, clock, book, notifier, settings }: Options) {
  function commit(before: Contact | null, after: Contact, { quiet = false }: WriteOptions): Contact {
    store.transaction(() => {
      book.put(after);
      if (!quiet) notifier.notify(before, after);
    });
    return after;
  }

  return {
    /** HighLevel sets the type `lead` and the location's country. Integrators report: api-docs issue 289. */
    create(
      locationId: string,
      changes: ContactChanges,
      { id = newId(), ...options }: WriteOptions & { id?: string } = {},
    ): Contact {
      const now = clock.isoNow();
      const country = settings().defaultCountry;
      const blank: Contact = {
        id,
        locationId,
        type: 'lead',
        country,
        dnd: false,
        tags: [],
        customFields: [],
        dateAdded: now,
        dateUpdated: now,
      };
      return commit(null, applyChanges(blank, changes), options);
    },

    update(contact: Contact, changes: ContactChanges, options: WriteOptions = {}): Contact {
      return commit(contact, { ...applyChanges(contact, changes), dateUpdated: clock.isoNow() }, options);
    },

    remove(contact: Contact, options: WriteOptions = {}): void {
      commit(contact, { ...contact, deleted: true, dateUpdated: clock.isoNow() }, options);
    },
  };
}

/** Absent keys stay, null and '' clear a field, custom fields are set one by one. */
function applyChanges(contact: Contact, { dnd, tags, customFields, ...changes }: ContactChanges): Contact {
  const next = { ...contact };
  for (const [name, value] of Object.entries(changes)) {
    if (value === null || value === '') Reflect.deleteProperty(next, name);
    else if (value !== undefined) Object.assign(next, { [name]: value });
  }
  if (dnd !== undefined) next.dnd = dnd ?? false;
  if (tags !== undefined) next.tags = tags ?? [];
  if (customFields) next.customFields = mergeValues(contact.customFields, customFields);
  return withoutPromotedEmail(next);
}

/** Integrators believe that omitted custom fields are kept, and that an empty value removes a field. */
function mergeValues(kept: CustomFieldValue[], written: CustomFieldValue[]): CustomFieldValue[] {
  const byId = new Map([...kept, ...written].map((field) => [field.id, field]));
  return [...byId.values()].filter(({ value }) => value !== null && value !== undefined && value !== '');
}

/** An additional email that becomes the email is removed from the additional ones. The old email is lost (api-docs issue 337). */
function withoutPromotedEmail({ additionalEmails, ...contact }: Contact): Contact {
  const others = additionalEmails?.filter((email) => email.toLowerCase() !== contact.email?.toLowerCase());
  return others?.length ? { ...contact, additionalEmails: others } : contact;
}
