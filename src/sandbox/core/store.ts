import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/** Records of one kind by id, in insertion order. Values are replaced, never changed in place. */
export interface Collection<T> {
  readonly size: number;
  get(id: string): T | undefined;
  put(id: string, value: T): void;
  delete(id: string): void;
  values(): Iterable<T>;
}

/**
 * A sandbox's state. Reads come from memory; a write goes through to SQLite before it returns, so an answered write survives SIGKILL.
 * Without a directory the state lives in memory alone.
 */
export interface Store {
  collection<T>(name: string, options?: CollectionOptions): Collection<T>;
  /** Commits all writes of `work` or none. `work` must check before it writes: memory is not rolled back. */
  transaction<R>(work: () => R): R;
  /** Empties every collection that does not survive a reset. */
  clear(): void;
  close(): void;
}

export interface CollectionOptions {
  /** For values that clients are configured with, such as a signing key. */
  survivesReset?: boolean;
  /** One collection for all accounts of the vendor. */
  isShared?: boolean;
}

/** The part of a store that belongs to a further account. */
export function storeOfAccount(store: Store, account: string): Store {
  return {
    ...store,
    collection: (name, options = {}) => store.collection(options.isShared ? name : `${account}/${name}`, options),
  };
}

interface StoredCollection {
  survivesReset: boolean;
  rows: Map<string, unknown>;
  handle: Collection<unknown>;
}

/** Opens the store, with the records that `dataDirectory` has from an earlier run. */
export function openStore(dataDirectory?: string): Store {
  const disk = dataDirectory === undefined ? null : openDisk(dataDirectory);
  const collections = new Map<string, StoredCollection>();

  function open(name: string, survivesReset: boolean): StoredCollection {
    const rows = disk?.load(name) ?? new Map<string, unknown>();
    const opened = { survivesReset, rows, handle: writeThrough(name, rows, disk) };
    collections.set(name, opened);
    return opened;
  }

  return {
    collection<T>(name: string, { survivesReset = false }: CollectionOptions = {}) {
      // The caller knows the type of its collection.
      return (collections.get(name) ?? open(name, survivesReset)).handle as Collection<T>;
    },
    transaction: (work) => (disk ? disk.transaction(work) : work()),
    clear() {
      for (const [name, collection] of collections) {
        if (collection.survivesReset) continue;
        collection.rows.clear();
        disk?.clear(name);
      }
    },
    close: () => disk?.close(),
  };
}

function writeThrough(name: string, rows: Map<string, unknown>, disk: Disk | null): Collection<unknown> {
  return {
    get size() {
      return rows.size;
    },
    get: (id) => rows.get(id),
    put(id, value) {
      disk?.put(name, id, value);
      rows.set(id, value);
    },
    delete(id) {
      disk?.delete(name, id);
      rows.delete(id);
    },
    values: () => rows.values(),
  };
}

type Disk = ReturnType<typeof openDisk>;

function openDisk(dataDirectory: string) {
  mkdirSync(dataDirectory, { recursive: true, mode: 0o700 });
  const database = new DatabaseSync(join(dataDirectory, 'sandbox.sqlite'));
  // WAL with synchronous=NORMAL survives the end of the process but no power cut. That is enough here, at 20 µs a write.
  database.exec(`
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = NORMAL;
    CREATE TABLE IF NOT EXISTS record (
      position INTEGER PRIMARY KEY, collection TEXT NOT NULL, id TEXT NOT NULL, body TEXT NOT NULL, UNIQUE (collection, id));
  `);
  const load = database.prepare('SELECT id, body FROM record WHERE collection = ? ORDER BY position');
  const put = database.prepare(
    'INSERT INTO record (collection, id, body) VALUES (?, ?, ?) ON CONFLICT (collection, id) DO UPDATE SET body = excluded.body',
  );
  const remove = database.prepare('DELETE FROM record WHERE collection = ? AND id = ?');
  const clear = database.prepare('DELETE FROM record WHERE collection = ?');

  return {
    load: (name: string) => new Map<string, unknown>(load.all(name).map((row) => [String(row.id), JSON.parse(String(row.body))])),
    put: (name: string, id: string, value: unknown) => put.run(name, id, JSON.stringify(value)),
    delete: (name: string, id: string) => remove.run(name, id),
    clear: (name: string) => clear.run(name),
    close: () => database.close(),
    transaction<R>(work: () => R): R {
      if (database.isTransaction) return work();
      database.exec('BEGIN IMMEDIATE');
      try {
        const result = work();
        database.exec('COMMIT');
        return result;
      } catch (error) {
        database.exec('ROLLBACK');
        throw error;
      }
    },
  };
}
