import type { Clock } from '../../core/clock.ts';
import type { Contact } from '../contact.ts';
import type { ContactBook } from '../contact-book.ts';
import { findField, type Scalar } from './fields.ts';
import { toPredicate } from './filters.ts';
import type { SearchBody } from './search-body.ts';

export interface Hit {
  contact: Contact;
  /** HighLevel docs: `searchAfter` is on each contact; sort values (milliseconds for dates), then the id. */
  searchAfter: (Scalar | null)[];
}

export interface SearchIndex {
  search(body: SearchBody): { hits: Hit[]; total: number };
}

type Sort = NonNullable<SearchBody['sort']>;
const defaultSort: Sort = [{ field: 'dateAdded', direction: 'desc' }];

/** Its own copy of the contacts, behind by the lag. HighLevel docs: updates "may take a few seconds" to show. */
export function createSearchIndex(book: ContactBook, clock: Clock, lagMs: () => number): SearchIndex {
  const visible = new Map<string, Contact>();
  const lists = new Map<string, Hit[]>();
  let waiting: { at: number; id: string; contact: Contact | null }[] = [];
  for (const contact of book.all()) visible.set(contact.id, contact);

  book.onChange(({ before, after }) => {
    const id = (after ?? before)?.id;
    if (id !== undefined) waiting.push({ at: clock.now() + lagMs(), id, contact: after });
  });

  function catchUp(): void {
    const now = clock.now();
    const ready = waiting.findIndex(({ at }) => at > now);
    const due = ready === -1 ? waiting : waiting.slice(0, ready);
    if (due.length === 0) return;
    waiting = ready === -1 ? [] : waiting.slice(ready);
    lists.clear();
    for (const { id, contact } of due) {
      if (contact) visible.set(id, contact);
      else visible.delete(id);
    }
  }

  /** Kept until something changes, so that paging through 100,000 contacts sorts them once. */
  function listFor({ locationId, filters = [], sort = defaultSort, query }: SearchBody): Hit[] {
    const key = JSON.stringify([locationId, filters, sort, query]);
    const kept = lists.get(key);
    if (kept) return kept;
    const matches = toPredicate(filters);
    const hits: Hit[] = [];
    for (const contact of visible.values()) {
      if (contact.locationId !== locationId || !matches(contact) || !mentions(contact, query)) continue;
      hits.push({ contact, searchAfter: cursorOf(contact, sort) });
    }
    hits.sort((a, b) => compare(a.searchAfter, b.searchAfter, sort));
    if (lists.size >= 8) lists.clear();
    lists.set(key, hits);
    return hits;
  }

  return {
    search(body) {
      catchUp();
      const list = listFor(body);
      const { pageLimit, page = 1, searchAfter, sort = defaultSort } = body;
      const start = searchAfter ? firstAfter(list, searchAfter, sort) : (page - 1) * pageLimit;
      return { hits: list.slice(start, start + pageLimit), total: list.length };
    },
  };
}

function mentions({ firstName, lastName, email, phone, companyName }: Contact, query: string | undefined): boolean {
  return (
    !query ||
    [firstName, lastName, email, phone, companyName].filter(Boolean).join(' ').toLowerCase().includes(query.toLowerCase())
  );
}

function cursorOf(contact: Contact, sort: Sort): (Scalar | null)[] {
  return [...sort.map(({ field }) => findField(field)?.read(contact)[0] ?? null), contact.id];
}

/** By the sort fields, empty ones last, then by id: a total order, so a cursor stays good when contacts come and go. */
function compare(a: (Scalar | null)[], b: (Scalar | null)[], sort: Sort): number {
  for (const [index, { direction }] of sort.entries()) {
    const [left = null, right = null] = [a[index], b[index]];
    if (left === right) continue;
    if (left === null || right === null) return left === null ? 1 : -1;
    return (left < right ? -1 : 1) * (direction === 'asc' ? 1 : -1);
  }
  return String(a.at(-1)) < String(b.at(-1)) ? -1 : Number(a.at(-1) !== b.at(-1));
}

function firstAfter(list: Hit[], cursor: (Scalar | null)[], sort: Sort): number {
  let [low, high] = [0, list.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (compare((list[middle] as Hit).searchAfter, cursor, sort) <= 0) low = middle + 1;
    else high = middle;
  }
  return low;
}
