import type { Entry } from './entry.ts';

/** The end of a page: sort key and id of its last profile, which may be deleted meanwhile. */
export type Position = [key: string | number, id: string];
export type Direction = 'ASC' | 'DESC';

/** Entries sorted by one key, then by id. Inserts and removals keep the order. */
export interface Order {
  positionOf(entry: Entry): Position;
  compare(a: Entry, b: Entry): number;
  /** Entries after the position, or all of them. */
  walk(direction: Direction, after: Position | null): Iterable<Entry>;
  insert(entry: Entry): void;
  remove(entry: Entry): void;
  /** Replaces and sorts all entries, which is cheaper than many inserts. */
  replaceAll(entries: Iterable<Entry>): void;
}

/** Creates an empty order. */
export function createOrder(keyOf: (entry: Entry) => string | number): Order {
  let entries: Entry[] = [];
  const positionOf = (entry: Entry): Position => [keyOf(entry), entry.customer.id];
  const compare = (a: Entry, b: Entry) => comparePositions(positionOf(a), positionOf(b));

  /** The number of entries before the position. */
  function indexOf(position: Position): number {
    let [low, high] = [0, entries.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      const entry = entries[middle];
      if (entry && comparePositions(positionOf(entry), position) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  function indexAfter(position: Position): number {
    const index = indexOf(position);
    const entry = entries[index];
    return entry && comparePositions(positionOf(entry), position) === 0 ? index + 1 : index;
  }

  return {
    positionOf,
    compare,
    *walk(direction, after) {
      const [start, step] =
        direction === 'ASC' ? [after ? indexAfter(after) : 0, 1] : [(after ? indexOf(after) : entries.length) - 1, -1];
      for (let at = start; at >= 0 && at < entries.length; at += step) {
        const entry = entries[at];
        if (entry) yield entry;
      }
    },
    insert: (entry) => void entries.splice(indexOf(positionOf(entry)), 0, entry),
    remove(entry) {
      const index = indexOf(positionOf(entry));
      if (entries[index]?.customer.id === entry.customer.id) entries.splice(index, 1);
    },
    replaceAll(all) {
      entries = [...all].sort(compare);
    },
  };
}

/** Orders by key, then by id. */
export function comparePositions([aKey, aId]: Position, [bKey, bId]: Position): number {
  if (aKey !== bKey) return aKey < bKey ? -1 : 1;
  if (aId === bId) return 0;
  return aId < bId ? -1 : 1;
}
