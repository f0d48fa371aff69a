import type { Clock } from '#sandbox/core/clock.ts';
import { type Customer, isListed } from '#sandbox/square/customers/customer.ts';
import type { CustomerBook } from '#sandbox/square/customers/customer-book.ts';
import type { SquareSettings } from '#sandbox/square/settings.ts';
import { type Entry, type ExactField, toEntry } from './entry.ts';
import { createLookup } from './lookup.ts';
import { comparePositions, createOrder, type Direction, type Position } from './order.ts';

export interface Search {
  field: 'DEFAULT' | 'CREATED_AT';
  order: Direction;
  limit: number;
  after: Position | null;
  matches: (entry: Entry) => boolean;
  /** An exact value that every match has, or null if the filter has none. */
  exact: { field: ExactField; value: string } | null;
}

export interface Found {
  customers: Customer[];
  /** The last position of the page. Null on the last page. */
  last: Position | null;
}

interface Change {
  /** The time at which the change becomes visible. */
  at: number;
  id: string;
  /** Null if deleted. */
  customer: Customer | null;
}

/** From this many changes on, a full sort is cheaper than single inserts. */
const manyChanges = 500;
export type CustomerIndex = ReturnType<typeof createCustomerIndex>;

/**
 * A copy of the profiles that lags behind. Square docs (ListCustomers, SearchCustomers): changes show "in well under 30 seconds",
 * sometimes after a minute or more.
 */
export function createCustomerIndex(book: CustomerBook, clock: Clock, settings: () => SquareSettings) {
  const visible = new Map<string, Entry>();
  const orders = { DEFAULT: createOrder(({ name }) => name), CREATED_AT: createOrder(({ createdAt }) => createdAt) };
  const lookup = createLookup();
  const waiting: Change[] = [...book.all()].map((customer) => ({ at: 0, id: customer.id, customer }));

  book.onChange((id, customer) => waiting.push({ at: clock.now() + settings().indexLagMs, id, customer }));

  function catchUp(): void {
    const firstWaiting = waiting.findIndex(({ at }) => at > clock.now());
    const due = waiting.splice(0, firstWaiting === -1 ? waiting.length : firstWaiting);
    const sortsAnew = due.length >= manyChanges;
    for (const change of due) show(change, sortsAnew ? [] : Object.values(orders));
    if (sortsAnew) for (const order of Object.values(orders)) order.replaceAll(visible.values());
  }

  function show({ id, customer }: Change, followed: readonly (typeof orders.DEFAULT)[]): void {
    const before = visible.get(id);
    const after = customer && isListed(customer) ? toEntry(customer, settings().sellerCountry) : null;
    for (const part of [lookup, ...followed]) {
      if (before) part.remove(before);
      if (after) part.insert(after);
    }
    if (after) visible.set(id, after);
    else visible.delete(id);
  }

  function* candidates({ field, order, after, exact }: Search): Iterable<Entry> {
    if (!exact) return yield* orders[field].walk(order, after);
    const { compare, positionOf } = orders[field];
    const sign = order === 'ASC' ? 1 : -1;
    for (const entry of [...lookup.find(exact.field, exact.value)].sort((a, b) => sign * compare(a, b))) {
      if (!after || sign * comparePositions(positionOf(entry), after) > 0) yield entry;
    }
  }

  return {
    search(search: Search): Found {
      catchUp();
      const found: Entry[] = [];
      let last: Entry | null = null;
      for (const entry of candidates(search)) {
        if (!search.matches(entry)) continue;
        if (last && found.length === search.limit) return toFound(found, orders[search.field].positionOf(last));
        found.push(entry);
        last = entry;
      }
      return toFound(found, null);
    },

    /** The number of matches on all pages. */
    count(search: Search): number {
      let count = 0;
      for (const entry of candidates({ ...search, after: null })) if (search.matches(entry)) count += 1;
      return count;
    },
  };
}

const toFound = (entries: Entry[], last: Position | null): Found => ({
  customers: entries.map(({ customer }) => customer),
  last,
});
