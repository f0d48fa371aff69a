import type { Store } from '#sandbox/core/store.ts';
import type { Contact } from './contact.ts';

export type MatchField = 'email' | 'phone';
type Listener = (change: { before: Contact | null; after: Contact | null }) => void;

export interface ContactBook {
  /** Grows with every change. */
  readonly version: number;
  /** Finds a contact, even if it is deleted. */
  find(id: string): Contact | undefined;
  /** The location's oldest contact with this email or phone, additional ones included. Ignores case. */
  findMatch(locationId: string, field: MatchField, value: string): Contact | undefined;
  /** Contacts that are not deleted, the oldest first. */
  all(): Iterable<Contact>;
  /** Stores a contact and calls the listeners. A tombstone counts as deleted. */
  put(contact: Contact): void;
  onChange(listener: Listener): void;
}

/** The location's contacts, with the lookups that HighLevel's duplicate rules need. */
export function createContactBook(store: Store): ContactBook {
  const contacts = store.collection<Contact>('contacts');
  const idsByKey = new Map<string, Set<string>>();
  const listeners: Listener[] = [];
  let version = 0;

  function index(contact: Contact): void {
    for (const key of keysOf(contact)) {
      const ids = idsByKey.get(key);
      if (ids) ids.add(contact.id);
      else idsByKey.set(key, new Set([contact.id]));
    }
  }

  function unindex(contact: Contact): void {
    for (const key of keysOf(contact)) {
      const ids = idsByKey.get(key);
      ids?.delete(contact.id);
      if (ids?.size === 0) idsByKey.delete(key);
    }
  }

  const living = (contact: Contact | undefined) => (contact?.deleted ? null : (contact ?? null));
  for (const contact of contacts.values()) if (!contact.deleted) index(contact);

  return {
    get version() {
      return version;
    },
    find: (id) => contacts.get(id),
    findMatch(locationId, field, value) {
      const [id] = idsByKey.get(keyOf(locationId, field, value)) ?? [];
      return id === undefined ? undefined : contacts.get(id);
    },
    *all() {
      for (const contact of contacts.values()) if (!contact.deleted) yield contact;
    },
    put(contact) {
      const before = living(contacts.get(contact.id));
      const after = living(contact);
      contacts.put(contact.id, contact);
      if (before) unindex(before);
      if (after) index(after);
      version += 1;
      for (const listener of listeners) listener({ before, after });
    },
    onChange: (listener) => void listeners.push(listener),
  };
}

const keyOf = (locationId: string, field: MatchField, value: string) => `${locationId} ${field} ${value.toLowerCase()}`;

function keysOf({ locationId, email, additionalEmails = [], phone, additionalPhones = [] }: Contact): string[] {
  const emails = [email, ...additionalEmails].filter((each) => each !== undefined);
  const phones = [phone, ...additionalPhones].filter((each) => each !== undefined);
  return [...emails.map((each) => keyOf(locationId, 'email', each)), ...phones.map((each) => keyOf(locationId, 'phone', each))];
}
