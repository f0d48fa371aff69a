import type { Clock } from '#sandbox/core/clock.ts';
import type { FieldName } from '#sandbox/google/person/fields.ts';
import type { Person } from '#sandbox/google/person/person.ts';
import type { AddressBook } from './address-book.ts';

export interface SearchCache {
  /** Takes in what there is now; it is found after the warm-up. */
  warmUp(): void;
  /** The first so many people of the cache with a value that matches. */
  find(query: string, limit: number): Person[];
}

/**
 * Google docs (searchContacts): a lazy cache, to be warmed by an empty query before the first search and after changes.
 * A search sees the last state that was warmed up, and nothing before the first.
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

/** Google docs: a prefix phrase. "foo name" is found by "f", "foo n" and "nam", not by "oo n". */
function hasPhrase(text: string, phrase: string): boolean {
  return text.startsWith(phrase) || text.includes(` ${phrase}`);
}

/** Google docs: names, nickNames, emailAddresses, phoneNumbers and organizations. */
const searched: readonly FieldName[] = ['names', 'nicknames', 'emailAddresses', 'phoneNumbers', 'organizations'];

function textsOf({ values }: Person): string[] {
  const items = searched.flatMap((name) => values[name] ?? []);
  return items.map(({ type: _, ...item }) => Object.values(item).join(' ').toLowerCase());
}
