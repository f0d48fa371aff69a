import type { Clock } from '#sandbox/core/clock.ts';
import type { Store } from '#sandbox/core/store.ts';
import { newId } from '#sandbox/square/ids.ts';
import type { SquareSettings } from '#sandbox/square/settings.ts';
import type { Notifier } from '#sandbox/square/webhooks/notifier.ts';
import { applyChanges, type Customer, type CustomerChanges } from './customer.ts';
import type { CustomerBook } from './customer-book.ts';
import { toMilliseconds, toSeconds } from './timestamps.ts';

interface Options {
  store: Store;
  clock: Clock;
  book: CustomerBook;
  notifier: Notifier;
  settings: () => SquareSettings;
}

/** A `quiet` write sends no webhooks. */
export interface WriteOptions {
  quiet?: boolean;
}

interface CreateOptions extends WriteOptions {
  id?: string | undefined;
  source?: string | undefined;
  version?: number | undefined;
}

export type CustomerWriter = ReturnType<typeof createCustomerWriter>;

/** The only writer of profiles, for API and Dashboard. A profile and its webhook are stored in one transaction. */
export function createCustomerWriter({ store, clock, book, notifier, settings }: Options) {
  return {
    /** Square docs (samples): version 0, `created_at` in milliseconds and `updated_at` in seconds, which is often earlier. */
    create(changes: CustomerChanges, { id = newId(), source = 'THIRD_PARTY', version = 0, quiet }: CreateOptions = {}): Customer {
      const now = clock.now();
      const times = { created_at: toMilliseconds(now), updated_at: toSeconds(now) };
      const blank = { id, ...times, preferences: { email_unsubscribed: false }, creation_source: source, version };
      const customer = applyChanges(blank, changes);
      store.transaction(() => {
        book.put({ customer });
        if (!quiet) notifier.notify('customer.created', customer);
      });
      return customer;
    },

    update(customer: Customer, changes: CustomerChanges, { quiet }: WriteOptions = {}): Customer {
      const next = applyChanges(customer, changes);
      if (settings().emptyUpdate === 'ignored' && isSame(next, customer)) return customer;
      const updated = { ...next, updated_at: toSeconds(clock.now()), version: customer.version + 1 };
      store.transaction(() => {
        book.put({ customer: updated });
        if (!quiet) notifier.notify('customer.updated', updated);
      });
      return updated;
    },

    /** Square docs (optimistic concurrency; customer webhooks): segments change neither the version nor send an event. */
    setSegments(customer: Customer, ids: string[]): Customer {
      const { segment_ids: _, ...others } = customer;
      const next = ids.length > 0 ? { ...others, segment_ids: ids } : others;
      book.put({ customer: next });
      return next;
    },

    remove(customer: Customer, { quiet }: WriteOptions = {}): void {
      store.transaction(() => {
        book.put({ customer, deleted: true });
        if (!quiet) notifier.notify('customer.deleted', customer);
      });
    },
  };
}

function isSame(a: Customer, b: Customer): boolean {
  const sorted = (customer: Customer) => JSON.stringify(Object.entries(customer).toSorted());
  return sorted(a) === sorted(b);
}
