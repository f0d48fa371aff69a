import type { Store } from '#sandbox/core/store.ts';

/** Rows with sequential integer ids. Ids are not reused, not even after a delete. */
export interface Table<Row extends { id: number }> {
  readonly size: number;
  find(id: number): Row | undefined;
  /** Inserts the row that `build` returns for the next id. */
  insert(build: (id: number) => Row): Row;
  update(row: Row): void;
  delete(id: number): void;
  /** In the order of their ids. */
  rows(): Iterable<Row>;
}

/** Opens a table. Rows are stored as they are. */
export function openTable<Row extends { id: number }>(store: Store, name: string): Table<Row> {
  const collection = store.collection<Row>(name);
  const nextId = createSequence(store, name);
  return {
    get size() {
      return collection.size;
    },
    find: (id) => collection.get(String(id)),
    insert(build) {
      const row = build(nextId());
      collection.put(String(row.id), row);
      return row;
    },
    update: (row) => collection.put(String(row.id), row),
    delete: (id) => collection.delete(String(id)),
    rows: () => collection.values(),
  };
}

/** 1, 2, 3 …, also across restarts. */
export function createSequence(store: Store, name: string): () => number {
  const sequences = store.collection<number>('sequences');
  return () => {
    const next = (sequences.get(name) ?? 0) + 1;
    sequences.put(name, next);
    return next;
  };
}
