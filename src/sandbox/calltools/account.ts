import type { Clock } from '#sandbox/core/clock.ts';
import type { Settings } from '#sandbox/core/settings.ts';
import type { Store } from '#sandbox/core/store.ts';
import type { Webhooks } from '#sandbox/core/webhooks.ts';
import { ContactIndex } from './contacts/contact-index.ts';
import { createHooks, type Hooks } from './hooks.ts';
import type { Bucket, Contact, Disposition, HookSubscription, Tag } from './rows.ts';
import type { CallToolsSettings } from './settings.ts';
import { createSequence, openTable, type Table } from './table.ts';
import { createTimestamps } from './timestamps.ts';

/** One CallTools account: its rows, hooks and settings. */
export interface Account {
  contacts: Table<Contact>;
  /** Finds contacts by their values. Every write to `contacts` has to update it. */
  index: ContactIndex;
  tags: Table<Tag>;
  buckets: Table<Bucket>;
  dispositions: Table<Disposition>;
  subscriptions: Table<HookSubscription>;
  nextId: Record<'phone' | 'email' | 'contactTag' | 'contactBucket' | 'contactDisposition', () => number>;
  hooks: Hooks;
  readonly settings: CallToolsSettings;
  /** The time for `created_on` and `updated_on`. */
  timestamp(): string;
  /** Executes all writes of `work` or none. Check before the first write. */
  transaction<R>(work: () => R): R;
}

export interface AccountParts {
  store: Store;
  clock: Clock;
  webhooks: Webhooks;
  settings: Settings<CallToolsSettings>;
}

/** Opens the account of a store, with the rows of earlier runs. */
export function openAccount({ store, clock, webhooks, settings }: AccountParts): Account {
  const contacts = openTable<Contact>(store, 'contacts');
  const subscriptions = openTable<HookSubscription>(store, 'resthooksubscriptions');
  return {
    contacts,
    index: new ContactIndex(contacts.rows()),
    tags: openTable(store, 'alltags'),
    buckets: openTable(store, 'buckets'),
    dispositions: openTable(store, 'calldispositions'),
    subscriptions,
    nextId: {
      phone: createSequence(store, 'phonenumbers'),
      email: createSequence(store, 'emailaddresses'),
      contactTag: createSequence(store, 'contacttags'),
      contactBucket: createSequence(store, 'contactbuckets'),
      contactDisposition: createSequence(store, 'historicalcontactdispositions'),
    },
    hooks: createHooks(subscriptions, webhooks),
    get settings() {
      return settings.current;
    },
    timestamp: createTimestamps(clock),
    transaction: store.transaction,
  };
}
