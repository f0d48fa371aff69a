import type { Entry } from './entry.ts';

/** Where a page ended: the sort key and the id of its last profile, whether or not that profile is still there. */
export type Position = [key: string | number, id: string];
export type Direction = 'ASC' | 'DESC';

/** All entries by one key, then by id, kept in order while they come and go. */
export interface Order {
  positionOf(entry: Entry): Position;
  compare(a: Entry, b: Entry): number;
  /** Those behind the position, or all. */
  walk(direction: Direction, after: Position | null): Iterable<Entry>;
  insert(entry: Entry): void;
  remove(entry: Entry): void;
  /** Sorts anew: cheaper than many inserts. */
  replaceAll(entries: Iterable<Entry>): void;
}

export function createOrder(keyOf: (entry: Entry) => string | number): Order {
  let entries: Entry[] = [];
  const positionOf = (entry: Entry): Position => [keyOf(entry), entry.customer.id];
  const compare = (a: Entry, b: Entry) => comparePositions(positionOf(a), positionOf(b));

  /** How many entries come before the position. */
  function indexOf(position: Position): number {
    let [low, high] = [0, entries.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (comparePositions(positionOf(entries[middle] as Entry), position) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  function isAt(index: number, position: Position): boolean {
    const entry = entries[index];
    return entry !== undefined && comparePositions(positionOf(entry), position) === 0;
  }

  return {
    positionOf,
    compare,
    *walk(direction, after) {
      if (direction === 'ASC') {
        const start = after ? indexOf(after) : 0;
        for (let at = after && isAt(start, after) ? start + 1 : start; at < entries.length; at += 1) yield entries[at] as Entry;
      } else {
        for (let at = (after ? indexOf(after) : entries.length) - 1; at >= 0; at -= 1) yield entries[at] as Entry;
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

export function comparePositions([aKey, aId]: Position, [bKey, bId]: Position): number {
  if (aKey !== bKey) return aKey < bKey ? -1 : 1;
  if (aId === bId) return 0;
  return aId < bId ? -1 : 1;
}
