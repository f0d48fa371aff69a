import { type Entry, type ExactField, exactFields } from './entry.ts';

/** Entries by exact value, so that a search before a create does not scan all profiles. */
export function createLookup() {
  const entriesByKey = new Map<string, Set<Entry>>();
  const keyOf = (field: ExactField, value: string) => `${field} ${value}`;
  const keysOf = ({ exact }: Entry) =>
    exactFields.flatMap((field) => {
      const value = exact[field];
      return value === undefined ? [] : [keyOf(field, value)];
    });

  return {
    find: (field: ExactField, value: string): Iterable<Entry> => entriesByKey.get(keyOf(field, value)) ?? [],
    insert(entry: Entry): void {
      for (const key of keysOf(entry)) {
        const entries = entriesByKey.get(key);
        if (entries) entries.add(entry);
        else entriesByKey.set(key, new Set([entry]));
      }
    },
    remove(entry: Entry): void {
      for (const key of keysOf(entry)) {
        const entries = entriesByKey.get(key);
        entries?.delete(entry);
        if (entries?.size === 0) entriesByKey.delete(key);
      }
    },
  };
}
