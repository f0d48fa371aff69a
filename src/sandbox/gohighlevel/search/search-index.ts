import type { Clock } from '#sandbox/core/clock.ts';
import type { Contact } from '#sandbox/gohighlevel/contacts/contact.ts';
import type { ContactBook } from '#sandbox/gohighlevel/contacts/contact-book.ts';
import { toPredicate } from './filters.ts';
import { createHitList, type Hit, type HitList, type Sort } from './hit-list.ts';
import type { SearchBody } from './search-body.ts';

export interface SearchIndex {
  search(body: SearchBody): { hits: Hit[]; total: number };
}

interface Change {
  /** The time at which the change becomes visible. */
  at: number;
  id: string;
  /** Null if deleted. */
  contact: Contact | null;
}

const defaultSort: Sort = [{ field: 'dateAdded', direction: 'desc' }];
/** From this many changes on, a full sort is cheaper than single inserts. */
const manyChanges = 500;
const maxCachedLists = 8;

/** A copy of the contacts that lags behind. HighLevel docs: updates "may take a few seconds" to show. */
export function createSearchIndex(book: ContactBook, clock: Clock, lagMs: () => number): SearchIndex {
  const visible = new Map<string, Contact>();
  const lists = new Map<string, HitList>();
  const waiting: Change[] = [];
  for (const contact of book.all()) visible.set(contact.id, contact);

  book.onChange(({ before, after }) => {
    const id = (after ?? before)?.id;
    if (id !== undefined) waiting.push({ at: clock.now() + lagMs(), id, contact: after });
  });

  function catchUp(): void {
    const now = clock.now();
    const firstWaiting = waiting.findIndex(({ at }) => at > now);
    const due = waiting.splice(0, firstWaiting === -1 ? waiting.length : firstWaiting);
    if (due.length >= manyChanges) lists.clear();
    for (const change of due) show(change);
  }

  function show({ id, contact }: Change): void {
    for (const list of lists.values()) list.apply(visible.get(id), contact);
    if (contact) visible.set(id, contact);
    else visible.delete(id);
  }

  /** Caches lists, so that paging through 100,000 contacts sorts them once. */
  function listFor({ locationId, filters = [], sort = defaultSort, query }: SearchBody): HitList {
    const key = JSON.stringify([locationId, filters, sort, query]);
    const kept = lists.get(key);
    if (kept) return kept;
    const passes = toPredicate(filters);
    const matches = (contact: Contact) => contact.locationId === locationId && passes(contact) && mentions(contact, query);
    const list = createHitList({ contacts: visible.values(), matches, sort });
    if (lists.size >= maxCachedLists) lists.clear();
    lists.set(key, list);
    return list;
  }

  return {
    search(body) {
      catchUp();
      const { hits, indexAfter } = listFor(body);
      const { pageLimit, page = 1, searchAfter } = body;
      const start = searchAfter ? indexAfter(searchAfter) : (page - 1) * pageLimit;
      return { hits: hits.slice(start, start + pageLimit), total: hits.length };
    },
  };
}

function mentions({ firstName, lastName, email, phone, companyName }: Contact, query: string | undefined): boolean {
  if (!query) return true;
  return [firstName, lastName, email, phone, companyName].filter(Boolean).join(' ').toLowerCase().includes(query.toLowerCase());
}
