import type { Clock } from '#sandbox/core/clock.ts';
import type { FieldName } from '#sandbox/google/person/fields.ts';
import type { Person } from '#sandbox/google/person/person.ts';
import type { AddressBook } from './address-book.ts';

export interface SearchCache {
  /** Snapshots the present contacts. Searches find them after the warm-up. */
  warmUp(): void;
  /** Finds cached people with a matching value, up to `limit`. */
  find(query: string, limit: number): Person[];
}

/**
 * Google docs (searchContacts): a lazy cache, which an empty query warms up before the first search and after changes. A search sees
 * the last warmed-up state, and nothing before the first warm-up.
 */
export function createSearchCache(book: AddressBook, clock: Clock, warmUpMs: () => number): SearchCache {
  let known: Person[] = [];
  let warming: { people: Person[]; readyAt: number } | null = null;

  function settle(): void {
    if (!warming || warming.readyAt > clock.now()) return;
    known = warming.people;
    warming = null;
  }

  return {
    warmUp() {
      settle();
      warming = { people: [...book.all()], readyAt: warming?.readyAt ?? clock.now() + warmUpMs() };
    },
    find(query, limit) {
      settle();
      const wanted = query.toLowerCase();
      return known.filter((person) => textsOf(person).some((text) => hasPhrase(text, wanted))).slice(0, limit);
    },
  };
}

/** Google docs: a prefix phrase matches. "foo name" matches "f", "foo n" and "nam", but not "oo n". */
function hasPhrase(text: string, phrase: string): boolean {
  return text.startsWith(phrase) || text.includes(` ${phrase}`);
}

/** Google docs: names, nickNames, emailAddresses, phoneNumbers and organizations. */
const searched: readonly FieldName[] = ['names', 'nicknames', 'emailAddresses', 'phoneNumbers', 'organizations'];

function textsOf({ values }: Person): string[] {
  const items = searched.flatMap((name) => values[name] ?? []);
  return items.map(({ type: _, ...item }) => Object.values(item).join(' ').toLowerCase());
}
