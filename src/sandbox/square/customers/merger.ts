import type { Clock } from '#sandbox/core/clock.ts';
import type { Store } from '#sandbox/core/store.ts';
import { invalidRequest } from '#sandbox/square/api-error.ts';
import type { SquareSettings } from '#sandbox/square/settings.ts';
import type { Notifier } from '#sandbox/square/webhooks/notifier.ts';
import type { Customer, CustomerChanges } from './customer.ts';
import type { CustomerBook, Profile } from './customer-book.ts';
import type { CustomerWriter, WriteOptions } from './customer-writer.ts';
import { mergedFields } from './merged-fields.ts';

interface Options {
  store: Store;
  clock: Clock;
  book: CustomerBook;
  notifier: Notifier;
  writer: CustomerWriter;
  settings: () => SquareSettings;
}

export interface MergeRequest {
  from: readonly string[];
  /** Id of the new profile; generated if absent. */
  to?: string | undefined;
  /** Values that the seller chose where the profiles differ. */
  changes: CustomerChanges;
}

/** Merges and recoveries, which no API call does: sellers and Square merge profiles, and sellers restore them. */
export function createMerger({ store, clock, book, notifier, writer, settings }: Options) {
  function getMergedFrom(id: string): Profile[] {
    const originals = [...book.mergedInto(book.getLiving(id).id)];
    if (originals.length === 0) throw invalidRequest('BAD_REQUEST', `${id} is not the result of a merge.`);
    return originals;
  }

  function getDeleted(id: string): Profile {
    const profile = book.find(id);
    if (!profile?.deleted) throw invalidRequest('BAD_REQUEST', `${id} is not deleted.`);
    return profile;
  }

  const merger = {
    getMergedFrom,
    getDeleted,

    /** Square docs (customer webhooks), forum 8321: a new profile with its `created`, and a `deleted` for each old one. */
    merge({ from, to, changes }: MergeRequest, { quiet }: WriteOptions): Customer {
      const originals = from.map(book.getLiving);
      return store.transaction(() => {
        const [year, month, day] = clock.isoNow().slice(0, 10).split('-');
        const fields = mergedFields(originals, { on: `${month}/${day}/${year}`, settings: settings() });
        const merged = writer.create({ ...fields, ...changes }, { id: to, source: 'MERGE', quiet: true });
        for (const customer of originals) book.put({ customer, deleted: true, mergedInto: merged.id });
        if (!quiet) announce(merged, originals);
        return merged;
      });
    },

    /** Deletes the merged profile and restores the old ones. That no other events are sent is an assumption. */
    unmerge(id: string, options: WriteOptions): Customer[] {
      const originals = getMergedFrom(id);
      writer.remove(book.getLiving(id), options);
      return originals.map((original) => recover(original, options));
    },

    undelete: (id: string, options: WriteOptions): Customer => recover(getDeleted(id), options),
  };

  /** The order of a merge's events is not documented. */
  function announce(merged: Customer, originals: readonly Customer[]): void {
    const context = { from_customer_ids: originals.map(({ id }) => id), to_customer_id: merged.id };
    const events = [
      () => notifier.notify('customer.created', merged, context),
      ...originals.map((original) => () => notifier.notify('customer.deleted', original, context)),
    ];
    for (const event of settings().mergeOrder === 'created-first' ? events : events.toReversed()) event();
  }

  /** Square docs (CustomerCreationSource): such profiles have their own source. Other effects are not documented. */
  function recover({ customer, mergedInto }: Profile, options: WriteOptions): Customer {
    const { id, created_at: _, updated_at: __, creation_source: ___, segment_ids: ____, version, ...fields } = customer;
    const source = mergedInto === undefined ? 'DELETION_RECOVERY' : 'UNMERGE_RECOVERY';
    if (settings().recoveryKeepsId) return writer.create(fields, { ...options, id, source, version: version + 1 });
    return writer.create(fields, { ...options, source });
  }

  return merger;
}
